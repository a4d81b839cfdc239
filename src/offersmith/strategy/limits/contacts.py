"""Contacts: so many customers, of all or of a segment, are given an offer at most; in this plan, or in so many days."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from offersmith.strategy.allocation.problem import COUNT, Limit
from offersmith.strategy.limits.base import Days, Segmented, Share, Whole
from offersmith.strategy.limits.ground import Ground, refusal
from offersmith.strategy.limits.groups import ROUNDING


class Contacts(Segmented, frozen=True, kw_only=True):
    """`at_most`, a whole number, or `share_at_most`; of a segment (all customers) and of `offers`, where named.

    A share is of the customers who have not opted out, and only what they get counts against it. With `days`, what was
    given in so many days before the plan counts too. Where a plan may give a customer several offers, a customer who
    gets more than one of them counts once.
    """

    kind: ClassVar[str] = "contacts"
    at_most: Whole | None = None
    share_at_most: Share | None = None
    days: Days | None = None

    def by_heads(self) -> bool:
        """Return whether it is a share."""
        return self.share_at_most is not None

    def looks_back(self) -> int:
        """Return the days."""
        return self.days or 0

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the number of offers given, bounded by what is left."""
        weight = ground.weight({COUNT: 1.0}, self.chosen(ground.words), self.segment())
        if self.by_heads():
            weight[:, :, ~ground.groups.asked] = 0.0
        left = max(self._most(ground) - (self.before(ground) or 0), 0)
        return (Limit(self.name, weight, float(left), once=True),)

    def before(self, ground: Ground) -> int | None:
        """Return how many contacts there were in the days before, with who is gone too where it is for all."""
        if self.days is None:
            return None
        given = ground.words.given(self.days, self.offers, self.channel, once=True)
        segment = self.segment()
        if self.by_heads():
            given = ground.groups.of_asked(given)
        if not segment:
            return int(given.size)
        return int(np.sum(ground.codes[segment[0]][given[given >= 0]] == 1))

    def _most(self, ground: Ground) -> int:
        if self.at_most is not None and self.share_at_most is not None:
            allowed = "leave it or at_most out"
            raise refusal(ground.words.where, self.name, "share_at_most", self.share_at_most, allowed)
        if self.at_most is not None:
            return self.at_most
        if self.share_at_most is None:
            allowed = "a number of customers is needed, here or as share_at_most"
            raise refusal(ground.words.where, self.name, "at_most", None, allowed)
        mine = ground.groups.asked & ground.groups.inside(self.segment())
        heads = int(ground.groups.heads[mine].sum())
        return math.floor(self.share_at_most * heads + ROUNDING)
