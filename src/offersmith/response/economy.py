"""What an offer is worth by its own terms: known arithmetic that nothing has to learn."""

from __future__ import annotations

import numpy as np

from offersmith.offers import KINDS
from offersmith.response.base import Floats
from offersmith.vocabulary import Offer


def relief(offer: Offer, basket: Floats) -> Floats:
    """Return what the offer takes off expected baskets (major units); 0 of a kind whose terms do not say."""
    if offer.kind not in KINDS or not offer.terms:
        return np.zeros_like(basket)
    return np.asarray(KINDS[offer.kind].expected_relief(offer.terms, basket), dtype=np.float64)


def points(offer: Offer, basket: float) -> float:
    """Return the offer's depth in percentage points of the usual basket (major units)."""
    if basket <= 0:
        return 0.0
    return 100 * float(relief(offer, np.array([basket]))[0]) / basket
