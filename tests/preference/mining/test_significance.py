"""Tails against scipy's exact distribution, adjusted values against the definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom

from offersmith.preference.mining.significance import adjusted, log_fewer, log_more


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    total = draw(st.integers(1, 400))
    first, second = draw(st.integers(0, total)), draw(st.integers(0, total))
    return draw(st.integers(max(0, first + second - total), min(first, second))), first, second, total


@given(tables())
def test_tails_are_those_of_the_hypergeometric_distribution(table: tuple[int, int, int, int]) -> None:
    k, a, b, n = table
    asked = [np.array([float(one)]) for one in table]
    np.testing.assert_allclose(np.exp(log_more(*asked)), hypergeom.sf(k - 1, n, a, b), rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(np.exp(log_fewer(*asked)), hypergeom.cdf(k, n, a, b), rtol=1e-7, atol=1e-12)


def test_values_far_below_what_a_number_holds_are_told_apart() -> None:
    more, most = log_more(*(np.array(one) for one in ([5_000.0, 6_000.0], [9_000.0] * 2, [9_000.0] * 2, [1e6] * 2)))
    assert most < more < -5_000


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=30))
def test_adjusted_values_are_those_of_benjamini_and_hochberg(values: list[float]) -> None:
    np.testing.assert_allclose(adjusted(np.log(values), len(values)), false_discovery_control(values), rtol=1e-9)


def test_tests_that_were_not_looked_at_count_as_ones() -> None:
    some = np.array([0.001, 0.02])
    whole = false_discovery_control(np.concatenate([some, np.ones(98)]))[:2]
    np.testing.assert_allclose(adjusted(np.log(some), 100), whole)
