import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from offersmith.response.depth.best import close_to_best
from offersmith.response.depth.pooled import rising, rising_p

SEEDS = st.integers(0, 10_000)


@given(SEEDS, st.integers(1, 8))
def test_rising_values_are_those_of_isotonic_regression(seed, d):
    draw = np.random.default_rng(seed)
    values, weight = draw.normal(size=(3, d)), draw.random(d) + 0.1
    found = rising(values, weight)
    for own, held in zip(values, found, strict=True):
        theirs = IsotonicRegression().fit_transform(np.arange(d), own, sample_weight=weight)
        assert np.allclose(held, theirs)
    assert np.allclose(rising(found, weight), found)


def test_what_rises_is_left_alone():
    assert np.array_equal(rising(np.array([0.1, 0.2, 0.4]), np.ones(3)), [0.1, 0.2, 0.4])


def test_rising_is_doubted_no_more_often_than_said():
    draw = np.random.default_rng(1)
    covariance = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 0.5]])
    flat = draw.multivariate_normal(np.zeros(3), covariance, size=300)
    doubted = [rising_p(values, covariance, seed) < 0.05 for seed, values in enumerate(flat)]
    assert 0.02 <= np.mean(doubted) <= 0.08
    assert rising_p(np.array([0.0, 1.0, 2.0]), covariance) == 1.0
    assert rising_p(np.array([8.0, 0.0, -3.0]), covariance) < 0.01


@pytest.mark.parametrize("truth", [(0.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.9, -1.0), (0.0, 3.0, 0.0, 0.0)])
def test_the_best_is_kept_as_often_as_said(truth):
    draw = np.random.default_rng(2)
    root = 0.6 * draw.normal(size=(4, 4))
    root[0] = 0.0  # nothing given is worth nothing without error
    kept = [
        close_to_best(np.array(truth) + root @ draw.normal(size=4), root @ root.T, seed=seed)[int(np.argmax(truth))]
        for seed in range(200)
    ]
    assert np.mean(kept) >= 0.91


def test_what_is_clearly_worse_is_not_kept():
    kept = close_to_best(np.array([0.0, 1.0, 0.99, -2.0]), np.diag([0.0, 0.01, 0.01, 0.01]))
    assert kept.tolist() == [False, True, True, False]
    assert close_to_best(np.array([0.0, 1.0]), np.zeros((2, 2))).tolist() == [False, True]
