"""The state of one pricing: what is left to pay for every group of equal pieces.

A line starts as one group. Promotions that touch only some pieces of a line (buy X get Y, a bundle) split it; inside a
group the pieces differ by at most one minor unit. So line and unit discounts add up by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.margin import floor_price


class Take(NamedTuple):
    """Something a promotion does to a group of pieces.

    Attributes:
        group: index of the group.
        off: minor units off all pieces it touches.
        pieces: how many pieces it touches; 0 = all of the group.
        uses: whether those pieces are used up for promotions that need pieces of their own.
    """

    group: int
    off: int
    pieces: int = 0
    uses: bool = False


class Selector(Protocol):
    """What lines are matched with: an `Items`."""

    @property
    def late(self) -> bool:
        """Whether what it matches depends on listed prices."""


class Till:
    """What is left to pay, group by group; lists run in parallel, the first ones are the lines themselves.

    Attributes:
        basket, context: what is priced, and when and for whom.
        lines: the lines that were bought.
        line: of each group, the index of its line.
        count: pieces of each group.
        left: minor units still to pay for the group.
        floor: the least that may be left of the group.
        used: whether the pieces were bought or given in a set already.
        listed: of each line, minor units after the catalogue phase; before its end, what the shelf says.
        entering: of each line, minor units to pay when the phase began.
        start: of each group, minor units to pay when a promotion of several parts began; None outside of one.
        took: of each group, (promotion index, minor units) in the order they were taken.
        shelf: of each line, what the shelf says, minor units.
        shipping: still to pay for each delivery.
        points: what the customer has left of the points that may be spent.
    """

    __slots__ = (
        "basket", "by_category", "context", "count", "counted", "entering", "floor", "left", "line", "lines", "listed",
        "matched", "points", "shelf", "shipping", "start", "took", "took_shipping", "used",
    )  # fmt: skip

    def __init__(self, basket: Basket, context: Context) -> None:
        lines = basket.bought
        self.basket, self.context, self.lines = basket, context, lines
        self.line = list(range(len(lines)))
        self.count = [line.quantity for line in lines]
        self.left = [line.quantity * line.unit_price for line in lines]
        margin = context.min_margin_bp
        self.floor = [
            floor_price(line, margin) * line.quantity if line.floor or line.cost is not None else 0 for line in lines
        ]
        self.used = [False] * len(lines)
        self.shelf = self.listed = self.entering = self.left[:]
        self.took: list[list[tuple[int, int]]] = [[] for _ in lines]
        self.shipping = [one.amount for one in basket.shipping]
        self.took_shipping: list[tuple[int, int, int]] = []
        self.points = min(context.spend_points, context.customer.points)
        self.matched: dict[Selector, frozenset[int]] = {}
        self.counted: dict[Selector, int] = {}
        self.by_category: dict[str | None, frozenset[int]] | None = None
        self.start: list[int] | None = None

    def fork(self) -> Till:
        """Return a copy that can be priced on without touching this one."""
        copy = Till.__new__(Till)
        copy.basket, copy.context, copy.lines = self.basket, self.context, self.lines
        copy.line, copy.count, copy.left = self.line[:], self.count[:], self.left[:]
        copy.floor, copy.used, copy.listed = self.floor[:], self.used[:], self.listed
        copy.took = [entries[:] for entries in self.took]
        copy.shipping, copy.took_shipping = self.shipping[:], self.took_shipping[:]
        copy.points, copy.matched, copy.entering = self.points, self.matched, self.entering
        copy.counted, copy.by_category = self.counted, self.by_category
        copy.shelf = self.shelf
        copy.start = None if self.start is None else self.start[:]
        return copy

    def take(self, who: int, takes: Sequence[Take]) -> None:
        """Carry out what promotion `who` does; every `off` must fit above the floor of the pieces it touches."""
        for group, off, pieces, uses in takes:
            place = self._split(group, pieces) if 0 < pieces < self.count[group] else group
            if uses:
                self.used[place] = True
            if off:
                self.left[place] -= off
                self.took[place].append((who, off))

    def worth(self, group: int, pieces: int) -> int:
        """Minor units to pay for the `pieces` cheapest pieces of a group; the ones `take` splits off."""
        each, more = divmod(self.left[group], self.count[group])
        return each * pieces + max(0, pieces - (self.count[group] - more))

    def room(self, group: int, pieces: int) -> int:
        """Minor units that may still be taken off the `pieces` cheapest pieces of a group."""
        return self.worth(group, pieces) - self.floor[group] // self.count[group] * pieces

    def prices(self, group: int, pieces: int = 0) -> tuple[tuple[int, int], ...]:
        """Return (pieces, unit price) of the `pieces` cheapest pieces of a group (0 = all); at most two prices."""
        count = self.count[group]
        each, more = divmod(self.left[group], count)
        wanted = pieces or count
        if not more:
            return ((wanted, each),)
        low = min(wanted, count - more)
        return ((low, each), (wanted - low, each + 1)) if wanted > low else ((low, each),)

    def rooms(self, groups: Sequence[int]) -> list[int]:
        """Minor units that may still be taken off each group."""
        left, floor = self.left, self.floor
        return [left[group] - floor[group] for group in groups]

    @property
    def due(self) -> int:
        """Minor units still to pay for the goods."""
        return sum(self.left)

    def list_prices(self) -> None:
        """Take what the lines cost now for their listed prices; selectors that look at them match anew."""
        self.enter()
        self.listed = self.entering
        self.matched = {chosen: lines for chosen, lines in self.matched.items() if not chosen.late}
        self.counted = {chosen: pieces for chosen, pieces in self.counted.items() if not chosen.late}

    def enter(self) -> None:
        """Remember what every line costs now: a phase begins."""
        entering = [0] * len(self.lines)
        for place, left in zip(self.line, self.left, strict=True):
            entering[place] += left
        self.entering = entering

    def bought(self, group: int) -> Line:
        """The line a group belongs to."""
        return self.lines[self.line[group]]

    def _split(self, group: int, pieces: int) -> int:
        """Move the `pieces` cheapest pieces of a group into a group of their own and return it."""
        count, worth = self.count[group], self.worth(group, pieces)
        floor = self.floor[group] // count * pieces
        moved, kept = [], []
        placed = self.line[group]
        shelf = self.lines[placed].unit_price
        # What was taken so far goes with the pieces: the last entries fill up what the others leave, so it adds up.
        gone = shelf * pieces - worth
        for who, off in self.took[group]:
            part = min(off, gone * off // max(1, shelf * count - self.left[group]))
            moved.append([who, part])
            kept.append([who, off - part])
        missing = gone - sum(part for _, part in moved)
        for ours, theirs in zip(moved, kept, strict=True):
            more = min(missing, theirs[1])
            ours[1] += more
            theirs[1] -= more
            missing -= more
        new = len(self.line)
        self.line.append(placed)
        self.count.append(pieces)
        self.left.append(worth)
        self.floor.append(floor)
        self.used.append(self.used[group])
        self.took.append([(who, off) for who, off in moved if off])
        self.took[group] = [(who, off) for who, off in kept if off]
        self.count[group] -= pieces
        self.left[group] -= worth
        self.floor[group] -= floor
        if self.start is not None:
            started = self.start[group] * pieces // count
            self.start.append(started)
            self.start[group] -= started
        return new
