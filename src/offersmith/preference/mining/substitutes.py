"""Products that stand in for each other: hardly ever in one basket, though the same people buy both.

Few joint purchases alone say nothing, since people with different tastes share no basket either: so each customer is
compared with their own habits (`within`). Nor is it enough that the same people buy both at different times: fuel and
bananas are bought on different errands. A pair is one of substitutes if

1. customers who buy both put them together at most half as often as by habit, too seldom for chance after adjusting for
   all pairs that were tested;
2. customers who buy the one buy the other at other times as often as anybody, or more;
3. they are alike: both go with the same third products, or are of one category.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr

from offersmith.preference.mining.measures import Real, Whole
from offersmith.preference.mining.network import Network
from offersmith.preference.mining.significance import adjusted
from offersmith.preference.mining.visits import Visits, holders
from offersmith.preference.mining.within import Within, within

MOST = 0.5
"""Joint visits over expected ones of substitutes at most."""
EXPECTED = 5.0
"""Joint visits that habit would bring, at least: of fewer, none is no news."""
ALPHA = 0.01
BUYERS = 5
"""Customers who buy both, at least."""
ALIKE = 0.3
"""Likeness of what both go with, from which they are alike without a category."""
MOST_TESTED = 500_000
"""Pairs that are looked at, those of the most frequent products first."""
_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Substitutes:
    """Pairs of items (columns of the matrix) that stand in for each other, the surest first.

    Attributes:
        first: items.
        second: items.
        how: customers put them together.
        likeness: cosine of what both go with in the network, 0 to 1.
        q_value: adjusted for all pairs tested.
        tested: pairs that were.
        apart: pairs as seldom together that are not alike: bought on different errands.
    """

    first: Whole
    second: Whole
    how: Within
    likeness: Real
    q_value: Real
    tested: int
    apart: int


def substitutes(every: Visits, net: Network, kinds: Whole) -> Substitutes:
    """Return the pairs of products that stand in for each other.

    Args:
        every: the visits of known customers.
        net: the network of complements.
        kinds: the category of each item, -1 where nobody knows.
    """
    one, other = _candidates(holders(every.holds), every.holds.shape[0])
    how = within(every, one, other)
    fair = np.flatnonzero(how.expected >= EXPECTED)
    one, other, how = one[fair], other[fair], how.of(fair)
    # A sum of unlike chances scatters less than a Poisson number of the same mean (Hoeffding 1956).
    log_p = np.log(np.clip(pdtr(how.together, how.expected), np.finfo(np.float64).tiny, 1.0))
    q_value, likeness = adjusted(log_p, len(one)), _likeness(net, one, other)
    seldom = (how.lift <= MOST) & (q_value < ALPHA) & (how.buyers >= BUYERS) & (how.buyers_lift >= 1)
    alike = (likeness >= ALIKE) | ((kinds[one] == kinds[other]) & (kinds[one] >= 0))
    rows = np.flatnonzero(seldom & alike)
    rows = rows[np.lexsort((other[rows], one[rows], log_p[rows]))]
    apart = int((seldom & ~alike).sum())
    return Substitutes(one[rows], other[rows], how.of(rows), likeness[rows], q_value[rows], len(fair), apart)


def _candidates(counts: Whole, total: int) -> tuple[Whole, Whole]:
    """Return the pairs that chance would put together often enough among all visits, the most frequent first."""
    order = np.argsort(-counts, kind="stable")
    falling = counts[order].astype(np.float64)
    ones, others, held = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for place, count in enumerate(falling.tolist()):
        end = int(np.searchsorted(-falling, -EXPECTED * total / count, side="right")) if count else 0
        if end <= place + 1 or held >= MOST_TESTED:
            break
        ones.append(np.full(end - place - 1, order[place]))
        others.append(order[place + 1 : end])
        held += end - place - 1
    one, other = np.concatenate(ones), np.concatenate(others)
    return np.minimum(one, other), np.maximum(one, other)


def _likeness(net: Network, one: Whole, other: Whole) -> Real:
    """Return the cosine of what two items go with; 0 where one goes with nothing."""
    found = np.zeros(len(one))
    if not len(net.items):
        return found
    weights = net.weights()
    length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1), np.float64).ravel())
    at = [np.minimum(np.searchsorted(net.items, side), len(net.items) - 1) for side in (one, other)]
    rows = np.flatnonzero((net.items[at[0]] == one) & (net.items[at[1]] == other))
    for low in range(0, len(rows), _ROWS):
        some = rows[low : low + _ROWS]
        a, b = at[0][some], at[1][some]
        product = np.asarray(weights[a].multiply(weights[b]).sum(axis=1), np.float64).ravel()
        found[some] = product / (length[a] * length[b])
    return found
