"""Lots whose total cost hardly depends on luck: exact chances for everybody, and one customer's cost of slack in all.

Every customer has a few cells (what they may be given), each with its chance and its cost. Two customers who are still
undecided trade chance: one becomes dearer by as much as the other becomes cheaper, as far as either goes, in one
direction or the other, with odds that leave every chance in expectation where it was. Each trade rules out at least
one cell. In the end at most one customer is undecided, and is drawn by what chances are left. So every cell is drawn
with exactly its chance, and the total cost differs from the expected total by at most what that customer may cost.
(The flight phase of the cube method for one balancing variable: Deville and Tille 2004; dependent rounding: Srinivasan
2001.)

The dearest customers trade first, so that the one who is left is usually a cheap one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.kernels import Floats
from offersmith.strategy.lots import Lots
from offersmith.strategy.moves import move, number, settle, two


def balanced(chance: Floats, cost: Floats, order: NDArray[np.int64], start: Lots) -> NDArray[np.int64]:
    """Draw one cell for every customer.

    Args:
        chance: (A, n), not negative, adding up to 1 over the cells of a customer.
        cost: (A, n), finite.
        order: (n,) the customers as they trade.
        start: (1,) 64 bits from which the randomness comes.

    Returns:
        (n,) the cell of each customer.
    """
    drawn = np.empty(chance.shape[1], np.int64)
    _trade(chance, cost, order, start.copy(), drawn)
    return drawn


@compiled
def _trade(chance: Floats, cost: Floats, order: NDArray[np.int64], state: Lots, drawn: NDArray[np.int64]) -> None:
    held, i = np.zeros(chance.shape[0]), -1
    for place in range(order.shape[0]):
        j = order[place]
        left = chance[:, j].copy()
        while True:
            d, e = two(left)
            if e < 0:
                drawn[j] = d
                break
            if i < 0:
                held, i = left, j
                break
            a, b = two(held)
            mine, other = cost[a, i] - cost[b, i], cost[d, j] - cost[e, j]
            if mine == 0.0:
                settle(held, a, b, state)
            elif other == 0.0:
                settle(left, d, e, state)
            else:
                rate = -mine / other
                more, less = (left[e], left[d]) if rate > 0 else (left[d], left[e])
                up, down = min(held[b], more / abs(rate)), min(held[a], less / abs(rate))
                by = up if number(state) * (up + down) < down else -down
                mine_ends = by == held[b] or by == -held[a]
                move(held, a, b, by)
                shift = rate * by
                if not mine_ends:
                    shift = left[e] if shift > 0 else -left[d]
                move(left, d, e, shift)
            a, b = two(held)
            if b < 0:
                drawn[i], i = a, -1
    while i >= 0:
        a, b = two(held)
        if b < 0:
            drawn[i], i = a, -1
        else:
            settle(held, a, b, state)
