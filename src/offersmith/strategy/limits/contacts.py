"""Contacts: so many customers, of all or of a segment, are given an offer at most."""

from __future__ import annotations

import math
from typing import ClassVar

from offersmith.strategy.allocation.problem import COUNT, Limit
from offersmith.strategy.limits.base import Scoped, Share, Whole
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import ROUNDING, Part


class Contacts(Scoped, frozen=True, kw_only=True):
    """`at_most`, a whole number, or `share_at_most`; of a segment (all customers) and of `offers`, where named."""

    kind: ClassVar[str] = "contacts"
    at_most: Whole | None = None
    share_at_most: Share | None = None
    channel: str | None = None

    def parts(self, words: Words) -> tuple[Part, ...]:
        """Return the segment."""
        if self.channel is not None:
            allowed = "offers are not told apart by channel; leave it out, and contacts of all channels are counted"
            raise refusal(words.where, self.name, "channel", self.channel, allowed)
        return super().parts(words)

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the number of offers given, bounded."""
        weight = ground.weight({COUNT: 1.0}, self.chosen(ground), self.segment())
        return (Limit(self.name, weight, float(self._most(ground))),)

    def _most(self, ground: Ground) -> int:
        if self.at_most is not None and self.share_at_most is not None:
            allowed = "leave it or at_most out"
            raise refusal(ground.words.where, self.name, "share_at_most", self.share_at_most, allowed)
        if self.at_most is not None:
            return self.at_most
        if self.share_at_most is None:
            allowed = "a number of customers is needed, here or as share_at_most"
            raise refusal(ground.words.where, self.name, "at_most", None, allowed)
        heads = int(ground.groups.heads[ground.groups.inside(self.segment())].sum())
        return math.floor(self.share_at_most * heads + ROUNDING)
