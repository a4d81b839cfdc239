"""What everybody takes at given prices: the dual function, a pass over all customers, compiled.

The Lagrangian of limits w.x <= b at prices p >= 0 is D(p) = p.b + sum over customers of max(0, max over offers of
value - what the offer draws at p). Every D is an upper bound on every assignment within the limits, and what was
drawn is its gradient: D'(p) = b - drawn (Geoffrion 1974; Fisher 1981).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.allocation.passes import each
from offersmith.strategy.allocation.problem import Bits, Cells, Chunk, Floats, Instance, Rows

BLOCK = 1024
Choice = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is taken at some prices.

    Attributes:
        gain: sum over customers of the best reduced value.
        drawn: (M, K, C) sums of the measures over who took an offer, by offer and cell.
    """

    gain: float
    drawn: Floats


def take(instance: Instance, rows: Rows, price: Floats, choice: Choice | None = None, worth: float = 1.0) -> Taken:
    """Give everybody what is best for them at these prices.

    Args:
        instance: the customers.
        rows: the limits.
        price: (R,) not negative.
        choice: (n,) filled: the offer, -1 for none.
        worth: what a unit of value counts; 0 asks whether the limits can be kept at all.
    """
    table = rows.tables(price)

    def work(chunk: Chunk, first: int) -> tuple[float, Floats]:
        size = chunk.value.shape[1]
        here = np.empty(size, np.int16) if choice is None else choice[first : first + size]
        part = np.zeros(table.shape)
        return best(chunk.value, chunk.cost, chunk.cell, chunk.extra, table, worth, here, part), part

    gains, drawn = [], np.zeros(table.shape)
    for gain, part in each(instance, work):
        gains.append(gain)
        drawn += part
    return Taken(math.fsum(gains), drawn)


def drawn_by(instance: Instance, rows: Rows, choice: Choice) -> Floats:
    """Return (M, K, C): what a given choice draws."""

    def work(chunk: Chunk, first: int) -> Floats:
        part = np.zeros(rows.weight.shape[1:])
        here = choice[first : first + chunk.value.shape[1]]
        add_up(chunk.value, chunk.cost, chunk.cell, chunk.extra, here, part)
        return part

    return sum(each(instance, work), np.zeros(rows.weight.shape[1:]))


@compiled
def best(
    value: Bits, cost: Bits, cell: Cells, extra: Bits, table: Floats, worth: float, choice: Choice, drawn: Floats
) -> float:
    """Fill `choice` and add to `drawn` for the customers of a chunk; return the sum of their reduced values.

    Equal reduced values go to none, then to the earlier offer.
    """
    offers, customers = value.shape
    one, further = table.shape[2] == 1, extra.shape[0]
    top, which = np.empty(BLOCK), np.empty(BLOCK, np.int16)
    gain = 0.0
    for start in range(0, customers, BLOCK):
        size = min(BLOCK, customers - start)
        top[:size], which[:size] = 0.0, -1
        for offer in range(offers):
            values, costs = value[offer, start : start + size], cost[offer, start : start + size]
            if one and further == 0:
                fixed, each, times = table[0, offer, 0], table[1, offer, 0], worth - table[2, offer, 0]
                for i in range(size):
                    v = np.float64(values[i])
                    reduced = times * v - fixed - each * np.float64(costs[i])
                    better = (reduced > top[i]) & (v > -np.inf)
                    top[i] = reduced if better else top[i]
                    which[i] = offer if better else which[i]
            else:
                for i in range(size):
                    c = 0 if one else np.int64(cell[start + i])
                    v = np.float64(values[i])
                    reduced = (worth - table[2, offer, c]) * v - table[0, offer, c]
                    reduced -= table[1, offer, c] * np.float64(costs[i])
                    for e in range(further):
                        reduced -= table[3 + e, offer, c] * np.float64(extra[e, offer, start + i])
                    better = (reduced > top[i]) & (v > -np.inf)
                    top[i] = reduced if better else top[i]
                    which[i] = offer if better else which[i]
        choice[start : start + size] = which[:size]
        for i in range(size):
            gain += top[i]
            offer = which[i]
            if offer >= 0:
                c = 0 if one else np.int64(cell[start + i])
                drawn[0, offer, c] += 1.0
                drawn[1, offer, c] += np.float64(cost[offer, start + i])
                drawn[2, offer, c] += np.float64(value[offer, start + i])
                for e in range(further):
                    drawn[3 + e, offer, c] += np.float64(extra[e, offer, start + i])
    return gain


@compiled
def add_up(value: Bits, cost: Bits, cell: Cells, extra: Bits, choice: Choice, drawn: Floats) -> None:
    """Add to `drawn` what a given choice draws."""
    for i in range(choice.shape[0]):
        offer = choice[i]
        if offer >= 0:
            c = 0 if drawn.shape[2] == 1 else np.int64(cell[i])
            drawn[0, offer, c] += 1.0
            drawn[1, offer, c] += np.float64(cost[offer, i])
            drawn[2, offer, c] += np.float64(value[offer, i])
            for e in range(extra.shape[0]):
                drawn[3 + e, offer, c] += np.float64(extra[e, offer, i])
