"""Cents to lines and units, so that they add up exactly.

Largest remainder (Hamilton's method): everybody gets the whole part of the exact share, and the cents left over go to
the largest remainders, ties to the earlier one. A share that does not fit is cut to what does, and the rest is split
again over the others, until it is placed or nothing has room.
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
    return tuple(_hamilton(amount, weights, total))


def spread(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to `weights`, no share above its room; what nobody has room for is dropped.

    Args:
        amount: minor units, not negative.
        weights: what the shares are in proportion to, not negative.
        rooms: the most each may get; zero where the weight is zero.

    >>> spread(1200, [1000, 2000, 5000, 3000], [1000, 100, 0, 400])
    [700, 100, 0, 400]
    """
    if amount >= sum(rooms):
        return list(rooms)
    shares = _hamilton(amount, weights, sum(weights))
    for share, room in zip(shares, rooms, strict=True):
        if share > room:
            return _refill(amount, weights, rooms)
    return shares


def per_unit(amount: int, quantity: int) -> tuple[tuple[int, int], ...]:
    """Split the relief of a line over its equal pieces, as runs of (pieces, minor units off each piece).

    >>> per_unit(100, 3)
    ((1, 34), (2, 33))
    """
    each, more = divmod(amount, quantity)
    runs = ((more, each + 1), (quantity - more, each))
    return tuple(run for run in runs if run[0])


def _hamilton(amount: int, weights: Sequence[int], total: int) -> list[int]:
    if amount == 0:
        return [0] * len(weights)
    if amount == total:
        return list(weights)
    shares = [amount * weight // total for weight in weights]
    left = amount - sum(shares)
    if left:
        remainders = [amount * weight % total for weight in weights]
        order = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        for place in order[:left]:  # the sort is stable in reverse, too: ties stay in the order of the lines
            shares[place] += 1
    return shares


def _refill(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Place `amount`, which is below the sum of the rooms, cutting shares to their rooms until none is too large."""
    shares = [0] * len(weights)
    open_places = [place for place, room in enumerate(rooms) if room and weights[place]]
    left = amount
    while True:
        total = sum(weights[place] for place in open_places)
        # Whoever's exact share reaches its room gets the room; exact, so that rounding never decides who is full.
        full = [place for place in open_places if left * weights[place] >= rooms[place] * total]
        if not full:
            break
        for place in full:
            shares[place] = rooms[place]
        left -= sum(rooms[place] for place in full)
        open_places = [place for place in open_places if not shares[place]]
        if not open_places or left <= 0:
            break
    if left > 0 and open_places:
        for place, share in zip(
            open_places,
            _hamilton(left, [weights[place] for place in open_places], sum(weights[place] for place in open_places)),
            strict=True,
        ):
            shares[place] = share
    return shares
