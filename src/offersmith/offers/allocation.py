"""Cents to lines and units, so that they add up exactly.

Largest remainder (Hamilton's method): everybody gets the whole part of the exact share, and the cents left over go to
the largest remainders, ties to the earlier one. No share is ever above its weight if the amount is not above the sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.errors import InputError


def allocate(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split `amount` minor units in proportion to `weights`; the shares add up to `amount`.

    Raises:
        InputError: the amount or a weight is negative, or the amount is above the sum of the weights.

    >>> allocate(100, [1000, 1000, 1000])
    (34, 33, 33)
    """
    total = sum(weights)
    if amount < 0 or amount > total or any(weight < 0 for weight in weights):
        raise InputError(f"cannot split {amount} over weights that sum to {total}; allowed: 0 to the sum")
    if amount == 0:
        return (0,) * len(weights)
    shares = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    for place in order[: amount - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def per_unit(amount: int, quantity: int) -> tuple[tuple[int, int], ...]:
    """Split the relief of a line over its equal pieces, as runs of (pieces, minor units off each piece).

    >>> per_unit(100, 3)
    ((1, 34), (2, 33))
    """
    each, more = divmod(amount, quantity)
    runs = ((more, each + 1), (quantity - more, each))
    return tuple(run for run in runs if run[0])
