"""Intervals: the formulas, clusters, and coverage where scores are skewed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from offersmith.experiments.off_policy.interval import MAX_SKEW, mean_interval, totals


def test_many_even_scores_have_the_normal_interval():
    score = np.random.default_rng(1).normal(5, 2, 50_000)
    found = mean_interval(score)
    error = score.std(ddof=1) / np.sqrt(len(score))
    assert found.standard_error == pytest.approx(error)
    assert found.low == pytest.approx(score.mean() - norm.ppf(0.975) * error, rel=1e-4)
    assert found.high == pytest.approx(score.mean() + norm.ppf(0.975) * error, rel=1e-4)


def test_scores_without_skew_have_students_interval_with_the_freedom_of_their_variance():
    score = np.repeat([-3.0, -1.0, 1.0, 3.0], 5)
    kurtosis = (score**4).mean() / (score**2).mean() ** 2
    reach = t.ppf(0.975, 2 * 20 / (kurtosis - 1)) * score.std(ddof=1) / np.sqrt(20)
    found = mean_interval(score)
    assert (found.low, found.high) == pytest.approx((-reach, reach))


def test_ends_are_where_halls_cubic_reaches_the_quantile():
    score = np.random.default_rng(2).exponential(1.0, 400)
    gap = score - score.mean()
    variance = (gap**2).mean()
    skew = (gap**3).mean() / variance**1.5 / 20
    quantile = t.ppf(0.975, 2 * 400 / ((gap**4).mean() / variance**2 - 1))
    found = mean_interval(score)
    assert 0 < skew < MAX_SKEW
    for end, sign in ((found.low, 1), (found.high, -1)):
        studentised = (score.mean() - end) / found.standard_error
        cubic = studentised + skew * studentised**2 / 3 + skew**2 * studentised**3 / 27 + skew / 6
        assert cubic == pytest.approx(sign * quantile)


def test_mirrored_scores_have_the_mirrored_interval_and_skew_reaches_to_its_side():
    score = np.random.default_rng(4).lognormal(0, 1.5, 300)
    ours, mirrored = mean_interval(score), mean_interval(-score)
    assert (mirrored.low, mirrored.high) == pytest.approx((-ours.high, -ours.low))
    assert ours.high - ours.value > 1.2 * (ours.value - ours.low)


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=40), st.floats(-100, 100), st.floats(0.1, 10))
def test_shift_and_scale_carry_over(values, by, times):
    score = np.round(np.array(values), 3)
    ours, moved = mean_interval(score), mean_interval(by + times * score)
    scale = 1 + np.abs(score).max()
    assert moved.low == pytest.approx(by + times * ours.low, abs=1e-3 * scale * times)
    assert moved.high == pytest.approx(by + times * ours.high, abs=1e-3 * scale * times)
    assert ours.low <= ours.value <= ours.high


def test_equal_scores_have_no_width():
    found = mean_interval(np.full(30, 0.1))
    assert found.low == found.value == found.high == pytest.approx(0.1)


def test_copies_of_a_row_add_nothing_once_they_are_one_customer():
    rng = np.random.default_rng(5)
    score, customer = rng.exponential(2.0, 500), np.arange(500)
    once = mean_interval(score)
    tripled = mean_interval(np.repeat(score, 3), np.repeat(customer, 3))
    assert (tripled.low, tripled.value, tripled.high) == pytest.approx((once.low, once.value, once.high))
    assert mean_interval(np.repeat(score, 3)).standard_error < 0.6 * once.standard_error


def test_totals_are_sums_by_customer():
    assert totals(np.array([1.0, 2.0, 4.0]), np.array([7, 3, 7])).tolist() == [2.0, 5.0]
    assert totals(np.array([1.0, 2.0, 4.0]), np.array([-7, 10**12, -7])).tolist() == [5.0, 2.0]
    assert totals(np.array([1.0, -1.0, 4.0]), np.array([0, 0, 2])).tolist() == [0.0, 4.0]


def coverage(runs, rows, seed, clustered=False):
    """Scores as weights times baskets make them: mostly zero, a few large and log-normal."""
    rng = np.random.default_rng(seed)
    hit = plain = 0
    truth = 0.03 * np.exp(1.125)
    for _ in range(runs):
        score = (rng.random(rows) < 0.03) * np.exp(1 + 0.5 * rng.standard_normal(rows))
        customer = np.arange(rows) // 4 if clustered else None
        if clustered:
            score = np.repeat(score[::4], 4)[:rows]
        found = mean_interval(score, customer)
        hit += found.low <= truth <= found.high
        plain += abs(found.value - truth) <= 1.96 * found.standard_error
    return hit / runs, plain / runs


def test_skewed_scores_are_covered():
    ours, _ = coverage(600, 1_000, 11)
    assert 0.93 <= ours <= 0.98


def test_customers_with_several_rows_are_covered():
    ours, _ = coverage(600, 4_000, 12, clustered=True)
    assert 0.93 <= ours <= 0.98


@pytest.mark.slow
def test_skewed_scores_are_covered_where_a_plain_interval_is_not():
    ours, plain = coverage(6_000, 500, 13)
    assert 0.94 <= ours <= 0.975
    assert plain < 0.935
