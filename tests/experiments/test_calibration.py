import numpy as np
import pytest

from offersmith.experiments.calibration import calibration


def _sample(rows=20_000):
    draw = np.random.default_rng(5)
    raw = draw.normal(-1.5, 1.2, rows)
    chance = 1 / (1 + np.exp(-raw))
    return raw, chance, (draw.random(rows) < chance).astype(float)


def test_right_chances_are_found_right():
    _, chance, y = _sample()
    found = calibration(y, chance)
    assert found.ratio == pytest.approx(1, abs=0.04)
    assert found.slope == pytest.approx(1, abs=0.06)
    assert found.intercept == pytest.approx(0, abs=0.08)
    assert sum(part.rows for part in found.bins) == len(y)
    assert all(abs(part.predicted - part.observed) < 0.05 for part in found.bins)


def test_too_extreme_chances_have_a_slope_below_one():
    raw, _, y = _sample()
    assert calibration(y, 1 / (1 + np.exp(-2 * raw))).slope == pytest.approx(0.5, abs=0.05)


def test_doubled_chances_have_a_ratio_of_two():
    _, chance, y = _sample()
    assert calibration(y, np.minimum(2 * chance, 1)).ratio > 1.6


@pytest.mark.parametrize("y", [np.zeros(10), np.ones(10), np.zeros(0)])
def test_without_both_outcomes_there_is_no_line(y):
    found = calibration(y, np.full(len(y), 0.3))
    assert np.isnan(found.slope)
    assert found.as_dict()["bins"] == [part.as_dict() for part in found.bins]
