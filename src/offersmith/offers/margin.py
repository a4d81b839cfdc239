"""The least price of a piece: what the line says, and cost plus the least margin."""

from __future__ import annotations

from offersmith.offers.basket import Line

WHOLE = 10_000
"""Hundredths of a percent in one."""


def floor_price(line: Line, min_margin_bp: int) -> int:
    """Return the least unit price any promotion may leave, minor units; never above the shelf price.

    Margin is a share of the price: at a cost of 600 and a least margin of 40 % (4,000) the floor is 1,000. A line whose
    cost is not known has only its own floor; a piece sold below its floor already gets no promotion.

    >>> floor_price(Line("a", 1, 1500, cost=600), 4000)
    1000
    """
    least = line.floor
    if line.cost is not None:
        least = max(least, -(-line.cost * WHOLE // (WHOLE - min(min_margin_bp, WHOLE - 1))))
    return min(least, line.unit_price)
