"""How often customers put two products together, beside what their own habits would do.

With v visits of a customer, of which a hold the one and b the other, a*b/v would hold both by lot. Added up over
customers it is what is expected of a shop in which everybody keeps to their habits and nothing goes with anything: who
buys much, or little, makes no difference to it. Large shopping trips hold more of everything, though: where a visit is
the likelier to hold a product the more it holds (Chung and Lu 2002), 1/v becomes the sum of squared sizes over the
square of their sum. In a grocer's baskets that alone makes a lift of two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from offersmith.preference.mining.measures import Real, Whole
from offersmith.preference.mining.pairs import joint
from offersmith.preference.mining.visits import Visits

_PAIRS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Of each pair: visits with both, visits expected by habit, customers who buy both, and that over chance."""

    together: Whole
    expected: Real
    buyers: Whole
    buyers_lift: Real

    @property
    def lift(self) -> Real:
        """Visits with both over those expected; 0 where nobody known buys both."""
        return np.divide(self.together, self.expected, out=np.zeros(len(self.expected)), where=self.expected > 0)

    def of(self, rows: Whole) -> Within:
        """Return some of the pairs."""
        return Within(self.together[rows], self.expected[rows], self.buyers[rows], self.buyers_lift[rows])


def within(every: Visits, one: Whole, other: Whole, *, by_size: bool = False) -> Within:
    """Return how customers put pairs together.

    Args:
        every: the visits.
        one: items.
        other: items, one for each of the first.
        by_size: whether large visits are expected to hold more of everything.
    """
    each = every.by_customer(every.holds).tocsc()
    rate = _by_size(every) if by_size else 1 / every.lengths
    share = csc_array((each.data * rate[each.indices], each.indices, each.indptr), shape=each.shape)
    means, buyers = [np.zeros(0)], [np.zeros(0, np.int64)]
    for at in range(0, len(one), _PAIRS):
        product = share[:, one[at : at + _PAIRS]].multiply(each[:, other[at : at + _PAIRS]]).tocsc()
        means.append(np.asarray(product.sum(axis=0), np.float64).ravel())
        buyers.append(np.diff(product.indptr).astype(np.int64))
    both = np.concatenate(buyers)
    people = np.diff(each.indptr).astype(np.float64)
    chance = people[one] * people[other] / max(every.customers, 1)
    lift = np.divide(both, chance, out=np.zeros(len(both)), where=chance > 0)
    return Within(joint(every.holds.tocsc(), one, other), np.concatenate(means), both, lift)


def _by_size(every: Visits) -> Real:
    sizes = np.diff(every.holds.indptr).astype(np.float64)
    sums, squares = (np.bincount(every.customer, part, every.customers) for part in (sizes, sizes**2))
    return np.divide(squares, sums**2, out=np.zeros(len(sums)), where=sums > 0)
