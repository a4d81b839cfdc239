"""Every metric of `experiments.METRICS`: honest when nothing happened, and able to see when something did."""

import numpy as np
import pytest

from offersmith.experiments import METRICS

REPEATS = 600


def _draw(name, rng, size, gain=0.0):
    if name == "conversion":
        return (rng.random(size) < 0.06 + gain).astype(float)
    return np.where(rng.random(size) < 0.4, rng.lognormal(3, 0.8, size), 0.0) + 100 * gain


@pytest.mark.parametrize("name", sorted(METRICS))
def test_the_interval_covers_zero_as_often_as_it_says_when_nothing_differs(name):
    rng = np.random.default_rng(11)
    found = [METRICS[name](_draw(name, rng, 500), _draw(name, rng, 700)) for _ in range(REPEATS)]
    covered = np.mean([one.ci_low <= 0 <= one.ci_high for one in found])
    false_alarms = np.mean([one.p_value < 0.05 for one in found])
    assert 0.925 <= covered <= 0.98
    assert 0.025 <= false_alarms <= 0.08


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_real_difference_is_seen_with_its_sign(name):
    rng = np.random.default_rng(12)
    found = METRICS[name](_draw(name, rng, 3000, gain=0.06), _draw(name, rng, 3000))
    assert found.ci_low > 0
    assert found.p_value < 0.01
    assert found.treated > found.control
    assert found.rows == 6000


@pytest.mark.parametrize("name", sorted(METRICS))
def test_swapping_the_groups_turns_the_sign(name):
    rng = np.random.default_rng(13)
    a, b = _draw(name, rng, 300), _draw(name, rng, 400, gain=0.02)
    one, two = METRICS[name](a, b), METRICS[name](b, a)
    assert one.difference == pytest.approx(-two.difference)
    assert one.ci_low == pytest.approx(-two.ci_high)
    assert one.p_value == pytest.approx(two.p_value)


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize("sizes", [(0, 5), (1, 5), (0, 0)])
def test_too_few_customers_is_a_value(name, sizes):
    found = METRICS[name](np.ones(sizes[0]), np.zeros(sizes[1]))
    assert np.isnan(found.difference)
    assert set(found.as_dict()) >= {"difference", "ci_low", "ci_high"}
