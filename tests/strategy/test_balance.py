import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy.balance import balanced


def cells(rng, customers, alternatives):
    chance = rng.dirichlet(np.full(alternatives, 0.7), customers).T
    chance[rng.random(chance.shape) < 0.2] = 0
    chance[0] += 1 - chance.sum(axis=0)
    return np.ascontiguousarray(chance), rng.gamma(1, 1, (alternatives, customers)) * (rng.random(customers) < 0.9)


def draw(chance, cost, seed):
    return balanced(chance, cost, np.arange(chance.shape[1]), np.array([seed], np.uint64))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10_000), customers=st.integers(0, 50), alternatives=st.integers(1, 6))
def test_the_total_is_the_expected_one_but_for_one_customer(seed, customers, alternatives):
    chance, cost = cells(np.random.default_rng(seed), customers, alternatives)
    drawn = draw(chance, cost, seed)
    here = np.arange(customers)
    assert (chance[drawn, here] > 0).all()
    held = np.where(chance > 0, cost, np.nan)
    spread = np.nanmax(held, axis=0) - np.nanmin(held, axis=0) if customers else np.zeros(1)
    assert abs(cost[drawn, here].sum() - (chance * cost).sum()) <= spread.max() + 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_is_drawn_with_its_chance(seed):
    draws = 20_000
    chance, cost = cells(np.random.default_rng(seed), 9, 4)
    counts = np.zeros(chance.shape)
    for start in range(draws):
        counts[draw(chance, cost, start), np.arange(9)] += 1
    error = np.sqrt(np.maximum(chance * (1 - chance), 1e-12) / draws)
    assert (np.abs(counts / draws - chance) <= 4.5 * error + 1e-9).all()


def test_the_same_start_draws_the_same_and_another_another():
    chance, cost = cells(np.random.default_rng(1), 100, 4)
    assert np.array_equal(draw(chance, cost, 5), draw(chance, cost, 5))
    assert not np.array_equal(draw(chance, cost, 5), draw(chance, cost, 6))
