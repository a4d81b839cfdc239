"""Contact frequency: nobody is given more than so many offers in so many days, whichever plans they come from."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.limits.base import Ban, Days, Times
from offersmith.strategy.limits.ground import Ground

ENDLESS = 1 << 30


class Frequency(Ban, frozen=True, kw_only=True):
    """`each_at_most` offers in `days` days; of `offers` or a `channel` (all), for a segment (everybody).

    Whoever got fewer may get as many more as are left (of a plan that gives one offer at most: one), and whoever got as
    many gets none now.
    """

    kind: ClassVar[str] = "frequency"
    of_segment: ClassVar[bool] = False
    each_at_most: Times
    days: Days

    def looks_back(self) -> int:
        """Return the days."""
        return self.days

    def forbids(self, ground: Ground) -> NDArray[np.bool_]:
        """Return these offers of the members who got as many of them already."""
        offers, left = self.rest(ground)
        return np.outer(offers, left <= 0)

    def rest(self, ground: Ground) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return these offers and what is left of them to each customer; others have no end of them."""
        members = self.members(ground)
        given = ground.words.given(self.days, self.offers, self.channel)
        times = np.bincount(given[given >= 0], minlength=members.size)
        return self.chosen(ground.words), np.where(members, self.each_at_most - times, ENDLESS)
