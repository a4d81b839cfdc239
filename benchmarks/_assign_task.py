"""The public assignment task: customers x 9 paying offers under six limits that all bind, or nearly so.

Offers 0 to 6 are 5, 10, 15, 20, 25, 30, 40 % off, 7 a gift (3.00), 8 free shipping (4.50). Value is the expected
incremental margin, cost the expected subsidy, both float32, offer-major. Customers come in blocks of 2^20 with a random
generator each, so that the first blocks of a larger instance are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.allocation.problem import Chunk, Limit

DEPTHS = np.array([0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40])
GIFT, SHIPPING, DEEP = 7, 8, (4, 5, 6)
OFFERS, SEGMENTS = 9, 4
BLOCK, PART = 1 << 20, 1 << 18
MARGIN, NOISE = 0.6, 0.008

Bits = NDArray[np.float32]


def block(size: int, seed: int, number: int) -> tuple[Bits, Bits, NDArray[np.uint16]]:
    """Return value and cost (9, size) and the segment (size,) of one block."""
    rng = np.random.default_rng([seed, number])
    basket = np.exp(3.6 + 0.7 * rng.standard_normal(size))
    buys = 0.02 + 0.28 * rng.random(size) ** 2
    moved = 0.25 * rng.random(size) ** 1.5
    bend, taste = 4 + 8 * rng.random(size), rng.random(size)
    segment = rng.integers(0, SEGMENTS, size).astype(np.uint16)
    value, cost = np.empty((OFFERS, size), np.float32), np.empty((OFFERS, size), np.float32)
    for offer, depth in enumerate(DEPTHS):
        lift = moved * (1 - np.exp(-bend * depth)) * (1 - buys) + NOISE * rng.standard_normal(size)
        cost[offer] = np.maximum((buys + lift) * basket * depth, 0.01)
        value[offer] = lift * basket * MARGIN
    for offer, fee, scale in ((GIFT, 3.0, 0.5 * taste), (SHIPPING, 4.5, 0.4 * (1 - taste))):
        lift = moved * scale + NOISE * rng.standard_normal(size)
        cost[offer] = fee * (buys + np.maximum(lift, 0))
        value[offer] = lift * basket * MARGIN
    return value, cost, segment


def chunks(customers: int, seed: int) -> Iterator[Chunk]:
    """Yield an instance in parts small enough for a row group."""
    for number, start in enumerate(range(0, customers, BLOCK)):
        value, cost, segment = block(min(customers - start, BLOCK), seed, number)
        for first in range(0, value.shape[1], PART):
            part = slice(first, min(first + PART, value.shape[1]))
            none = np.zeros((0, OFFERS, part.stop - part.start), np.float32)
            yield Chunk(value[:, part], cost[:, part], segment[part], none)


def whole(customers: int, seed: int) -> tuple[Bits, Bits, NDArray[np.uint16]]:
    """Return an instance in memory."""
    value, cost = np.empty((OFFERS, customers), np.float32), np.empty((OFFERS, customers), np.float32)
    segment, first = np.empty(customers, np.uint16), 0
    for chunk in chunks(customers, seed):
        part = slice(first, first + chunk.value.shape[1])
        value[:, part], cost[:, part], segment[part] = chunk.value, chunk.cost, chunk.cell
        first = part.stop
    return value, cost, segment


def limits(customers: int) -> list[Limit]:
    """Return the six limits, in proportion to the customers."""

    def weight(measure: int, offers: tuple[int, ...] = (), segment: int | None = None) -> NDArray[np.float64]:
        found = np.zeros((2, OFFERS, SEGMENTS))
        mine = list(offers) or list(range(OFFERS))
        here = list(range(SEGMENTS)) if segment is None else [segment]
        found[measure][np.ix_(mine, here)] = 1
        return found

    return [
        Limit("budget", weight(1), 0.55 * customers),
        Limit("gift", weight(0, (GIFT,)), 0.05 * customers),
        Limit("shipping", weight(0, (SHIPPING,)), 0.03 * customers),
        Limit("deep", weight(0, DEEP), 0.005 * customers),
        Limit("contact", weight(0, (), 0), 0.12 * customers),
        Limit("floor", weight(1, (), 1), 0.16 * customers, at_least=True),
    ]


def noisy(value: Bits, cost: Bits, times: float, rng: np.random.Generator) -> tuple[Bits, Bits]:
    """Return an estimate of an instance: value off by `times` its spread, cost by a lognormal of .3 `times`."""
    spread = value.std(axis=1, keepdims=True)
    guess = value + times * spread * rng.standard_normal(value.shape)
    return guess.astype(np.float32), (cost * np.exp(0.3 * times * rng.standard_normal(cost.shape))).astype(np.float32)
