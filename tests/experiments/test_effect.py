import numpy as np
import pytest

from offersmith.experiments.effect import Effect, claim, effect
from offersmith.experiments.overlap import effective_size, overlap


def _world(seed, rows=2000, gain=2.0):
    """A chosen campaign: those who spend more are treated more often. Chances and means are known."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=rows)
    chance = 1 / (1 + np.exp(-1.2 * x))
    treated = draw.random(rows) < chance
    none = 10 + 4 * x
    outcome = none + gain * treated + draw.normal(size=rows)
    return x, chance, treated, outcome, none


def test_selection_is_undone():
    _, chance, treated, outcome, none = _world(1)
    found = effect(outcome, treated, chance, none + 2, none)
    assert found is not None
    assert found.raw > 4
    assert found.estimate == pytest.approx(2, abs=3 * found.standard_error)
    assert found.treated + found.control + found.dropped == len(outcome)
    assert found.ess_treated <= found.treated


@pytest.mark.parametrize("broken", ["means", "chances"])
def test_one_wrong_nuisance_is_forgiven(broken):
    gaps = []
    for seed in range(20):
        _, chance, treated, outcome, none = _world(seed)
        if broken == "means":
            found = effect(outcome, treated, chance, np.full_like(none, 12.0), np.full_like(none, 10.0))
        else:
            found = effect(outcome, treated, np.full_like(chance, 0.5), none + 2, none)
        gaps.append(found.estimate - 2)
    assert abs(np.mean(gaps)) < 0.1


def test_interval_covers_as_often_as_it_says():
    inside = 0
    for seed in range(400):
        _, chance, treated, outcome, none = _world(seed, rows=400)
        found = effect(outcome, treated, chance, none + 1, none + 1, low=0.05, high=0.95)
        inside += found.ci_low <= 2 <= found.ci_high
    assert 0.92 <= inside / 400 <= 0.985


def test_too_few_to_compare_is_a_value():
    _, chance, treated, outcome, none = _world(1, rows=40)
    assert effect(outcome, treated, chance, none, none) is None
    assert claim(None, None).verdict == "not_supported"


def _of(estimate, error):
    return Effect(estimate, error, estimate - 2 * error, estimate + 2 * error, 100, 100, 0, 0.1, 0.9, 90, 90, 0.1, 0.0)


@pytest.mark.parametrize(
    ("measured", "placebo", "verdict", "reason"),
    [
        (_of(10, 1), _of(0, 1), "raises", None),
        (_of(-10, 1), _of(0, 1), "lowers", None),
        (_of(10, 1), _of(9, 1), "not_supported", "placebo_fails"),
        (_of(30, 1), _of(9, 1), "not_supported", "placebo_fails"),
        (_of(3, 1), _of(0, 1), "unclear", "effect_within_bias"),
        (_of(10, 1), None, "not_supported", "no_placebo"),
    ],
)
def test_no_more_is_claimed_than_the_placebo_allows(measured, placebo, verdict, reason):
    said = claim(measured, placebo)
    assert said.verdict == verdict
    assert reason is None or reason in said.reasons
    if placebo:
        assert said.low < measured.ci_low
        assert said.high > measured.ci_high
        assert said.bias == max(abs(placebo.ci_low), abs(placebo.ci_high))


def test_weighting_balances_what_selection_unbalanced():
    x, chance, treated, _, _ = _world(4, rows=5000)
    noise = np.random.default_rng(0).normal(size=5000)
    found = overlap(np.column_stack([x, noise]), ("x", "noise"), treated, chance)
    assert found.balance[0].feature == "x"
    assert found.balance[0].before > 0.8
    assert abs(found.balance[0].after) < 0.1
    assert sum(found.treated) == treated.sum()
    assert sum(found.control) == (~treated).sum()
    assert 0 < found.kept < 1


def test_equal_weights_are_worth_their_number():
    assert effective_size(np.full(50, 3.0)) == pytest.approx(50)
    assert effective_size(np.r_[1.0, np.zeros(9)]) == 1.0
    assert effective_size(np.zeros(0)) == 0.0
