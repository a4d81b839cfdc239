"""Fences of the usual: skew is allowed for, outliers do not move them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.profiles.fences import fences, medcouple


def test_the_medcouple_is_that_of_all_pairs() -> None:
    """Worked by hand: the median of 0, 1, 2, 4, 9 is 2; nine pairs, the middle one is 1 / 3."""
    ordered = np.array([0.0, 1.0, 2.0, 4.0, 9.0])
    pairs = sorted(((b - 2) - (2 - a)) / (b - a) if b > a else 0.0 for a in (0, 1, 2) for b in (2, 4, 9))
    assert medcouple(ordered) == pytest.approx(pairs[4])
    assert medcouple(-ordered[::-1]) == pytest.approx(-pairs[4])


def test_tied_medians_are_split_evenly() -> None:
    """A column of many zeros and a tail is as skewed as can be, and of zeros with both tails not at all."""
    assert medcouple(np.array([0.0] * 6 + [1.0, 2.0, 3.0, 4.0])) == 1.0
    assert medcouple(np.array([-2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0])) == 0.0


def test_the_medcouple_of_an_exponential_law_is_known() -> None:
    """About a third, by numerical integration of the kernel's median over an exponential law."""
    rng = np.random.default_rng(1)
    assert medcouple(np.sort(rng.exponential(size=100_000))) == pytest.approx(0.333, abs=0.02)
    assert medcouple(np.sort(rng.normal(size=100_000))) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("law", ["normal", "exponential", "gamma"])
def test_few_ordinary_values_are_beyond_whatever_the_skew(law: str) -> None:
    rng = np.random.default_rng(2)
    x = {"normal": rng.normal(size=20_000), "exponential": rng.exponential(size=20_000),
         "gamma": rng.gamma(0.5, size=20_000)}[law]  # fmt: skip
    found = fences(x)
    assert found is not None
    beyond = np.abs(found.outlyingness(x)) > 1
    assert beyond.mean() < 0.02


def test_a_fence_does_not_move_for_a_tenth_of_giants() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(100, 10, size=1000)
    giants = np.concatenate([x, np.full(100, 1e9)])
    clean, dirty = fences(x), fences(giants)
    assert clean is not None
    assert dirty is not None
    assert dirty.high < 2 * clean.high
    assert dirty.outlyingness(np.array([1e9]))[0] > 1e6


def test_nothing_varying_has_no_fences() -> None:
    assert fences(np.full(100, 3.0)) is None
    assert fences(np.full(100, np.nan)) is None
    assert fences(np.zeros(0)) is None


@pytest.mark.parametrize("mean", [1.0, 2.0, 5.0])
def test_of_small_counts_few_are_beyond_and_none_far(mean: float) -> None:
    rng = np.random.default_rng(5)
    x = rng.negative_binomial(1, 1 / (1 + mean), 20_000).astype(float)
    found = fences(x)
    assert found is not None
    far = found.outlyingness(x)
    assert (far > 1).mean() < 0.04
    assert (far > 3).mean() < 0.001


def test_a_column_of_almost_one_value_still_sees_a_giant() -> None:
    x = np.append(np.ones(99), 1000.0)
    found = fences(x)
    assert found is not None
    assert found.outlyingness(x)[-1] > 100
    assert (found.outlyingness(x)[:-1] == 0).all()


def test_of_a_zero_inflated_column_the_fences_are_those_of_the_others() -> None:
    rng = np.random.default_rng(4)
    x = np.concatenate([np.zeros(800), rng.exponential(size=200)])
    found = fences(x)
    assert found is not None
    assert found.median == 0
    assert (found.outlyingness(x) > 1).sum() <= 6


def test_unknown_and_endless_values_do_not_break() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0, np.nan, np.inf])
    found = fences(x)
    assert found is not None
    far = found.outlyingness(x)
    assert far[4] == 0
    assert far[5] > 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_fences_embrace_the_median(values: list[float]) -> None:
    found = fences(np.array(values))
    assert found is None or found.low < found.median < found.high
