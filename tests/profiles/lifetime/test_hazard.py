"""The hazard of memberships: truth recovery, coverage, late entry, long durations, odd shops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from offersmith.errors import InputError
from offersmith.profiles.lifetime.hazard import MANY, fit_hazard

EFFECT = np.array([0.5, -0.03])


def base(period: Any) -> Any:
    return -2.2 + 0.9 * np.isin(period, (6, 12)) - 0.02 * np.asarray(period)


def members(n: int, seed: int, most: int = 12, late: bool = False) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.normal(size=n), rng.integers(18, 80, n)])
    limit = rng.integers(1, most + 1, n)
    entered = rng.integers(0, 3, n) if late else np.zeros(n, dtype=int)
    period, left, here = np.zeros(n, dtype=int), np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    for now in range(1, most + 4):
        here &= now <= limit + entered
        period[here] = now
        goes = here & (rng.random(n) < expit(base(now) + features @ EFFECT))
        left |= goes
        here &= ~goes
    seen = period > entered
    return period[seen], left[seen], features[seen], entered[seen]


def test_the_truth_is_recovered() -> None:
    duration, left, features, _ = members(30_000, 1)
    found = fit_hazard(duration, left, features)
    assert found.converged
    assert found.effects == pytest.approx(EFFECT, abs=0.03)
    middle = np.array([[0.0, 50.0]])
    for period in range(1, 13):
        truth = expit(base(period) + middle @ EFFECT)[0]
        assert found.chance(period, middle)[0] == pytest.approx(truth, rel=0.3)
    assert found.leavers == left.sum()
    assert found.person_periods == duration.sum()


def test_without_features_the_dummies_are_the_life_table() -> None:
    duration, left, _, _ = members(20_000, 2)
    found = fit_hazard(duration, left)
    for period in range(1, 13):
        share = left[duration == period].sum() / (duration >= period).sum()
        assert found.chance(period)[0] == pytest.approx(share, rel=0.02)
    curve = found.survival([0], 12)[0]
    assert curve == pytest.approx(np.cumprod([1 - found.chance(k)[0] for k in range(1, 13)]))
    assert found.remaining([0], 12).mean[0] == pytest.approx(curve.sum())


def test_members_who_were_there_before_are_at_risk_only_since() -> None:
    duration, left, features, entered = members(30_000, 3, late=True)
    honest, naive = fit_hazard(duration, left, features, entered), fit_hazard(duration, left, features)
    middle = np.array([[0.0, 50.0]])
    truth = expit(base(1) + middle @ EFFECT)[0]
    assert honest.chance(1, middle)[0] == pytest.approx(truth, rel=0.1)
    assert naive.chance(1, middle)[0] < 0.8 * truth


def test_intervals_cover_the_expected_remaining_periods() -> None:
    asked = np.array([[0.0, 50.0], [1.0, 30.0], [-1.0, 70.0]])
    elapsed = np.array([0, 3, 5])
    stays = np.stack([1 - expit(base(elapsed + step) + asked @ EFFECT) for step in range(1, 7)], axis=1)
    truth = np.cumprod(stays, axis=1).sum(axis=1)
    inside = np.zeros(3)
    for seed in range(80):
        duration, left, features, _ = members(1_200, 300 + seed)
        found = fit_hazard(duration, left, features).remaining(elapsed, 6, asked, 0.8)
        inside += (found.low <= truth) & (truth <= found.high)
    assert (inside >= 51).all()  # 64 expected, 3.6 standard deviations
    assert (inside <= 77).all()


def test_long_memberships_get_a_smooth_baseline() -> None:
    rng = np.random.default_rng(6)
    n, most = 8_000, 60
    left_in = np.full(n, most + 1)
    for period in range(most, 0, -1):
        left_in[rng.random(n) < 0.12 / np.sqrt(period)] = period
    duration, left = np.minimum(left_in, most), left_in <= most
    found = fit_hazard(duration, left)
    assert found.converged
    assert found.baseline.shape[1] < MANY
    for period in (1, 4, 16, 40):
        assert found.chance(period)[0] == pytest.approx(0.12 / np.sqrt(period), rel=0.25)
    assert found.chance(500)[0] == found.chance(60)[0]


def test_the_order_of_members_and_the_unit_of_features_change_nothing() -> None:
    duration, left, features, _ = members(2_000, 7)
    order = np.random.default_rng(0).permutation(len(left))
    first, other = (
        fit_hazard(duration, left, features),
        fit_hazard(duration[order], left[order], features[order] * [1, 365.0] + 1e4),
    )
    assert other.effects * [1, 365.0] == pytest.approx(first.effects, rel=1e-6)
    assert first.survival([2], 5, features[:1]) == pytest.approx(
        other.survival([2], 5, features[:1] * [1, 365.0] + 1e4)
    )


def test_odd_shops_break_nothing() -> None:
    everybody = fit_hazard([1, 1, 1], [True, True, True], [[1.0], [1.0], [1.0]])
    assert np.isfinite(everybody.survival([0], 3, [[1.0]])).all()
    assert everybody.effects.tolist() == [0]
    apart = fit_hazard([1, 1, 3, 3], [True, True, False, False], [[1.0], [1.0], [0.0], [0.0]])  # separable
    assert np.isfinite(apart.coefficients).all()
    assert apart.effects[0] > 0


@pytest.mark.parametrize(
    ("duration", "left", "features", "entered", "field"),
    [([1, 2], [True], None, None, "duration"), ([0], [True], None, None, "duration"),
     ([2], [True], None, [2], "duration"), ([1.5], [True], None, None, "duration"),
     ([1], [False], None, None, "left"), ([1], [True], [[np.nan]], None, "features")],
)  # fmt: skip
def test_bad_members_name_the_field(duration: Any, left: Any, features: Any, entered: Any, field: str) -> None:
    with pytest.raises(InputError) as raised:
        fit_hazard(duration, left, features, entered)
    assert raised.value.facts["field"] == field


def test_bad_questions_name_the_field() -> None:
    found = fit_hazard([1, 2, 2], [True, True, False], [[0.0], [1.0], [2.0]])
    for elapsed, ahead, features, field in (
        ([0], 0, [[1.0]], "ahead"), ([-1], 2, [[1.0]], "elapsed"), ([0], 2, None, "features"),
        ([0], 2, [[1.0, 2.0]], "features"),
    ):  # fmt: skip
        with pytest.raises(InputError) as raised:
            found.survival(elapsed, ahead, features)
        assert raised.value.facts["field"] == field
