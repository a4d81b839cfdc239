"""Shares as they are written wherever the strategy is told."""

from __future__ import annotations

from decimal import Decimal

WORKED_OUT = 3
"""Figures of shares that were worked out; such as a person stated need more to be told as they were written."""


def percent(share: float, figures: int = WORKED_OUT) -> str:
    """Return a share (0..1) as a percentage: 10%, 9.63%, 0.4%; a small one is never told as 0%."""
    return f"{Decimal(f'{100 * share:.{figures}g}').normalize():f}%"
