"""The shared model on tests whose truth is known: what it earns, and what it claims."""

import json

import numpy as np
import pytest
from tests.response.trials import earned, known

from offersmith.response.explain import shared_parts
from offersmith.response.learners import LEARNERS
from offersmith.response.trial import Sale, Trial, named


def found(form, name="shared", rows=20_000, seed=5):
    case = known(rows=rows, form=form, seed=seed)
    return LEARNERS[name].fit(case.trial, seed=1)


@pytest.mark.parametrize("form", ["sale", "mean", "chance"])
def test_it_earns_most_of_what_could_be_earned(form):
    fresh = known(rows=20_000, form=form, seed=99)
    effects = found(form).effects(fresh.trial.x)
    best = np.maximum(fresh.truth, 0).max(axis=1).mean()
    assert earned(fresh.truth, effects) > 0.6 * best
    assert earned(fresh.truth, effects) >= earned(fresh.truth, found(form, "constant").effects(fresh.trial.x))


def test_expectations_agree_with_effects_and_stay_in_bounds():
    fresh = known(rows=2000, form="sale", seed=8)
    fitted = found("sale", rows=6000)
    said = fitted.expected(fresh.trial.x)
    np.testing.assert_allclose(fitted.effects(fresh.trial.x), said.outcome - said.outcome[:, [0]], atol=1e-12)
    assert ((said.chance > 0) & (said.chance < 1)).all()
    assert (said.size > 0).all()
    assert (said.relief >= 0).all()
    assert (said.relief[:, 0] == 0).all()


def test_without_trees_every_effect_is_a_sum_over_single_features():
    fitted = found("mean", "additive", rows=6000)
    luck = np.random.default_rng(0)
    x = luck.standard_normal((3, fitted.model.mean.size))
    mixed = x[[0, 0]].copy()
    mixed[1, 0] = x[1, 0]
    both = np.vstack([mixed, x[[2, 2]]])
    both[3, 0], both[2, 0] = x[1, 0], x[0, 0]
    effect = fitted.effects(both)
    # Changing one feature changes the effect by as much whoever else the customer is.
    np.testing.assert_allclose(effect[1] - effect[0], effect[3] - effect[2], atol=1e-9)


def test_nobody_is_expected_to_buy_more_than_anybody_ever_did():
    """A basket grows with the first feature, in logarithms; a customer a hundred spreads out is still a customer."""
    draw = np.random.default_rng(4)
    rows = 4000
    x = draw.standard_normal((rows, 2))
    bought, arm = draw.random(rows) < 0.5, draw.integers(0, 2, rows)
    basket = np.where(bought, np.exp(2.5 + 1.5 * x[:, 0] + 0.3 * draw.standard_normal(rows)), 0.0)
    sale = Sale(bought, basket, 0.4)
    trial = Trial(x, ("a", "b"), arm, named(("none", "mail")), 0.4 * basket, np.full(rows, 0.5), np.arange(rows), sale)
    fitted = LEARNERS["shared"].fit(trial, seed=1)
    odd = np.array([[100.0, 0.0], [-100.0, 0.0], [0.0, 100.0]])
    size = fitted.expected(odd).size
    assert size.max() <= basket.max()
    assert size[0].max() > np.quantile(basket, 0.99)
    assert size.min() >= basket[bought].min()
    # The parts of an explanation add up to the effect that is held back, too.
    taken = shared_parts.effects(fitted.model, odd, x[:50])
    np.testing.assert_allclose(taken.total, fitted.effects(odd), atol=1e-9)


def test_the_largest_basket_is_kept():
    fitted = found("sale", rows=3000)
    files, plain = fitted.save()
    assert plain["size"]["highest"] == fitted.model.size.highest < np.inf
    again = LEARNERS["shared"].load(files, json.loads(json.dumps(plain)))
    x = np.random.default_rng(1).standard_normal((50, fitted.model.mean.size)) * 20
    np.testing.assert_array_equal(again.effects(x), fitted.effects(x))
