"""The logit knows the arithmetic of an offer, and which parts an outcome has."""

from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import ARMS, earned, known

from offersmith.response.learners.logit import LogitLearner
from offersmith.response.trial import Arm, Sale


def test_the_cost_of_an_offer_is_computed_not_learned():
    """Arms that change nothing but cost: the effect is minus the cost, to a hair, however noisy profits are."""
    draw = np.random.default_rng(1)
    trial = known(rows=3000).trial
    bought = draw.random(3000) < 0.5
    basket = np.where(bought, 40.0, 0.0)
    relief = np.column_stack([arm.relief(basket) for arm in ARMS])[np.arange(3000), trial.arm] * bought
    placebo = replace(trial, outcome=0.5 * basket - relief, sale=Sale(bought, basket, 0.5))
    effects = LogitLearner().fit(placebo, seed=1).effects(trial.x).mean(axis=0)
    np.testing.assert_allclose(effects, [0, -2.0, -4.0, -2.0], atol=0.75)
    assert effects[2] < effects[1]


def test_a_smallest_basket_is_met_by_some_only():
    """Baskets spread around the minimum: about half of the uses are not given anything."""
    draw = np.random.default_rng(2)
    trial = known(rows=4000).trial
    arms = (*ARMS[:3], Arm("from forty", "amount_off", fixed=6.0, minimum=40.0))
    bought = draw.random(4000) < 0.5
    basket = np.where(bought, 40.0 * np.exp(0.4 * draw.normal(size=4000)), 0.0)
    placebo = replace(trial, arms=arms, outcome=basket, sale=Sale(bought, basket, 0.5))
    fitted = LogitLearner().fit(placebo, seed=1)
    cost = (0.5 * 40 * np.exp(0.08) - fitted.baskets.predict(trial.x)[:, 3]).mean()
    assert cost == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("sale", (True, False, True)),
        ("profit", (True, True, False)),
        ("chance", (True, False, False)),
        ("mean", (False, True, False)),
    ],
)
def test_an_outcome_is_taken_apart_as_it_is_made(form, parts):
    fitted = LogitLearner().fit(known(form=form).trial, seed=1)
    assert tuple(part is not None for part in (fitted.chance, fitted.mean, fitted.baskets)) == parts


def test_knowing_what_a_sale_is_made_of_makes_effects_more_exact():
    fresh = known(rows=3000, seed=77)
    error = dict.fromkeys(("sale", "profit"), 0.0)
    for seed in range(6):
        for form in error:
            effects = LogitLearner().fit(known(rows=1500, seed=seed, form=form).trial, seed=1).effects(fresh.trial.x)
            error[form] += float(np.mean((effects - fresh.truth) ** 2)) / 6
    assert error["sale"] < error["profit"]


def test_it_earns_half_of_what_can_be_earned():
    fresh = known(rows=3000, seed=77)
    effects = LogitLearner().fit(known(rows=6000).trial, seed=1).effects(fresh.trial.x)
    assert earned(fresh.truth, effects) > 0.5 * fresh.truth.max(axis=1).mean()


def test_everybody_buying_is_no_reason_to_fail():
    trial = known(rows=500).trial
    basket = np.exp(3 + 0.2 * np.random.default_rng(1).normal(size=500))
    always = replace(trial, outcome=0.5 * basket, sale=Sale(np.ones(500, dtype=bool), basket, 0.5))
    assert np.isfinite(LogitLearner().fit(always, seed=1).effects(trial.x)).all()
