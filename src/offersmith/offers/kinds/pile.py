"""Pieces in the order in which they go into sets."""

from __future__ import annotations

from offersmith.offers.till import Till


class Pile:
    """Pieces to draw sets from; of one group the cheaper first, as `Till.take` splits them off.

    Args:
        till: where they lie.
        groups: in the order in which they are drawn.

    Attributes:
        pieces: how many are left.
    """

    def __init__(self, till: Till, groups: list[int]) -> None:
        self.till, self.groups = till, groups
        self.gone = dict.fromkeys(groups, 0)
        self.passed = dict.fromkeys(groups, 0)
        self.pieces = sum(till.count[group] for group in groups)
        self.place = 0

    def rest(self, group: int) -> int:
        """Pieces of a group that are still there."""
        return self.till.count[group] - self.gone[group] - self.passed[group]

    @property
    def ahead(self) -> int:
        """Pieces of the group that comes next."""
        while not self.rest(self.groups[self.place]):
            self.place += 1
        return self.rest(self.groups[self.place])

    def first(self, wanted: int) -> list[tuple[int, int]]:
        """Return the next pieces, group by group; leaves them where they are."""
        part = []
        for group in self.groups[self.place :]:
            pieces = min(wanted, self.rest(group))
            if pieces:
                part.append((group, pieces))
                wanted -= pieces
            if not wanted:
                break
        return part

    def worth(self, group: int, pieces: int) -> int:
        """Minor units the next pieces of a group cost; the passed ones are the last that are split off."""
        gone = self.gone[group]
        return self.till.worth(group, gone + pieces) - self.till.worth(group, gone)

    def draw(self, part: list[tuple[int, int]]) -> None:
        """Put pieces into a set."""
        for group, pieces in part:
            self.gone[group] += pieces
            self.pieces -= pieces

    def skip(self, pieces: int) -> None:
        """Pass over pieces of the group that comes next."""
        group = self.groups[self.place]
        self.passed[group] += pieces
        self.pieces -= pieces
