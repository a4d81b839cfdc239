"""How surely something is more, or less, than chance: tails of the hypergeometric distribution, and many tests at once.

The p-value of a pair is Fisher's exact one: how often so many (or so few) baskets would hold both, had each been put
into as many baskets as it was, blindly. All is in logarithms, since in a large shop such values are far below what a
number can hold. Many pairs are tested, so that values are adjusted by Benjamini and Hochberg (1995), over *all* pairs
that could have been found and not only those that were counted often: what was chosen for its count may not be judged
as if it had been named beforehand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Real = NDArray[np.float64]
_ENOUGH = 1e-17
_MANY = 1_000_000


def log_more(together: Real, first: Real, second: Real, total: Real) -> Real:
    """Return the logarithm of P(X >= together), X hypergeometric: `first` and `second` of `total` drawn blindly."""
    k, a, b, n = _same(together, first, second, total)
    far = k > a * b / n
    found = np.zeros(len(k))
    found[far] = _tail(k[far], a[far], b[far], n[far], up=True)
    near = ~far & (k > np.maximum(0, a + b - n))
    found[near] = _rest(_tail(k[near] - 1, a[near], b[near], n[near], up=False))
    return found


def log_fewer(together: Real, first: Real, second: Real, total: Real) -> Real:
    """Return the logarithm of P(X <= together), X hypergeometric: `first` and `second` of `total` drawn blindly."""
    k, a, b, n = _same(together, first, second, total)
    far = k < a * b / n
    found = np.zeros(len(k))
    found[far] = _tail(k[far], a[far], b[far], n[far], up=False)
    near = ~far & (k < np.minimum(a, b))
    found[near] = _rest(_tail(k[near] + 1, a[near], b[near], n[near], up=True))
    return found


def adjusted(log_p: Real, tests: int) -> Real:
    """Return the p-values adjusted for `tests` of which these are the ones looked at (Benjamini-Hochberg).

    Whatever was not looked at counts as a test with a p-value of 1.

    >>> np.round(adjusted(np.log([0.01, 0.04, 0.03]), 4), 4).tolist()
    [0.04, 0.0533, 0.0533]
    """
    order = np.argsort(log_p, kind="stable")
    steps = log_p[order] + np.log(max(tests, len(log_p), 1)) - np.log(np.arange(1, len(log_p) + 1))
    found = np.empty(len(log_p))
    found[order] = np.minimum.accumulate(steps[::-1])[::-1]
    return np.exp(np.minimum(found, 0.0))


def _same(*values: Real) -> tuple[Real, ...]:
    return tuple(np.array(one, np.float64) for one in np.broadcast_arrays(*map(np.atleast_1d, values)))


def _log_mass(k: Real, a: Real, b: Real, n: Real) -> Real:
    def choose(of: Real, some: Real) -> Real:
        return np.asarray(gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1))

    return choose(a, k) + choose(n - a, b - k) - choose(n, b)


def _tail(k: Real, a: Real, b: Real, n: Real, *, up: bool) -> Real:
    """Return the logarithm of a tail that begins on its own side of the mean: the first term, times a falling series.

    Each term is the one before times a simple ratio; terms fall from the first, so few of them count.
    """
    mass = _log_mass(k, a, b, n)
    series, term, x = np.ones(len(k)), np.ones(len(k)), k.copy()
    open_ = np.arange(len(k))
    for _ in range(_MANY):
        if not len(open_):
            break
        at, p, q, m = x[open_], a[open_], b[open_], n[open_]
        if up:
            ratio = (p - at) * (q - at) / ((at + 1) * (m - p - q + at + 1))
        else:
            ratio = at * (m - p - q + at) / ((p - at + 1) * (q - at + 1))
        term[open_] *= ratio
        series[open_] += term[open_]
        x[open_] += 1 if up else -1
        open_ = open_[term[open_] > _ENOUGH * series[open_]]
    return np.minimum(mass + np.log(series), 0.0)


def _rest(log_p: Real) -> Real:
    """Return the logarithm of 1 - p."""
    return np.log(np.maximum(-np.expm1(log_p), np.finfo(np.float64).tiny))
