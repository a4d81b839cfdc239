"""Lines gathered to orders (or sessions), event by event: each known by its id, a list for every customer.

An order is a row: the moment of its first line, its lines, the integer sums of its values. Whether a line begins an
order or joins one is decided by its id, so a late line, or one that comes apart from the others, changes its order
exactly as the batch query would see it. It costs 55 bytes an order and 8 for each value, twice that at worst while
there is room to grow, for all orders ever: what features ask of orders (their number, days between them, the dearest)
is read from the list, and that is linear in the customer's orders.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.profiles.live.fingerprints import mixed
from offersmith.profiles.live.rows import Rows, bits_of
from offersmith.profiles.live.schema import Gathering, Layout

_SMALLEST = 256
_ONE = np.uint64(1)
_END = -1


class Orders:
    """All orders of one gathering; a customer's are a list that begins at `head`.

    Attributes:
        size: how many there are.
        key: fingerprint of the id, shape (2, places).
        owner: the customer's slot.
        time: microseconds of the first line.
        offset: the least minutes to add for the wall clock.
        lines: how many.
        sums: of the gathering's values, shape (places, values).
        known: a bit for each value that any line knew.
        following: the customer's next order, -1 at the end.
        head: a customer's newest entry, by slot.
    """

    __slots__ = ("following", "head", "key", "known", "lines", "mask", "offset", "owner", "place", "size", "sums",
                 "time", "which")  # fmt: skip

    def __init__(self, layout: Layout, gathering: Gathering) -> None:
        self.which = np.array([layout.values.index(name) for name in gathering.values], np.int64)
        self.mask = bits_of(gathering.events)
        self.size = 0
        self.head = np.full(_SMALLEST, _END, np.int32)
        self._reserve(_SMALLEST)

    def _reserve(self, places: int) -> None:
        """Make empty columns and an index for so many orders."""
        self.key = np.zeros((2, places), np.uint64)
        self.owner, self.following = np.zeros(places, np.int32), np.zeros(places, np.int32)
        self.time, self.offset = np.zeros(places, np.int64), np.zeros(places, np.int16)
        self.lines = np.zeros(places, np.int32)
        self.sums = np.zeros((places, self.which.size), np.int64)
        self.known = np.zeros(places, np.uint64)
        self.place = np.zeros(2 * places, np.int32)

    def add(self, rows: Rows, number: int, fresh: NDArray[np.bool_], customers: int) -> None:
        """Take in the lines that are new; `number` is the gathering's among those of the layout."""
        self.make_room(rows.slots.size, customers)
        kept = (self.key, self.owner, self.time, self.offset, self.lines, self.sums, self.known, self.following)
        self.size = gather(
            rows.slots, rows.kinds, rows.known, rows.values, rows.offsets, rows.keys[number],
            rows.keyed[number] & fresh, self.which, self.mask, kept, self.head, self.place, self.size,
        )  # fmt: skip

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return what has to be kept to have these orders again."""
        names = ("key", "owner", "time", "offset", "lines", "sums", "known")
        cut = {name: getattr(self, name)[: self.size] for name in names if name != "key"}
        return {"key": self.key[:, : self.size], **cut}

    def meet(self, columns: dict[str, NDArray[Any]], slots: NDArray[np.int64], customers: int) -> None:
        """Take in the orders of another state; its customer i is ours at `slots[i]`."""
        owners = slots[columns["owner"].astype(np.int64)]
        self.make_room(owners.size, customers)
        kept = (self.key, self.owner, self.time, self.offset, self.lines, self.sums, self.known, self.following)
        self.size = join(
            owners, columns["key"], columns["time"], columns["offset"], columns["lines"], columns["sums"],
            columns["known"], kept, self.head, self.place, self.size,
        )  # fmt: skip

    def nbytes(self) -> int:
        """Return the bytes of all arrays, room to grow included."""
        return sum(getattr(self, name).nbytes for name in ("following", "place", "head", *self.columns()))

    def make_room(self, more: int, customers: int) -> None:
        """Double what is too small for so many more orders, or customers."""
        if customers > self.head.size:
            head = np.full(max(customers, 2 * self.head.size), _END, np.int32)
            head[: self.head.size] = self.head
            self.head = head
        places = self.owner.size
        while self.size + more > places:
            places *= 2
        if places > self.owner.size:
            old = {"following": self.following, **self.columns()}
            self._reserve(places)
            self.key[:, : self.size] = old.pop("key")
            for name, column in old.items():
                getattr(self, name)[: self.size] = column[: self.size]
            index(self.key, self.owner, self.place, self.size)


Kept = tuple[
    NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int16], NDArray[np.int32], NDArray[np.int64],
    NDArray[np.uint64], NDArray[np.int32],
]  # fmt: skip


@compiled
def _find(
    key: NDArray[np.uint64], owner: NDArray[np.int32], place: NDArray[np.int32], high: np.uint64, low: np.uint64,
    slot: int,
) -> int:  # fmt: skip
    """Return the place in the index of a customer's order, or the empty one where it would be."""
    last = np.uint64(place.size - 1)
    at = mixed(high ^ mixed(low + np.uint64(slot))) & last
    while place[at] != 0:
        row = place[at] - 1
        if key[0, row] == high and key[1, row] == low and owner[row] == slot:
            break
        at = (at + _ONE) & last
    return int(at)


