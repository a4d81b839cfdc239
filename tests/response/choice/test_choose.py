"""Choosing a model on trials whose true effects are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import earned, known

from offersmith.errors import InputError
from offersmith.response.choice.candidates import DEFAULT, GRIDS, Candidate, candidates
from offersmith.response.choice.choose import choose
from offersmith.response.choice.held_out import fit, folds_of, held_out
from offersmith.response.choice.value import best
from offersmith.response.learners import LEARNERS
from offersmith.response.learners.average import AverageLearner
from offersmith.response.learners.crossing import split
from offersmith.response.trial import Sale, Trial, named

FAST = ("logit", "constant", "t_linear")


@pytest.fixture(scope="module")
def made():
    case = known(rows=3000, seed=2, form="mean")
    return case, choose(case.trial, learners=FAST, seed=3)


def test_the_chosen_policy_is_shipped_and_its_value_is_true(made) -> None:
    _, chosen = made
    assert chosen.policy.kind == "learned"
    fresh = known(rows=20_000, seed=99, form="mean")
    truth = earned(fresh.truth, chosen.fitted.effects(fresh.trial.x))
    assert chosen.policy.low < truth < chosen.policy.high
    assert truth > fresh.truth.mean(axis=0).max()
    assert sum(chosen.policy.shares.values()) == pytest.approx(1.0)


def test_nobody_helps_to_predict_themselves(made) -> None:
    """Turning around one fold's outcomes changes no prediction for that fold."""
    case, chosen = made
    inside = chosen.fold == 1
    turned = replace(case.trial, outcome=np.where(inside, 50.0 - case.trial.outcome, case.trial.outcome), sale=None)
    plain = replace(case.trial, sale=None)
    tried = candidates(("t_linear",))
    before, after = (held_out(trial, chosen.fold, 3, tried, 3)["t_linear"] for trial in (plain, turned))
    np.testing.assert_array_equal(before[inside], after[inside])
    assert not np.allclose(before[~inside], after[~inside])


def test_where_the_sale_is_not_what_it_was_said_to_be_another_is_chosen() -> None:
    """The sale says that all arms earn half of a basket; in truth the gift's sales are worth far more and none pays."""
    case = known(rows=3000, seed=4)
    sale = case.trial.sale
    wrong = case.trial.outcome.copy()
    wrong[case.trial.arm == 1] += 6.0
    wrong[(case.trial.arm > 1) & sale.bought] -= 30.0
    trial = replace(case.trial, outcome=wrong, sale=Sale(sale.bought, sale.basket, sale.margin))
    found = choose(trial, learners=("shared", "t_linear", "constant"), folds=2, seed=1)
    values = {one.name: one.value.value for one in found.tried}
    assert found.name in {"t_linear", "constant"}
    assert values[found.name] > values["shared"] + 1.0
    assert found.policy.kind != "none"


def test_a_model_is_not_chosen_by_what_it_claims() -> None:
    draw = np.random.default_rng(8)
    rows = 1500
    x = draw.normal(size=(rows, 30))
    arm = draw.integers(0, 4, rows)
    trial = Trial(x, tuple(f"x{i}" for i in range(30)), arm, named("abcd"), draw.normal(size=rows),
                  np.full(rows, 0.25), np.arange(rows))  # fmt: skip
    found = choose(trial, learners=("constant", "t_linear"), seed=1)
    said = {one.name: one for one in found.tried}
    assert said["t_linear"].claimed > 0.1
    assert said["t_linear"].claimed > said["t_linear"].value.high
    assert (found.name, found.policy.kind) == ("constant", "none")


def test_an_arm_that_costs_more_than_it_brings_is_not_given() -> None:
    case = known(rows=4000, seed=2, form="mean")
    free = choose(case.trial, learners=("t_linear",), seed=1)
    dear = choose(case.trial, learners=("t_linear",), seed=1, cost=np.array([0.0, 9.0, 9.0, 9.0]))
    assert free.policy.kind == "learned"
    assert dear.policy.kind == "none"
    np.testing.assert_allclose(dear.effects[:, 1:], free.effects[:, 1:] - 9.0)


