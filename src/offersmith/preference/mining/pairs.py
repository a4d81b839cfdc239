"""Every pair of products that enough baskets hold together, counted exactly.

The counts are the matrix of baskets times itself, sparse all the way: a product of a few thousand columns at a time, of
which only counts above the floor are kept. A part is as wide as the memory for its entries allows; how many it can have
at most is known beforehand, from how long the baskets are that hold each product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csc_array

from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.measures import Real, Whole, lift, rules
from offersmith.preference.mining.significance import adjusted, log_more

ENTRIES = 4_000_000
"""Counts that are held at once (8 bytes each, and as much again while they are sorted out)."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of items (`first` < `second`, columns of the matrix) with the baskets that hold both."""

    first: Whole
    second: Whole
    together: Whole

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """How each pair compares with chance: `lift`, the logarithm of its p-value, and that adjusted for all pairs."""

    lift: Real
    log_p: Real
    q_value: Real


def pairs(found: Incidence, entries: int = ENTRIES) -> Pairs:
    """Return all pairs that at least `found.floor` baskets hold, by first and second.

    Args:
        found: the matrix.
        entries: counts that may be held at once.
    """
    matrix, by_item = found.matrix, found.matrix.T.tocsr()
    firsts, seconds, counts = [], [], []
    for low, high in _parts(found, entries):
        product = by_item[low:high] @ matrix
        row = np.repeat(np.arange(low, high), np.diff(product.indptr))
        good = np.flatnonzero((product.data >= found.floor) & (product.indices > row))
        column = product.indices[good].astype(np.int64)
        order = np.lexsort((column, row[good]))
        firsts.append(row[good][order])
        seconds.append(column[order])
        counts.append(product.data[good][order].astype(np.int64))
    return Pairs(*(np.concatenate([np.zeros(0, np.int64), *part]) for part in (firsts, seconds, counts)))


def joint(columns: csc_array, first: Whole, second: Whole, rows: int = 2_000) -> Whole:
    """Return how many rows hold both of each pair, also where that is none.

    Args:
        columns: rows by items, ones.
        first: items.
        second: items, one for each of the first.
        rows: pairs that are looked at together.
    """
    found = [
        columns[:, first[at : at + rows]].multiply(columns[:, second[at : at + rows]]).sum(axis=0)
        for at in range(0, len(first), rows)
    ]
    return np.concatenate([np.zeros(0, np.int64), *found]).astype(np.int64)


def compared(found: Incidence, some: Pairs) -> Compared:
    """Return how pairs compare with what chance would have put together."""
    counts, total = found.counts, found.baskets
    one, other = counts[some.first], counts[some.second]
    log_p = log_more(_real(some.together), _real(one), _real(other), np.array([float(total)]))
    return Compared(lift(some.together, one, other, total), log_p, adjusted(log_p, possible(found)))


def pair_rules(found: Incidence, some: Pairs, names: pa.Array) -> pa.Table:
    """Return both rules of every pair as `measures.RULES`.

    Args:
        found: the matrix.
        some: its pairs.
        names: of its items.
    """
    log_p = np.tile(compared(found, some).log_p, 2)
    before, after = np.concatenate([some.first, some.second]), np.concatenate([some.second, some.first])
    counts = (np.tile(some.together, 2), found.counts[before], found.counts[after])
    return rules(names, before[:, None], after, counts, found.baskets, log_p, 2 * possible(found))


def possible(found: Incidence) -> int:
    """Return how many pairs of items there are, met or not."""
    return len(found.items) * (len(found.items) - 1) // 2


def _parts(found: Incidence, entries: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of items whose counts fit, one item at least each."""
    items = len(found.items)
    length = np.diff(found.matrix.indptr).astype(np.int64)
    most = np.minimum(found.matrix.T @ length, items)
    low, held = 0, 0
    for item, more in enumerate(most.tolist()):
        if held and held + more > entries:
            yield low, item
            low, held = item, 0
        held += more
    if low < items:
        yield low, items


def _real(values: Whole) -> NDArray[np.float64]:
    return values.astype(np.float64)
