"""AUUC: the area under the uplift curve, above a random order."""

from __future__ import annotations

from offersmith.experiments.uplift.figure import Figure
from offersmith.experiments.uplift.qini import shared_area
from offersmith.experiments.uplift.ranked import Ranked


def auuc(ranked: Ranked, *, normalise: bool | None = None, confidence: float = 0.95) -> Figure:
    """Return the area between the uplift curve and the random line.

    Args:
        ranked: the customers.
        normalise: divide by the area of the perfect curve, as scikit-uplift 0.5.1's `uplift_auc_score` does; possible
            for binary outcomes of one arm only. None = where possible; else the area is per customer, in the
            outcome's unit.
        confidence: of the interval.
    """
    return shared_area(ranked, "uplift", normalise, confidence)
