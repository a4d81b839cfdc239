from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from offersmith.profiles.behaviour.wilson import wilson


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_is_the_interval_of_scipy(case: tuple[int, int]) -> None:
    part, whole = case
    expected = binomtest(part, whole).proportion_ci(method="wilson")
    assert wilson(part, whole) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert wilson(part, whole)[0] <= part / whole <= wilson(part, whole)[1]


def test_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_it_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    draws = rng.binomial(80, 0.07, 4000)
    held = [low <= 0.07 <= high for low, high in (wilson(int(draw), 80) for draw in draws)]
    assert 0.93 <= np.mean(held) <= 0.98
