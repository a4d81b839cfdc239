"""Intervals of shares: Wilson's score interval (JASA 22, 1927), right for few cases and for shares of 0 and 1."""

from __future__ import annotations

from math import sqrt

from offersmith.vocabulary import NORMAL_95


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the two-sided 95 % interval of a share; (0, 1) of nothing."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, NORMAL_95**2 / whole
    center = (share + square / 2) / (1 + square)
    reach = NORMAL_95 / (1 + square) * sqrt(share * (1 - share) / whole + square / (4 * whole))
    # At the ends the bound is exactly the share; rounding must not put it on the wrong side.
    return (0.0 if part == 0 else max(center - reach, 0.0)), (1.0 if part == whole else min(center + reach, 1.0))