@compiled
def index(key: NDArray[np.uint64], owner: NDArray[np.int32], place: NDArray[np.int32], size: int) -> None:
    """Enter orders into an empty index; it holds an order's number + 1."""
    for row in range(size):
        place[_find(key, owner, place, key[0, row], key[1, row], owner[row])] = row + 1


@compiled
def _row_of(
    kept: Kept, head: NDArray[np.int32], place: NDArray[np.int32], size: int, high: np.uint64, low: np.uint64, slot: int
) -> int:
    """Return an order's row; one that was not known is begun at row `size`."""
    key, owner, time, offset, lines, sums, known, following = kept
    at = _find(key, owner, place, high, low, slot)
    if place[at] != 0:
        return int(place[at] - 1)
    place[at] = size + 1
    key[0, size], key[1, size], owner[size] = high, low, slot
    time[size], offset[size], lines[size], known[size] = np.iinfo(np.int64).max, np.iinfo(np.int16).max, 0, 0
    for v in range(sums.shape[1]):
        sums[size, v] = 0
    following[size], head[slot] = head[slot], size
    return size


@compiled
def gather(
    slots: NDArray[np.int64],
    kinds: NDArray[np.uint64],
    valid: NDArray[np.uint64],
    values: NDArray[np.int64],
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint64],
    counts: NDArray[np.bool_],
    which: NDArray[np.int64],
    mask: np.uint64,
    kept: Kept,
    head: NDArray[np.int32],
    place: NDArray[np.int32],
    size: int,
) -> int:
    """Add lines to their orders; return how many orders there are."""
    _, _, time, offset, lines, sums, known, _ = kept
    for i in range(slots.size):
        if not counts[i] or kinds[i] & mask == 0:
            continue
        row = _row_of(kept, head, place, size, keys[0, i], keys[1, i], slots[i])
        size = max(size, row + 1)
        time[row] = min(time[row], values[i, 1])
        offset[row] = min(offset[row], offsets[i])
        lines[row] += 1
        for v in range(which.size):
            if (valid[i] >> np.uint64(which[v])) & _ONE != 0:
                sums[row, v] += values[i, which[v]]
                known[row] |= _ONE << np.uint64(v)
    return size


@compiled
def join(
    owners: NDArray[np.int64],
    keys: NDArray[np.uint64],
    times: NDArray[np.int64],
    offsets: NDArray[np.int16],
    counts: NDArray[np.int32],
    added: NDArray[np.int64],
    valid: NDArray[np.uint64],
    kept: Kept,
    head: NDArray[np.int32],
    place: NDArray[np.int32],
    size: int,
) -> int:
    """Add orders to those that are there; return how many there are."""
    _, _, time, offset, lines, sums, known, _ = kept
    for i in range(owners.size):
        row = _row_of(kept, head, place, size, keys[0, i], keys[1, i], owners[i])
        size = max(size, row + 1)
        time[row] = min(time[row], times[i])
        offset[row] = min(offset[row], offsets[i])
        lines[row] += counts[i]
        known[row] |= valid[i]
        for v in range(sums.shape[1]):
            sums[row, v] += added[i, v]
    return size
