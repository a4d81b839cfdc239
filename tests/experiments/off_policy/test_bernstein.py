"""The empirical Bernstein bound: its formula, its promise, its assumption."""

import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.off_policy.bernstein import bernstein
from offersmith.experiments.off_policy.interval import mean_interval


def test_it_is_the_bound_of_maurer_and_pontil():
    score = np.random.default_rng(1).random(200)
    found = bernstein(score, within=(0.0, 1.0))
    log = np.log(4 / 0.05)
    reach = np.sqrt(2 * score.var(ddof=1) * log / 200) + 7 * log / (3 * 199)
    assert (found.low, found.high) == pytest.approx((score.mean() - reach, score.mean() + reach))
    assert not found.assumed


def test_a_range_nobody_named_is_the_one_seen_and_says_so():
    score = np.random.default_rng(2).exponential(1.0, 300)
    found = bernstein(score)
    assert found.assumed
    assert (found.smallest, found.largest) == (score.min(), score.max())
    named = bernstein(score, within=(0.0, 50.0))
    assert named.high - named.low > found.high - found.low
    assert found.smallest <= found.low <= score.mean() <= found.high <= found.largest


def test_a_score_outside_of_the_range_is_refused():
    with pytest.raises(InputError, match="outside of the range 0 to 1") as fault:
        bernstein(np.array([0.2, 1.5]), within=(0.0, 1.0))
    assert fault.value.facts["field"] == "within"


def test_customers_are_counted_once():
    score = np.random.default_rng(3).random(100)
    once = bernstein(score, within=(0.0, 1.0))
    doubled = bernstein(np.repeat(score, 2), np.repeat(np.arange(100), 2), within=(0.0, 2.0))
    assert (doubled.low, doubled.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize("chance", [0.001, 0.02, 0.5])
def test_it_holds_for_small_samples_where_others_fail(chance):
    rng = np.random.default_rng(4)
    hit = plain = 0
    for _ in range(500):
        score = (rng.random(60) < chance).astype(np.float64)
        found, other = bernstein(score, within=(0.0, 1.0)), mean_interval(score)
        hit += found.low <= chance <= found.high
        plain += other.low <= chance <= other.high
    assert hit >= 0.95 * 500
    assert plain < 0.95 * 500 or chance == 0.5
