"""Estimators: the field's own figures, and what must hold by algebra."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.experiments.off_policy.estimators import (
    ESTIMATORS,
    RATIOS,
    UNBIASED,
    Logged,
    dr,
    dros,
    influence,
    ips,
    sndr,
    snips,
    switch,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(case, name, value, id=f"{number}-{name}")
    for number, case in enumerate(VECTORS["cases"])
    for name, value in case["expected"].items()
]


def seen(case):
    rows = np.arange(len(case["action"])), np.array(case["action"])
    target, q = np.array(case["target"]), np.array(case["q"])
    weight = target[rows] / np.array(case["propensity"])
    return Logged(np.array(case["reward"]), weight, q[rows], (target * q).sum(axis=1))


@pytest.mark.parametrize(("case", "name", "value"), CASES)
def test_every_estimator_equals_open_bandit_pipeline(case, name, value):
    kind, _, setting = name.partition(" ")
    made = (
        {"dros": dros, "switch": switch}[kind](seen(case), float(setting)) if setting else ESTIMATORS[kind](seen(case))
    )
    assert made.mean() == pytest.approx(value, abs=1e-6)


def test_the_vectors_tell_estimators_and_settings_apart():
    for case in VECTORS["cases"]:
        values = sorted(case["expected"].values())
        assert np.sum(np.diff(values) > 1e-4) >= 7


def logs():
    number = st.floats(-50, 50, allow_nan=False)
    row = st.tuples(number, st.floats(0.01, 30), number, number)
    return st.lists(row, min_size=2, max_size=30).map(lambda rows: Logged(*np.array(rows).T))


@given(logs(), st.floats(-3, 3))
def test_a_shift_of_rewards_and_model_shifts_what_is_doubly_robust(log, by):
    moved = Logged(log.reward + by, log.weight, log.q_given + by, log.q_target + by)
    for estimator in (dr, sndr, dros, switch):
        assert estimator(moved).mean() == pytest.approx(estimator(log).mean() + by, abs=1e-6)
    shifted = snips(Logged(log.reward + by, log.weight, log.q_given, log.q_target))
    assert shifted.mean() == pytest.approx(snips(log).mean() + by, abs=1e-6)


@given(logs())
def test_without_a_model_doubly_robust_is_weighting_and_without_a_limit_nothing_is_shrunk(log):
    bare = Logged(log.reward, log.weight, np.zeros_like(log.reward), np.zeros_like(log.reward))
    assert dr(bare) == pytest.approx(ips(bare))
    assert sndr(bare) == pytest.approx(snips(bare))
    for limited in (dros, switch):
        assert limited(log, np.inf) == pytest.approx(dr(log))


@given(logs())
def test_linear_terms_have_the_mean_of_their_estimator(log):
    for name in UNBIASED:
        terms, scores = influence(name, log), ESTIMATORS[name](log)
        assert terms.mean() == pytest.approx(scores.mean(), abs=1e-6)
        if name not in RATIOS:
            assert (terms == scores).all()


@given(logs())
def test_linear_terms_of_ratios_are_their_slopes(log):
    """Giving one row a little more weight in the sample moves the ratio by its linear term."""
    share, step = np.full(len(log.reward), 1 / len(log.reward)), 1e-6
    for name in RATIOS:
        base = log.q_target if name == "sndr" else np.zeros_like(log.reward)
        gap = log.reward - (log.q_given if name == "sndr" else 0.0)

        def value(share, base=base, gap=gap):
            share = share / share.sum()
            return share @ base + share @ (log.weight * gap) / (share @ log.weight)

        moved = share + step * np.eye(len(share))[0]
        slope = (value(moved) - value(share)) / step
        scale = 1 + np.abs(influence(name, log)).max()
        assert slope == pytest.approx(influence(name, log)[0] - value(share), abs=1e-3 * scale)


def test_weighting_and_doubly_robust_are_unbiased_whatever_the_model_and_the_direct_method_is_not():
    rng = np.random.default_rng(3)
    rows, arms = 7, 3
    chance, target = rng.dirichlet(np.ones(arms), rows), rng.dirichlet(np.ones(arms), rows)
    mean, q = rng.normal(2, 1, (rows, arms)), rng.normal(0, 5, (rows, arms))
    truth = (target * mean).sum(axis=1).mean()
    found = dict.fromkeys(("ips", "dr", "dm"), 0.0)
    for arm in range(arms):
        log = Logged(mean[:, arm], target[:, arm] / chance[:, arm], q[:, arm], (target * q).sum(axis=1))
        for name in found:
            found[name] += (chance[:, arm] * ESTIMATORS[name](log)).mean()
    assert found["ips"] == pytest.approx(truth)
    assert found["dr"] == pytest.approx(truth)
    assert abs(found["dm"] - truth) > 0.5


def test_no_agreement_is_no_division_by_zero():
    log = Logged(np.ones(5), np.zeros(5), np.zeros(5), np.full(5, 2.0))
    assert snips(log).mean() == 0.0
    assert sndr(log).mean() == 2.0
