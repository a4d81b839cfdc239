"""What several actions did to a copy of the till, as takes on the till itself."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.offers.till import Take, Till

_OURS = -1
"""Who the relief on the copy is noted for."""


class Trial:
    """A copy of a till on which actions are carried out one after the other.

    Attributes:
        till: the till itself; it is never changed.
        fork: the copy. Percentages of single pieces are all of what there was to pay when it was made.
        origin: of each group of the copy, the group of the till its pieces come from.
    """

    def __init__(self, till: Till) -> None:
        self.till = till
        self.fork = till.fork()
        self.fork.start = self.fork.left[:]
        self.origin = list(range(len(till.line)))

    def take(self, takes: Sequence[Take]) -> None:
        """Carry takes out on the copy."""
        for one in takes:
            self.fork.take(_OURS, (one,))
            if len(self.fork.line) > len(self.origin):
                self.origin.append(self.origin[one.group])

    def takes(self) -> list[Take]:
        """Return takes on the till that leave of its pieces what is left of them on the copy.

        The relief adds up. Where the pieces of a group differ by a minor unit, which of them gets it may differ from
        the copy by that minor unit.
        """
        runs: list[list[int]] = [[] for _ in self.till.line]
        for place, group in enumerate(self.origin):
            runs[group].append(place)
        return [take for group, places in enumerate(runs) for take in self._of_group(group, places)]

    def _of_group(self, group: int, places: list[int]) -> list[Take]:
        till, fork = self.till, self.fork
        touched = [place for place in places if self._off(place) or fork.used[place] > till.used[group]]
        touched.sort(key=lambda place: ((fork.left[place] + self._off(place)) / fork.count[place], place))
        order = touched + [place for place in places if place not in touched]
        floor = till.floor[group] // till.count[group]
        gone, offs, rooms = 0, [], []
        for place in order:
            pieces = fork.count[place]
            worth = till.worth(group, gone + pieces) - till.worth(group, gone)
            gone += pieces
            rooms.append(worth - floor * pieces)
            offs.append(min(max(worth - fork.left[place], 0), rooms[-1]))
        # Which pieces of a group are the cheapest may have changed on the way; what that moves stays in the group.
        astray = till.left[group] - sum(fork.left[place] for place in places) - sum(offs)
        for place, (off, room) in enumerate(zip(offs, rooms, strict=True)):
            step = max(-off, min(room - off, astray))
            offs[place] += step
            astray -= step
        last = max([len(touched), *(place for place, off in enumerate(offs, 1) if off)])
        return [
            Take(group, off, fork.count[place], fork.used[place] > till.used[group])
            for place, off in zip(order[:last], offs, strict=False)
        ]

    def _off(self, place: int) -> int:
        return sum(off for who, off in self.fork.took[place] if who == _OURS)
