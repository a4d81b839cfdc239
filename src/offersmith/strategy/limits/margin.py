"""Margin: the expected profit of the offers given is at least an amount."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import VALUE, Limit
from offersmith.strategy.limits.base import Segmented
from offersmith.strategy.limits.ground import Amount, Ground


class Margin(Segmented, frozen=True, kw_only=True):
    """`at_least`: an amount, below zero for a loss that may be made; of a segment and of `offers`, where named."""

    kind: ClassVar[str] = "margin"
    at_least: Amount

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return the value, bounded from below."""
        amount = ground.words.money(self.name, "at_least", self.at_least, negative=True)
        weight = ground.weight({VALUE: 1.0}, self.chosen(ground.words), self.segment())
        return (Limit(self.name, weight, amount, at_least=True),)
