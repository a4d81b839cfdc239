"""The ids of events that were counted, so that an event delivered twice counts once.

A set of 128-bit fingerprints in one array: open addressing with linear probing (Knuth, The Art of Computer Programming
3, 6.4), doubled when it is more than half full. It is exact but for the chance of `fingerprints`, and costs 32 to 64
bytes an event, in memory; 16 in a file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled

_EMPTY, _ONE = np.uint64(0), np.uint64(1)
_SMALLEST = 1024


class Seen:
    """A growing set of fingerprints; `size` says how many there are."""

    __slots__ = ("size", "table")

    def __init__(self) -> None:
        self.table: NDArray[np.uint64] = np.zeros((_SMALLEST, 2), np.uint64)
        self.size = 0

    def add(self, ids: NDArray[np.uint64], counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Take ids in and return which were new; those of rows that do not count are neither taken nor new."""
        self._make_room(ids.shape[1])
        fresh = insert(self.table, ids, counts)
        self.size += int(np.count_nonzero(fresh))
        return fresh

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether any of these ids is in the set."""
        return bool(any_inside(self.table, ids))

    def ids(self) -> NDArray[np.uint64]:
        """Return all ids, shape (2, size), in an order of no meaning."""
        used = (self.table[:, 0] != 0) | (self.table[:, 1] != 0)
        return np.ascontiguousarray(self.table[used].T)

    def _make_room(self, more: int) -> None:
        places = self.table.shape[0]
        while 2 * (self.size + more) > places:
            places *= 2
        if places > self.table.shape[0]:
            ids = self.ids()
            self.table = np.zeros((places, 2), np.uint64)
            insert(self.table, ids, np.ones(ids.shape[1], np.bool_))


@compiled
def _place(table: NDArray[np.uint64], high: np.uint64, low: np.uint64) -> int:
    """Return the place where an id is, or the empty one where it would be."""
    last = np.uint64(table.shape[0] - 1)
    at = high & last
    while (table[at, 0] != high or table[at, 1] != low) and (table[at, 0] != _EMPTY or table[at, 1] != _EMPTY):
        at = (at + _ONE) & last
    return int(at)


@compiled
def insert(table: NDArray[np.uint64], ids: NDArray[np.uint64], counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Put ids into a table with room for them; return which were not in it."""
    fresh = np.zeros(ids.shape[1], np.bool_)
    for i in range(ids.shape[1]):
        if not counts[i]:
            continue
        high, low = ids[0, i], ids[1, i]
        if high == _EMPTY and low == _EMPTY:
            low = _ONE  # nothing but an empty place is two zeros
        at = _place(table, high, low)
        if table[at, 0] == _EMPTY and table[at, 1] == _EMPTY:
            table[at, 0], table[at, 1] = high, low
            fresh[i] = True
    return fresh


@compiled
def any_inside(table: NDArray[np.uint64], ids: NDArray[np.uint64]) -> bool:
    """Say whether any id is in the table."""
    for i in range(ids.shape[1]):
        high, low = ids[0, i], ids[1, i]
        if high == _EMPTY and low == _EMPTY:
            low = _ONE
        at = _place(table, high, low)
        if table[at, 0] != _EMPTY or table[at, 1] != _EMPTY:
            return True
    return False
