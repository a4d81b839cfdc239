"""Shares as they are written wherever the strategy is told."""

from __future__ import annotations

from decimal import Decimal

WORKED_OUT = 3
"""Figures of shares that were worked out; such as a person stated need more to be told as they were written."""


def whole(share: float) -> str:
    """Return the share (0..1) of customers that something holds for in whole percent; of a few it is below 1%, not 0%.

    >>> whole(0.874), whole(0.004), whole(0.0)
    ('87%', '<1%', '0%')
    """
    said = f"{share:.0%}"
    return "<1%" if share > 0 and said == "0%" else said


def percent(share: float, figures: int = WORKED_OUT) -> str:
    """Return a share (0..1) as a percentage: 10%, 9.63%, 0.4%; a small one is never told as 0%."""
    return f"{Decimal(f'{100 * share:.{figures}g}').normalize():f}%"
