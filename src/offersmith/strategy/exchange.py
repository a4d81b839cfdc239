"""The last step of an assignment: change one or two offers near a tie, so that the budget is used up better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.kernels import Bits, Choice, Floats, Total, add

ROUNDS = 64


def exchange(
    value: Bits, cost: Bits, bound: float, price: float, near: NDArray[np.int64], choice: Choice, used: Total
) -> None:
    """Improve `choice` in place while a single change, or two at once, adds value within the bound.

    With every change judged by its loss against the dual price (price * extra cost - extra value, never negative but
    for rounding), a change that loses more than the whole remaining gap can never help and is left out.

    Args:
        value: (K, n).
        cost: (K, n).
        bound: of the cost.
        price: the dual price.
        near: customers near a tie, ascending.
        choice: (n,), changed in place.
        used: compensated sum of the cost of `choice`.
    """
    if not near.size:
        return
    values = np.vstack([np.zeros(near.size), value[:, near].astype(np.float64)])
    costs = np.vstack([np.zeros(near.size), cost[:, near].astype(np.float64)])
    reduced = (values - price * costs).max(axis=0)
    for _ in range(ROUNDS):
        at = choice[near].astype(np.int64) + 1
        here = np.arange(near.size)
        gain, more = values - values[at, here], costs - costs[at, here]
        slack = (bound - used[0]) - used[1]
        loss = float(np.sum(reduced - (values[at, here] - price * costs[at, here])))
        open_gap = price * slack + max(loss, 0.0)
        worth = np.isfinite(values) & (price * more - gain <= open_gap) & ((gain != 0) | (more != 0))
        offers, who = np.nonzero(worth)
        picked = _best(gain[offers, who], more[offers, who], who, slack)
        if not picked:
            return
        before = choice[near]
        for place in picked:
            choice[near[who[place]]] = offers[place] - 1
            used = add(used[0], used[1], float(more[offers[place], who[place]]))
        if (used[0] - bound) + used[1] > 0.0:
            choice[near] = before
            return


def _best(gain: Floats, more: Floats, who: NDArray[np.int64], slack: float) -> list[int]:
    """Return the one or two changes that together add most within `slack`; none if nothing adds.

    For every change the best partner among those that still fit is a prefix maximum over changes sorted by cost; the
    two best of different customers are kept, so that a customer is never changed twice.
    """
    if not gain.size:
        return []
    order = np.lexsort((-gain, more))
    gain, more, who = gain[order], more[order], who[order]
    single = np.where(more <= slack, gain, -np.inf)
    best, picked = float(single.max()), [int(single.argmax())]
    first, second = _prefix_best(gain, who)
    fits = np.searchsorted(more, slack - more, side="right") - 1
    for partner in (first, second):
        other = np.where(fits >= 0, partner[np.maximum(fits, 0)], -1)
        valid = (other >= 0) & (who[np.maximum(other, 0)] != who)
        both = np.where(valid, gain + gain[np.maximum(other, 0)], -np.inf)
        place = int(both.argmax())
        if both[place] > best:
            best, picked = float(both[place]), [place, int(other[place])]
    return [int(order[place]) for place in picked] if best > 0 else []


@compiled
def _prefix_best(gain: Floats, who: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for every prefix, the place of the largest gain and of the largest gain of another customer (or -1)."""
    first, second = np.full(gain.size, -1, np.int64), np.full(gain.size, -1, np.int64)
    top, other = -1, -1
    for place in range(gain.size):
        if top < 0 or gain[place] > gain[top]:
            other = other if top >= 0 and who[place] == who[top] else top
            top = place
        elif who[place] != who[top] and (other < 0 or gain[place] > gain[other]):
            other = place
        first[place], second[place] = top, other
    return first, second
