"""Money: the expected cost of all offers given is at most an amount."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import COST, Limit
from offersmith.strategy.limits.base import Stated
from offersmith.strategy.limits.ground import Amount, Ground, Words


class Budget(Stated, frozen=True, kw_only=True):
    """`at_most`: an amount of money."""

    kind: ClassVar[str] = "budget"
    at_most: Amount

    def amount(self, words: Words) -> float:
        """Return what may be spent, major units."""
        return words.money(self.name, "at_most", self.at_most)

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the cost of everything, bounded by the amount."""
        return (Limit(self.name, ground.weight({COST: 1.0}), self.amount(ground.words)),)
