"""How many customers would buy `b` soon after `a` by habit alone: each as often as they do, at visits drawn blindly.

A customer with v visits, of which f come soon after a visit with `a` and n hold `b`, would have one of the n among the
f with probability 1 - C(v - f, n)/C(v, n). Nothing in this depends on who buys much and who little, which makes the
rules of simpler tests: whoever buys everything has everything after everything.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.special import betainc, gammaln

from offersmith.preference.mining.measures import Real, Whole
from offersmith.preference.mining.visits import Visits

_PAIRS = 1_000
_TINY = float(np.finfo(np.float64).tiny)


def expected(found: Visits, within: int, one: Whole, other: Whole) -> tuple[Real, Whole]:
    """Return for each ordered pair how many customers would support it by habit, and how many could at all.

    Args:
        found: the visits.
        within: visits after the one with the first item.
        one: first items.
        other: items that come later, one for each of the first.
    """
    soon = found.by_customer(found.near(within, after=False)).tocsc()
    bought = found.by_customer(found.holds).tocsc()
    lengths = found.lengths.astype(np.float64)
    means, could = [np.zeros(0)], [np.zeros(0, np.int64)]
    for at in range(0, len(one), _PAIRS):
        f, n = soon[:, one[at : at + _PAIRS]], bought[:, other[at : at + _PAIRS]]
        chance = _chance(_where(f, n), _where(n, f), lengths)
        means.append(np.asarray(chance.sum(axis=0), np.float64).ravel())
        could.append(np.diff(chance.indptr).astype(np.int64))
    return np.concatenate(means), np.concatenate(could)


def log_more_than_habit(customers: Whole, means: Real, could: Whole) -> Real:
    """Return the logarithm of a bound on the chance of so many customers or more by habit.

    A sum of unlike chances scatters less than as many equal ones with the same mean (Hoeffding 1956), whose tail is the
    binomial one: the p-value is never too small.
    """
    chance = np.clip(means / np.maximum(could, 1), 0.0, 1.0)
    # Hoeffding's bound holds above the mean; what is not above it is no discovery.
    return np.where(customers > means + 1, _log_tail(customers, could, chance), 0.0)


def log_one_way(this: Whole, that: Whole) -> Real:
    """Return the logarithm of the sign test's p-value: that `this` of both would be as many or more by tossing a coin.

    Who did both counts on both sides, which only makes the difference seem less sure than it is.
    """
    return np.where(this > that, _log_tail(this, this + that, np.full(len(this), 0.5)), 0.0)


def _log_tail(k: Whole, n: Whole, chance: Real) -> Real:
    """Return the logarithm of the chance of k or more of n, through the incomplete beta function."""
    least = np.maximum(k, 1).astype(np.float64)
    return np.asarray(np.log(np.clip(betainc(least, np.maximum(n - least, 0) + 1, chance), _TINY, 1.0)))


def _where(values: csr_array, there: csr_array) -> csr_array:
    """Return values where the other matrix has any, too."""
    some = there.copy()
    some.data = np.ones(len(some.data), values.data.dtype)
    found = values.multiply(some).tocsc()
    found.sort_indices()
    return found


def _chance(soon: csr_array, bought: csr_array, lengths: Real) -> csr_array:
    found = soon.astype(np.float64)
    v, f, n = lengths[found.indices], found.data, bought.data.astype(np.float64)
    left = v - f - n
    # C(v - f, n) / C(v, n) in logarithms; there is no way around the f where fewer than n others are left.
    none = gammaln(v - f + 1) - gammaln(np.maximum(left, 0) + 1) + gammaln(v - n + 1) - gammaln(v + 1)
    found.data = np.where(left < 0, 1.0, -np.expm1(np.minimum(none, 0.0)))
    return found
