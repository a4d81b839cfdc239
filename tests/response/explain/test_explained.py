from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import known

from offersmith.errors import InputError
from offersmith.response.explain.explained import explain
from offersmith.response.explain.reasons import because, reasons
from offersmith.response.explain.sampled import sampled
from offersmith.response.learners import LEARNERS
from offersmith.response.learners.shared import SharedLearner

PLAIN = ("additive", "constant", "logit", "t_boosting", "dr_linear", "t_linear", "r_boosting", "s_boosting",
         "x_boosting", "t_forest")  # fmt: skip
SOLD = known(rows=4000, seed=3)
X = SOLD.trial.x
NAMES = SOLD.trial.names
ARMS = ("nothing", "10 % off", "20 % off", "gift")


@pytest.fixture(scope="module")
def shared():
    return SharedLearner().fit(SOLD.trial, seed=1)


@pytest.fixture(scope="module")
def parts(shared):
    return explain(shared, NAMES, X[:300], X)


@pytest.mark.parametrize("form", ["sale", "profit", "chance", "mean"])
def test_contributions_of_the_shared_model_are_its_effects(form):
    trial = known(rows=2500, seed=4, form=form).trial
    fitted = SharedLearner().fit(trial, seed=1)
    found = explain(fitted, trial.names, trial.x[:200], trial.x)
    assert np.allclose(found.effects, fitted.effects(trial.x[:200]), rtol=0, atol=1e-9)
    # Nothing is left over but where a chance or a basket is held to its bounds, which nobody here is near.
    assert np.allclose(found.rest, 0, atol=1e-9)
    assert np.all(found.values[:, 0] == 0)


@pytest.mark.parametrize("name", PLAIN)
def test_contributions_of_plain_learners_are_their_effects(name):
    fitted = LEARNERS[name].fit(SOLD.trial, seed=1)
    found = explain(fitted, NAMES, X[:50], X)
    assert found.method == "parts"
    assert found.error is None
    assert np.allclose(found.effects, fitted.effects(X[:50]), rtol=0, atol=1e-9)


def test_an_offer_from_a_minimum_on_adds_up_too():
    arms = tuple(replace(arm, minimum=25.0) if arm.share else arm for arm in SOLD.trial.arms)
    trial = replace(SOLD.trial, arms=arms)
    for name in ("shared", "logit"):
        fitted = LEARNERS[name].fit(trial, seed=1)
        found = explain(fitted, NAMES, X[:200], X)
        assert np.allclose(found.effects, fitted.effects(X[:200]), rtol=0, atol=1e-9)
        assert np.abs(found.values).max() < 20


def test_what_matters_is_what_is_named(parts):
    twenty, gift = np.abs(parts.values[:, 2]).mean(axis=0), np.abs(parts.values[:, 3]).mean(axis=0)
    # x1 says whom twenty percent moves, x2 whom a gift does; x4 is noise.
    assert twenty[1] > 5 * twenty[4]
    assert gift[2] > 5 * gift[4]
    assert np.corrcoef(parts.values[:, 2, 1], X[:300, 1] > 0)[0, 1] > 0.7
    assert np.corrcoef(parts.values[:, 3, 2], X[:300, 2] > 0.5)[0, 1] > 0.7


def test_drawn_orders_find_shapley_values():
    draw = np.random.default_rng(5)
    own, usual = draw.normal(size=(40, 3)), draw.normal(size=(200, 3)) + 1

    def effects(rows):
        return np.column_stack([np.zeros(len(rows)), rows[:, 0] * rows[:, 1] + np.exp(rows[:, 2])])

    found, error = sampled(effects, own, usual, 60, 1)
    # A product of two features by all orders, and a feature that adds to it whatever the others are.
    mean = usual.mean(axis=0)
    both = (usual[:, 0] * usual[:, 1]).mean()
    alone, other = own[:, 0] * mean[1], own[:, 1] * mean[0]
    product = own[:, 0] * own[:, 1]
    truth = np.column_stack(
        [
            ((alone - both) + (product - other)) / 2,
            ((other - both) + (product - alone)) / 2,
            np.exp(own[:, 2]) - np.exp(usual[:, 2]).mean(),
        ]
    )
    gap = np.abs(found.values[:, 1] - truth)
    assert (gap <= 3 * error[:, 1]).mean() > 0.95
    assert gap.mean() < 0.2
    assert np.allclose(found.total, effects(own))
    assert found.base[1] == pytest.approx(effects(usual)[:, 1].mean())


