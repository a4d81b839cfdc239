"""Stock: some offers together are given to so many customers at most."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import COUNT, Limit
from offersmith.strategy.limits.base import Offered, Whole
from offersmith.strategy.limits.ground import Ground


class Stock(Offered, frozen=True, kw_only=True):
    """`offers`, or the `channel` they go by, and `at_most`: a whole number."""

    kind: ClassVar[str] = "stock"
    named: ClassVar[bool] = True
    at_most: Whole

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the number of these offers, bounded by the stock."""
        return (Limit(self.name, ground.weight({COUNT: 1.0}, self.chosen(ground.words)), float(self.at_most)),)
