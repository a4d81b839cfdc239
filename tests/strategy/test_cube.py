import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy.cube import Draws, cubed


def instance(seed, customers, offers=3, rows=3, cells=2):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(1, 1, (offers, customers)) * (rng.random(customers) < 0.9)
    worth = rng.normal(0, 1, cost.shape)
    weight = rng.normal(0, 1, (rows, 3, offers, cells)) * (rng.random((rows, 3, offers, cells)) < 0.5)
    weight[0] = 0
    weight[0, 1] = 1  # the budget
    if rows > 2:
        weight[2] = 2 * weight[1]  # a row twice over
    best = rng.integers(-1, offers, customers).astype(np.int16)
    cell = rng.integers(0, cells, customers).astype(np.uint16) if cells > 1 else np.zeros(1, np.uint16)
    chance = rng.dirichlet(np.full(offers + 2, 0.7), customers).T
    chance[rng.random(chance.shape) < 0.3] = 0
    chance[0] += 1 - chance.sum(axis=0)
    use = used(weight, cell, cost, worth, best, customers)
    held = np.where(chance > 0, use, np.nan)
    ranges = np.nanmax(held, axis=1) - np.nanmin(held, axis=1) if customers else np.ones((rows, 1))
    largest = np.maximum(ranges.max(axis=1, initial=0), 1e-9)
    return np.ascontiguousarray(chance), Draws(weight, cell, cost, worth, best, largest), use


def used(weight, cell, cost, worth, best, customers):
    """Return (R, A, n): what every cell draws, the slow and plain way."""
    out = np.zeros((weight.shape[0], cost.shape[0] + 2, customers))
    for i in range(customers):
        c = cell[0] if cell.size == 1 else cell[i]
        for a in range(cost.shape[0] + 2):
            k = best[i] if a == 0 else a - 2
            if k >= 0:
                out[:, a, i] = weight[:, 0, k, c] + weight[:, 1, k, c] * cost[k, i] + weight[:, 2, k, c] * worth[k, i]
    return out


def draw(chance, draws, seed):
    return cubed(chance, draws, np.arange(chance.shape[1]), np.array([seed], np.uint64))


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(0, 80),
    offers=st.integers(1, 4),
    rows=st.integers(1, 7),
    cells=st.integers(1, 3),
)
def test_row_j_is_used_as_expected_but_for_j_customers(seed, customers, offers, rows, cells):
    chance, draws, use = instance(seed, customers, offers, rows, cells)
    drawn = draw(chance, draws, seed)
    here = np.arange(customers)
    assert (chance[drawn, here] > 0).all()
    off = np.abs(use[:, drawn, here].sum(axis=1) - (use * chance).sum(axis=(1, 2)))
    assert (off <= np.arange(1, rows + 1) * draws.largest + 1e-6).all()


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_every_cell_is_drawn_with_its_chance(rows):
    draws = 6_000
    chance, drawing, _ = instance(rows, 9, 3, rows)
    counts = np.zeros(chance.shape)
    for start in range(draws):
        counts[draw(chance, drawing, start), np.arange(9)] += 1
    error = np.sqrt(np.maximum(chance * (1 - chance), 1e-12) / draws)
    assert (np.abs(counts / draws - chance) <= 4.5 * error + 1e-9).all()


def test_many_customers_are_drawn_without_drift():
    chance, drawing, use = instance(3, 20_000, 4, 12, 3)
    drawn = draw(chance, drawing, 1)
    off = np.abs(use[:, drawn, np.arange(20_000)].sum(axis=1) - (use * chance).sum(axis=(1, 2)))
    assert (off <= np.arange(1, 13) * drawing.largest + 1e-4).all()
    # Independent lots would scatter by the root of the sum of variances: a hundred times as far.
    apart = np.sqrt(((use**2 * chance).sum(axis=1) - (use * chance).sum(axis=1) ** 2).sum(axis=1))
    assert (off < 0.2 * apart).all()


def test_the_same_start_draws_the_same_and_another_another():
    chance, drawing, _ = instance(1, 100)
    assert np.array_equal(draw(chance, drawing, 5), draw(chance, drawing, 5))
    assert not np.array_equal(draw(chance, drawing, 5), draw(chance, drawing, 6))