def test_any_learner_can_be_asked():
    fitted = LEARNERS["t_svm"].fit(SOLD.trial, seed=1)
    found = explain(fitted, NAMES, X[:20], X, draws=4)
    assert found.method == "sampled"
    assert found.error.shape == found.values.shape
    assert np.allclose(found.effects, fitted.effects(X[:20]), rtol=0, atol=1e-9)
    assert np.array_equal(found.values, explain(fitted, NAMES, X[:20], X, draws=4).values)


def test_an_average_is_explained_by_its_members():
    fitted = LEARNERS["average"].fit(SOLD.trial, seed=1)
    found = explain(fitted, NAMES, X[:50], X)
    assert np.allclose(found.effects, fitted.effects(X[:50]), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": np.zeros((2, 3))}, "customers of shape"),
        ({"x": np.full((2, 5), np.inf)}, "10 of 10"),
        ({"background": np.zeros((0, 5))}, "background: 0 rows"),
        ({"draws": 1}, "draws: 1"),
    ],
)
def test_what_cannot_be_explained_is_named(shared, change, says):
    given = {"x": X[:2], "background": X, "draws": 4}
    with pytest.raises(InputError, match=says):
        explain(shared, NAMES, **(given | change))


def test_reasons_speak_for_the_decision_first(parts):
    effects = parts.effects
    row = int(np.argmax(effects[:, 2]))
    found = reasons(parts, row, 2)
    assert found.effect == pytest.approx(effects[row, 2])
    assert found.reasons[0].code == "raises"
    assert [one.code for one in found.reasons] == sorted((one.code for one in found.reasons), reverse=True)
    sizes = np.sort(np.abs(parts.values[row, 2]))[::-1][:3]
    assert sorted((abs(one.change) for one in found.reasons), reverse=True) == pytest.approx(sizes.tolist())
    assert found.as_dict()["reasons"][0]["feature"] in NAMES


def test_why_nothing_is_given_is_said_of_the_best_there_was(parts):
    effects = parts.effects
    row = int(np.argmin(effects.max(axis=1) + effects[:, 1:].max(axis=1)))
    found = reasons(parts, row, 0)
    assert found.arm == 1 + int(np.argmax(effects[row, 1:]))
    assert found.reasons[0].code == "lowers"
    assert because(found, ARMS).startswith(f"No offer: the best one, {ARMS[found.arm]}, is expected")


def test_reasons_are_said_in_both_languages(parts):
    row = int(np.argmax(parts.effects[:, 2]))
    found = reasons(parts, row, 2, top=5)
    first = found.reasons[0]
    said = because(found, ARMS, features={first.feature: "last order {value} days ago"}, unit="EUR ")
    assert f"because: last order {first.value:.4g} days ago (+EUR {first.change:.2f})" in said
    assert said.startswith(f"20 % off: expected to change the outcome by EUR {found.effect:.2f}")
    assert said.endswith(".")
    assert "因为：" in because(found, ARMS, "zh")
    with pytest.raises(InputError, match="row 300"):
        reasons(parts, 300, 1)
    with pytest.raises(InputError, match="arm 9"):
        reasons(parts, 0, 9)


def test_an_effect_that_is_the_same_for_all_has_no_reasons():
    fitted = LEARNERS["constant"].fit(SOLD.trial, seed=1)
    found = reasons(explain(fitted, NAMES, X[:2], X), 0, 1)
    assert found.reasons == ()
    assert because(found, ARMS).endswith(f"{found.effect:.2f}.")