def test_an_average_takes_over_its_fitted_members() -> None:
    case = known(rows=1500, seed=6, form="mean")
    both = Candidate("both", AverageLearner("both", (LEARNERS["t_linear"], LEARNERS["constant"])))
    fold = folds_of(case.trial, 2, 2)
    found = held_out(case.trial, fold, 2, (*candidates(("t_linear", "constant")), both), 2)
    np.testing.assert_allclose(found["both"], (found["t_linear"] + found["constant"]) / 2)
    alone = fit(both, case.trial, 2, {})
    again = both.learner.load(*alone.save())
    np.testing.assert_array_equal(again.effects(case.trial.x), alone.effects(case.trial.x))


def test_a_grid_tries_settings_that_load_by_the_learners_name() -> None:
    tried = candidates(("t_linear",), grid=True)
    assert [one.name for one in tried] == ["t_linear", *(one.name for one in GRIDS["t_linear"])]
    case = known(rows=2000, seed=7)
    found = choose(case.trial, learners=("t_linear",), grid=True, seed=1)
    assert {one.name for one in found.tried} == {one.name for one in tried}
    again = LEARNERS[found.fitted.name].load(*found.fitted.save())
    np.testing.assert_array_equal(again.effects(case.trial.x), found.fitted.effects(case.trial.x))


def test_the_same_seed_gives_the_same_answer(made) -> None:
    case, chosen = made
    again = choose(case.trial, learners=FAST, seed=3)
    assert json.dumps(again.as_dict()) == json.dumps(chosen.as_dict())


def test_outer_folds_are_not_those_a_learner_makes_inside() -> None:
    case = known(rows=3000, seed=1)
    outer, inner = folds_of(case.trial, 3, 5), split(case.trial.customer, 3, 5)
    assert np.abs(np.corrcoef(outer, inner)[0, 1]) < 0.1


def test_a_trial_too_small_for_any_model_ships_nothing() -> None:
    trial = known(rows=40, seed=1).trial
    found = choose(trial, learners=("t_linear", "shared"), seed=1)
    assert (found.name, found.fitted, found.policy.kind, found.policy.reason) == ("", None, "none", "no_model_fitted")
    assert [one.reason for one in found.tried] == ["model_not_fitted"] * 2


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(InputError, match=r"model 'boosted' is not known; allowed: shared, additive"):
        candidates(("boosted",))


def test_the_default_leaves_out_nobody_who_is_named() -> None:
    assert [one.name for one in candidates(DEFAULT)] == list(DEFAULT)


def test_several_rows_of_a_customer_stay_in_one_fold() -> None:
    case = known(rows=2000, seed=1)
    trial = replace(case.trial, customer=np.arange(2000) // 4)
    found = choose(trial, learners=("constant",), seed=1)
    assert all(len(set(part)) == 1 for part in found.fold.reshape(-1, 4))
    assert found.gains.cluster is not None


def nothing_works(seed, rows, arms=4):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 5))
    outcome = np.where(draw.random(rows) < 0.4, np.exp(1 + 0.5 * draw.normal(size=rows) + 0.3 * x[:, 0]), 0.0)
    return Trial(x, tuple("abcde"), draw.integers(0, arms, rows), named("0123456"[:arms]), outcome,
                 np.full(rows, 1 / arms), np.arange(rows))  # fmt: skip


def paid(runs, learners, rows, arms):
    return sum(
        choose(nothing_works(seed, rows, arms), learners=learners, seed=seed).policy.kind != "none"
        for seed in range(runs)
    )


def test_without_effects_no_offer_is_given() -> None:
    """A choice that goes by values and not by their intervals gives something in three of the six."""
    assert paid(6, ("constant", "t_linear"), 600, 4) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("arms", [2, 4, 6])
def test_on_400_histories_without_effects_95_percent_give_no_offer(arms) -> None:
    """400 runs are right to +-2 points; the promise is on the share itself."""
    assert paid(400, ("logit", "constant", "t_linear"), 800, arms) <= 20


def test_the_best_arm_must_beat_nothing() -> None:
    assert best(np.array([[0.0, -1.0], [0.0, 0.0], [0.0, 0.1]])).tolist() == [0, 0, 1]
