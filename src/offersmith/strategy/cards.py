"""The strategy in words: one card per group of customers that gets the same offer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Card:
    """Who gets what, how many, what it should earn and cost, and why.

    Attributes:
        segment: code of the group (`profiles.segments`), or `everyone`.
        offer_id: what they get.
        offer_name: what a person calls it.
        customers: how many.
        segment_size: how many the segment has in all.
        expected_profit: sum, major units.
        expected_cost: sum, major units.
        probability_low: smallest probability with which a decision of the card was chosen.
        probability_high: largest one.
        by_lot: how many of them were decided by lot.
        reasons: the most frequent reason codes, most frequent first.
    """

    segment: str
    offer_id: str
    offer_name: str
    customers: int
    segment_size: int
    expected_profit: float
    expected_cost: float
    probability_low: float
    probability_high: float
    by_lot: int
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain values."""
        return {**asdict(self), "reasons": list(self.reasons)}
