"""Everything a page says of one ranking, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offersmith.experiments.uplift.at_k import uplift_at_k
from offersmith.experiments.uplift.auuc import auuc
from offersmith.experiments.uplift.curve import Curve, curve
from offersmith.experiments.uplift.figure import Figure
from offersmith.experiments.uplift.qini import qini
from offersmith.experiments.uplift.ranked import Ranked

SHARES = (0.1, 0.3, 0.5)
POINTS = 100


@dataclass(frozen=True, slots=True)
class RankingSummary:
    """One ranking's figures, and its Qini curve at a hundred steps; the last is the gain of treating everybody."""

    qini: Figure
    auuc: Figure
    at_k: tuple[Figure, ...]
    curve: Curve

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "qini": self.qini.as_dict(),
            "auuc": self.auuc.as_dict(),
            "uplift_at_k": [figure.as_dict() for figure in self.at_k],
            "curve": self.curve.as_dict(),
        }


def summary(ranked: Ranked, *, shares: Sequence[float] = SHARES, confidence: float = 0.95) -> RankingSummary:
    """Return the figures of a ranking.

    Args:
        ranked: the customers.
        shares: of the customers, for uplift at k.
        confidence: of the intervals.
    """
    return RankingSummary(
        qini(ranked, confidence=confidence),
        auuc(ranked, confidence=confidence),
        tuple(uplift_at_k(ranked, share, confidence=confidence) for share in shares),
        curve(ranked, "qini", points=POINTS),
    )
