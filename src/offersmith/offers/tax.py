"""Prices with and without tax, rounded per amount to the nearest minor unit, a half up."""

from __future__ import annotations

MILLION = 1_000_000


def add(net: int, ppm: int) -> int:
    """Return a net amount with tax; `ppm` is the rate in millionths.

    >>> add(4475, 200_000)
    5370
    """
    return (2 * net * (MILLION + ppm) + MILLION) // (2 * MILLION)


def remove(gross: int, ppm: int) -> int:
    """Return a gross amount without its tax.

    >>> remove(32_000, 150_000)
    27826
    """
    whole = MILLION + ppm
    return (2 * gross * MILLION + whole) // (2 * whole)


def on_side(amount: int, ppm: int, side: str, prices_include_tax: bool) -> int:
    """Return an amount of the basket as `gross`, `net`, or unchanged for `priced`."""
    if side == "gross" and not prices_include_tax:
        return add(amount, ppm)
    if side == "net" and prices_include_tax:
        return remove(amount, ppm)
    return amount
