"""The share of customers decided by lot, as it is written wherever it is told."""

from __future__ import annotations

from decimal import Decimal


def lot_share(share: float) -> str:
    """Return a share (0..1) as a percentage of three figures: 10%, 9.63%, 0.4%; a small one is never told as 0%."""
    return f"{Decimal(f'{100 * share:.3g}').normalize():f}%"
