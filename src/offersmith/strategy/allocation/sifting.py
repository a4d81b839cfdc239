"""The compiled loops that tell who could still choose differently while prices move within a box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.allocation.problem import Bits, Cells, Floats

Ints = NDArray[np.int64]


@compiled
def sift(
    value: Bits,
    cost: Bits,
    cell: Cells,
    extra: Bits,
    table: Floats,
    spread: Floats,
    worth: float,
    possible: NDArray[np.bool_],
    undecided: NDArray[np.bool_],
    settled: Floats,
) -> None:
    """Mark the options that could be best somewhere in the box; add up what settled customers draw.

    Coarse: each offer's reduced value moves by at most its own reach, whatever the others do.
    """
    offers, customers = value.shape
    reduced, reach = np.empty(offers), np.empty(offers)
    for i in range(customers):
        c = 0 if table.shape[2] == 1 else np.int64(cell[i])
        top, at, sure = 0.0, -1, 0.0
        for k in range(offers):
            v, paid = np.float64(value[k, i]), np.float64(cost[k, i])
            reduced[k] = (worth - table[2, k, c]) * v - table[0, k, c] - table[1, k, c] * paid
            reach[k] = spread[0, k, c] + spread[1, k, c] * abs(paid) + spread[2, k, c] * abs(v)
            for e in range(extra.shape[0]):
                more = np.float64(extra[e, k, i])
                reduced[k] -= table[3 + e, k, c] * more
                reach[k] += spread[3 + e, k, c] * abs(more)
            if v == -np.inf:
                reduced[k], reach[k] = -np.inf, 0.0
            if reduced[k] > top:
                top, at = reduced[k], k
            sure = max(sure, reduced[k] - reach[k])
        count = 0
        for k in range(offers):
            possible[k, i] = reduced[k] > -np.inf and reduced[k] + reach[k] >= sure
            count += possible[k, i]
        undecided[i] = count > 1 or (count == 1 and sure <= 0.0)
        if not undecided[i] and at >= 0:
            settled[0, at, c] += 1.0
            settled[1, at, c] += np.float64(cost[at, i])
            settled[2, at, c] += np.float64(value[at, i])
            for e in range(extra.shape[0]):
                settled[3 + e, at, c] += np.float64(extra[e, at, i])


@compiled
def best_option(
    start: Ints, offer: Ints, cell: Ints, drawn: Floats, table: Floats, worth: float, option: Ints, total: Floats
) -> float:
    """Fill `option` and add to `total`; return the sum of the reduced values."""
    gain, size = 0.0, drawn.shape[0]
    for i in range(start.shape[0] - 1):
        top, at = _best(start[i], start[i + 1], offer, cell, drawn, table, worth)
        gain += top
        option[i] = at
        if at >= 0:
            for m in range(size):
                total[m, offer[at], cell[at]] += drawn[m, at]
    return gain


@compiled
def narrow_down(
    start: Ints,
    offer: Ints,
    cell: Ints,
    drawn: Floats,
    weight: Floats,
    radius: Floats,
    table: Floats,
    worth: float,
    kept: NDArray[np.bool_],
    undecided: NDArray[np.bool_],
    settled: Floats,
) -> None:
    """Mark the options of a core that could be best in a smaller box; add up what customers draw who are then settled.

    Exact: offers are compared pair by pair, for most of what the same prices move is alike in both.
    """
    size = drawn.shape[0]
    for i in range(start.shape[0] - 1):
        first, last = start[i], start[i + 1]
        top, at = _best(first, last, offer, cell, drawn, table, worth)
        count = 0
        for o in range(first - 1, last):
            rival = o if o >= first else -1  # the place before the first option stands for nothing
            if rival == at:
                continue
            apart = -top if rival < 0 else _reduced(rival, offer, cell, drawn, table, worth) - top
            for r in range(radius.shape[0]):
                more = _draw(r, rival, offer, cell, drawn, weight) - _draw(r, at, offer, cell, drawn, weight)
                apart += radius[r] * abs(more)
            if apart >= 0.0:
                count += 1
                if rival >= 0:
                    kept[rival] = True
        undecided[i] = count > 0
        if at >= 0 and count > 0:
            kept[at] = True
        elif at >= 0:
            for m in range(size):
                settled[m, offer[at], cell[at]] += drawn[m, at]


@compiled
def _best(
    first: int, last: int, offer: Ints, cell: Ints, drawn: Floats, table: Floats, worth: float
) -> tuple[float, int]:
    """Return the best reduced value of a customer's options, and which it is; 0 and -1 where none is above 0."""
    top, at = 0.0, -1
    for o in range(first, last):
        reduced = _reduced(o, offer, cell, drawn, table, worth)
        if reduced > top:
            top, at = reduced, o
    return top, at


@compiled
def _reduced(option: int, offer: Ints, cell: Ints, drawn: Floats, table: Floats, worth: float) -> float:
    """Return the value of an option less what it draws at the prices of `table`."""
    found = worth * float(drawn[2, option])
    for m in range(drawn.shape[0]):
        found -= table[m, offer[option], cell[option]] * drawn[m, option]
    return found


@compiled
def _draw(row: int, option: int, offer: Ints, cell: Ints, drawn: Floats, weight: Floats) -> float:
    """Return what an option draws of a row; nothing for -1."""
    found = 0.0
    if option >= 0:
        for m in range(drawn.shape[0]):
            found += float(weight[row, m, offer[option], cell[option]]) * drawn[m, option]
    return found
