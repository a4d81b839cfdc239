"""Return on spend: what is earned for every unit of money that offers cost is at least so much."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from offersmith.strategy.allocation.problem import COST, VALUE, Limit
from offersmith.strategy.limits.base import Segmented
from offersmith.strategy.limits.ground import Ground


class Roi(Segmented, frozen=True, kw_only=True):
    """`at_least`: value over cost; of a segment and of `offers`, where named."""

    kind: ClassVar[str] = "roi"
    at_least: Annotated[float, Meta(ge=0)]

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return value - at_least x cost >= 0: linear, and fine where nothing is spent."""
        weight = ground.weight({COST: -self.at_least, VALUE: 1.0}, self.chosen(ground.words), self.segment())
        return (Limit(self.name, weight, 0.0, at_least=True),)
