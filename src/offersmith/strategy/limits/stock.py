"""Stock: some offers together are given to so many customers at most."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import COUNT, Limit
from offersmith.strategy.limits.base import Offers, Stated, Whole
from offersmith.strategy.limits.ground import Ground


class Stock(Stated, frozen=True, kw_only=True):
    """`offers` and `at_most`: a whole number."""

    kind: ClassVar[str] = "stock"
    offers: Offers
    at_most: Whole

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the number of these offers, bounded by the stock."""
        offers = ground.words.chosen(self.name, self.offers)
        return (Limit(self.name, ground.weight({COUNT: 1.0}, offers), float(self.at_most)),)
