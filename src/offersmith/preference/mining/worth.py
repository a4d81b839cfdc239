"""What a piece of each product is sold for and leaves: cost where it is known, else the margin the shop states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.preference.mining.measures import Real, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """Of each item, in minor units: the usual price and the margin of a piece (nan = not known), and how it is known.

    Attributes:
        price: of a piece.
        margin: of a piece; negative where it is sold below its cost.
        cost_known: whether the margin follows from a cost, and not from the share that the shop states for everything.
    """

    price: Real
    margin: Real
    cost_known: NDArray[np.bool_]

    @classmethod
    def of(cls, price: Real, margin_rate: float, cost: Real | None = None) -> Worth:
        """Return the worth of items.

        Args:
            price: of a piece, nan where it was never sold for money.
            margin_rate: margin over price, for items without a cost.
            cost: of a piece, nan where it is not known; None knows none.
        """
        known = np.zeros(len(price), np.bool_) if cost is None else ~np.isnan(cost)
        stated = price * margin_rate
        return cls(price, stated if cost is None else np.where(known, price - cost, stated), known)

    def sums(self, items: Whole) -> tuple[Real, Real, NDArray[np.bool_]]:
        """Return price and margin of each row of items together, and whether every cost in it is known."""
        return (
            self.price[items].sum(axis=1),
            self.margin[items].sum(axis=1),
            np.asarray(self.cost_known[items].all(axis=1)),
        )
