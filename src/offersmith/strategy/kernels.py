"""The compiled loops of the assignment: one sequential thread, so that the same input gives the same bits.

Value and cost are float32, offer-major (K, n): a pass over the customers reads every row once, front to back. All
arithmetic is float64; sums are compensated (Neumaier 1974), so that their order hardly matters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled

Bits = NDArray[np.float32]
Floats = NDArray[np.float64]
Choice = NDArray[np.int16]
Total = tuple[float, float]
"""A compensated sum: what it is, and the small part that float64 cannot hold beside it."""

BLOCK = 1024


@compiled
def add(total: float, rest: float, more: float) -> tuple[float, float]:
    """Add `more` to a compensated sum."""
    new = total + more
    lost = (total - new) + more if abs(total) >= abs(more) else (more - new) + total
    return new, rest + lost


@compiled
def choose(value: Bits, cost: Bits, price: float, choice: Choice) -> tuple[Total, Total]:
    """Give everybody what is best for them at `price`: none, or the offer with the largest value - price * cost.

    Ties go to the lower cost, then to the earlier offer; none counts as worth 0 at cost 0.

    Args:
        value: (K, n).
        cost: (K, n), not negative.
        price: of one unit of cost.
        choice: (n,), filled: index of the offer, -1 for none.

    Returns:
        The compensated sums of the reduced values and of the costs chosen.
    """
    offers, customers = value.shape
    gain, gain_rest, used, used_rest = 0.0, 0.0, 0.0, 0.0
    best, paid, which = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int16)
    for start in range(0, customers, BLOCK):
        size = min(BLOCK, customers - start)
        best[:size], paid[:size], which[:size] = 0.0, 0.0, -1
        for offer in range(offers):
            values, costs = value[offer, start : start + size], cost[offer, start : start + size]
            for i in range(size):
                c = np.float64(costs[i])
                reduced = np.float64(values[i]) - price * c
                better = (reduced > best[i]) | ((reduced == best[i]) & (c < paid[i]))
                best[i] = reduced if better else best[i]
                paid[i] = c if better else paid[i]
                which[i] = offer if better else which[i]
        choice[start : start + size] = which[:size]
        for i in range(size):
            gain, gain_rest = add(gain, gain_rest, best[i])
            used, used_rest = add(used, used_rest, paid[i])
    return (gain, gain_rest), (used, used_rest)


@compiled
def totals(value: Bits, cost: Bits, choice: Choice) -> tuple[Total, Total]:
    """Return the compensated sums of value and cost of a choice."""
    worth, worth_rest, used, used_rest = 0.0, 0.0, 0.0, 0.0
    for i in range(choice.shape[0]):
        if choice[i] >= 0:
            worth, worth_rest = add(worth, worth_rest, np.float64(value[choice[i], i]))
            used, used_rest = add(used, used_rest, np.float64(cost[choice[i], i]))
    return (worth, worth_rest), (used, used_rest)


@compiled
def count_moves(dear: Choice, cheap: Choice) -> int:
    """Return how many customers choose differently at two prices."""
    found = 0
    for i in range(dear.shape[0]):
        found += dear[i] != cheap[i]
    return found


@compiled
def switches(
    value: Bits,
    cost: Bits,
    dear: Choice,
    cheap: Choice,
    low: float,
    who: NDArray[np.int64],
    to: Choice,
    price: Floats,
    step: Floats,
) -> int:
    """List every price between two prices at which a customer's best offer changes.

    Walks the upper envelope of value - price * cost downwards from the higher price. Only customers whose choice
    differs at the two prices can switch in between: the envelope is convex.

    Args:
        value: (K, n).
        cost: (K, n).
        dear: the choice at the higher price.
        cheap: the choice at the lower price.
        low: the lower price.
        who: filled: the customer of each switch.
        to: filled: the offer switched to.
        price: filled: the price below which the switch pays: gain in value over gain in cost.
        step: filled: the gain in cost, above zero.

    Returns:
        How many there are; a customer's own come in the order they happen.
    """
    found = 0
    for i in range(dear.shape[0]):
        if dear[i] == cheap[i]:
            continue
        at = dear[i]
        v = np.float64(value[at, i]) if at >= 0 else 0.0
        c = np.float64(cost[at, i]) if at >= 0 else 0.0
        while True:
            best, best_offer, best_cost = low, -1, 0.0
            for offer in range(value.shape[0]):
                more = np.float64(cost[offer, i]) - c
                if more > 0.0:
                    ratio = (np.float64(value[offer, i]) - v) / more
                    if ratio > best or (ratio == best and best_offer >= 0 and more < best_cost):
                        best, best_offer, best_cost = ratio, offer, more
            if best_offer < 0:
                break
            who[found], to[found], price[found], step[found] = i, best_offer, best, best_cost
            found += 1
            v, c = np.float64(value[best_offer, i]), np.float64(cost[best_offer, i])
    return found


@compiled
def fill(
    value: Bits,
    cost: Bits,
    order: NDArray[np.int64],
    who: NDArray[np.int64],
    to: Choice,
    used: Total,
    bound: float,
    choice: Choice,
    window: int,
) -> tuple[int, float, float]:
    """Take switches in `order` while the budget holds; past the first that does not fit, `window` more are tried.

    A later switch of a customer whose earlier one was passed over is judged from what the customer has.

    Returns:
        Place in `order` of the first switch that did not fit (the number of switches if all did), and the new sum.
    """
    first = order.shape[0]
    total, rest = used
    for place in range(order.shape[0]):
        if place > first + window:
            break
        i = who[order[place]]
        offer, at = to[order[place]], choice[i]
        c = np.float64(cost[at, i]) if at >= 0 else 0.0
        v = np.float64(value[at, i]) if at >= 0 else 0.0
        more = np.float64(cost[offer, i]) - c
        if np.float64(value[offer, i]) <= v:
            continue
        new, new_rest = add(total, rest, more)
        if (new - bound) + new_rest <= 0.0:
            choice[i], total, rest = offer, new, new_rest
        elif first == order.shape[0]:
            first = place
    return first, total, rest
