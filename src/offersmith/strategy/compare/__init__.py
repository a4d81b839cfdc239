"""Two plans side by side: what was asked differently, and who gains and who loses by it."""

from offersmith.strategy.compare.base import Comparison
from offersmith.strategy.compare.sides import Side, compare

__all__ = ["Comparison", "Side", "compare"]
