from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.explain.parted import Parted

SEEDS = st.integers(0, 10_000)


def drawn(seed, n=3, k=2, p=4, rest=0.0):
    draw = np.random.default_rng(seed)
    return Parted(draw.normal(size=k), draw.normal(size=(n, k, p)), rest * draw.normal(size=(n, k)))


def shapley(worth, players):
    """Return Shapley values of a game over 0..players-1 by all orders."""
    found = np.zeros(players)
    for order in permutations(range(players)):
        inside = set()
        for one in order:
            before = worth(inside)
            inside = inside | {one}
            found[one] += worth(inside) - before
    return found / factorial(players)


@given(SEEDS)
def test_shares_of_a_product_are_its_shapley_values(seed):
    one, other = drawn(seed, n=1, k=1), drawn(seed + 1, n=1, k=1)
    found = one.times(other)

    def worth(inside):
        return np.prod([part.base[0] + sum(part.values[0, 0, j] for j in inside) for part in (one, other)])

    assert np.allclose(found.values[0, 0], shapley(worth, 4))


@given(SEEDS)
def test_whatever_is_done_the_parts_are_the_whole(seed):
    one, other = drawn(seed, rest=0.3), drawn(seed + 1, rest=0.2)
    assert np.allclose(one.plus(other).total, one.total + other.total)
    assert np.allclose(one.times(other).total, one.total * other.total)
    assert np.allclose(one.scaled(np.array([2.0, -1.0])).shifted(0.5).total, one.total * [2.0, -1.0] + 0.5)
    assert np.allclose(one.less_first().total, one.total - one.total[:, [0]])
    assert np.allclose(one.through(np.tanh).total, np.tanh(one.total))
    assert np.allclose(one.through(np.sign, 0.0, 1.0).total, np.sign(one.total))
    assert np.allclose(one.held(other.total).total, other.total)


@given(SEEDS)
def test_a_line_is_taken_apart_as_it_is(seed):
    one = drawn(seed)
    assert np.allclose(one.through(lambda value: 3 * value + 1).values, 3 * one.values)


def test_a_step_is_not_blown_up_into_shares():
    nearly = Parted(np.zeros(1), np.array([[[5.0, -5.0 + 1e-6]]]), np.zeros((1, 1)))
    found = nearly.through(lambda value: (value > 0) * 1.0, 0.0, 2.0)
    assert np.abs(found.values).max() <= 10.0
    assert found.total[0, 0] == pytest.approx(1.0)
