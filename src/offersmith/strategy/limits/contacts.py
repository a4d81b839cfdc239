"""Contacts: so many customers, of all or of a segment, are given an offer at most."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import COUNT, Limit
from offersmith.strategy.limits.base import Scoped, Whole
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import Part


class Contacts(Scoped, frozen=True, kw_only=True):
    """`at_most`: a whole number; of a segment and of `offers`, where named."""

    kind: ClassVar[str] = "contacts"
    at_most: Whole
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
        return (Limit(self.name, weight, float(self.at_most)),)
