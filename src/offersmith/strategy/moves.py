"""Moves of chance between the cells of one customer, and the numbers that decide them: what every draw is made of."""

from __future__ import annotations

import numpy as np

from offersmith.compiled import compiled
from offersmith.strategy.kernels import Floats
from offersmith.strategy.lots import Lots


@compiled
def number(state: Lots) -> float:
    """Return the next number in [0, 1) of splitmix64 (Steele, Lea, Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    h = state[0]
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((h ^ (h >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@compiled
def two(left: Floats) -> tuple[int, int]:
    """Return the first two cells that are still possible; the second is -1 where one is left."""
    first, second = -1, -1
    for cell in range(left.shape[0]):
        if left[cell] > 0.0:
            if first < 0:
                first = cell
            else:
                return first, cell
    return first, second


@compiled
def move(left: Floats, to: int, of: int, by: float) -> None:
    """Move chance between two cells; what is a rounding error away from nothing is nothing."""
    both = left[to] + left[of]
    left[to] += by
    left[of] -= by
    if left[of] <= 1e-15 or left[to] >= both:
        left[to], left[of] = both, 0.0
    elif left[to] <= 1e-15 or left[of] >= both:
        left[to], left[of] = 0.0, both


@compiled
def settle(left: Floats, to: int, of: int, state: Lots) -> None:
    """Decide between two cells of one customer."""
    up = number(state) * (left[to] + left[of]) < left[to]
    move(left, to, of, left[of] if up else -left[to])
