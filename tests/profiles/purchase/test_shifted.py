"""All odds are multiplied by one figure, so that as many buy as did."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.profiles.purchase.shifted import FURTHEST, moved, shifts, wanted


@given(st.integers(0, 10_000), st.floats(-1.5, 1.5))
def test_what_was_moved_is_found_again(seed: int, by: float) -> None:
    rng = np.random.default_rng(seed)
    chance = rng.beta(2, 5, 400)
    told = moved(chance, by)
    assert moved(told, -by) == pytest.approx(chance, abs=1e-9)
    bought = np.arange(400) < round(told.sum())
    if 0 < bought.sum() < 400:
        assert moved(chance, wanted(chance, bought)).mean() == pytest.approx(bought.mean(), abs=1e-6)


def test_order_is_kept_and_nothing_becomes_sure() -> None:
    chance = np.array([0.0, 0.2, 0.5, 1.0])
    found = moved(chance, 1.0)
    assert (np.diff(found) > 0).all()
    assert found.min() > 0
    assert found.max() < 1


def test_no_more_than_the_furthest_and_nothing_of_all_or_nobody() -> None:
    chance = np.full(100, 0.5)
    assert wanted(chance, np.ones(100, np.bool_)) == 0.0
    assert wanted(chance, np.zeros(100, np.bool_)) == 0.0
    assert wanted(np.full(100, 0.001), np.arange(100) < 90) == FURTHEST
    assert wanted(np.full(100, 0.999), np.arange(100) < 10) == -FURTHEST


def test_each_stretch_takes_over_the_level_of_the_one_before() -> None:
    half, told = np.full(10, 0.5), [np.arange(10) < bought for bought in (9, 7, 2)]
    found = shifts([half, half, half], told)
    assert len(found) == 2
    assert found[0] == pytest.approx(np.log(7 / 3), abs=1e-6)
    assert found[1] == pytest.approx(np.log(2 / 8), abs=1e-6)
