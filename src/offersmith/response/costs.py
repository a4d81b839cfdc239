"""What an offer takes off a basket: by its own terms, or learned from what it cost, `fixed + share x basket`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.offers import KINDS
from offersmith.response.base import Floats
from offersmith.vocabulary import NO_OFFER, Offer

MIN_USED = 30


@dataclass(frozen=True, slots=True)
class CostLine:
    """Expected cost of one redemption, major units: never negative, never falling with the basket."""

    fixed: float
    share: float
    used: int

    def of(self, basket: Floats) -> Floats:
        """Return the cost for expected baskets (major units)."""
        return np.asarray(self.fixed + self.share * basket)

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {"fixed": self.fixed, "share": self.share, "used": self.used}


def learn_cost(cost: Floats, basket: Floats) -> CostLine | None:
    """Fit the line to those who used the offer; the mean alone where there are few, None where nobody did.

    Args:
        cost: (n,) what each redeemer's use cost, major units.
        basket: (n,) the basket expected of them, out of fold.
    """
    used = len(cost)
    if used == 0:
        return None
    mean, level = float(cost.mean()), float(basket.mean())
    spread = float(np.mean((basket - level) ** 2))
    if used < MIN_USED or spread <= 0:
        return CostLine(mean, 0.0, used)
    slope = float(np.mean((basket - level) * cost)) / spread
    slope = min(max(slope, 0.0), mean / level) if level > 0 else 0.0
    return CostLine(mean - slope * level, slope, used)


def relief(offer: Offer, basket: Floats) -> Floats:
    """Return what the offer takes off expected baskets (major units); NaN where its terms do not say: not free."""
    unknown = np.full(np.shape(basket), np.nan)
    if offer.kind not in KINDS or not (offer.terms or offer.kind == NO_OFFER):
        return unknown
    expected = KINDS[offer.kind].expected_relief(offer.terms, basket)
    return unknown if expected is None else np.asarray(expected, dtype=np.float64)


def points(offer: Offer, basket: float) -> float:
    """Return the offer's depth in percentage points of the usual basket (major units); 0 where its terms do not say."""
    off = float(relief(offer, np.array([basket]))[0]) if basket > 0 else 0.0
    return 100 * off / basket if off > 0 else 0.0
