"""How likely each offer is the best for a customer, by what is believed: the odds of a first experiment.

Probability matching (Thompson 1933): an offer is tried as often as it may turn out to be the best, `none` included. An
offer's error is one unknown that all its customers share (a shop's lift is believed, not each customer's), independent
between offers; for one customer its profit is normal with the estimate's mean and spread. The chance that offer k beats
all others and zero is then an integral over its own profit, taken where it is above zero:

    P(k > 0) * mean over v in (0, 1) of the product over the others of P(other < profit of k at the v-quantile),

by Gauss's rule in v: no simulation, the same bits every time. It is right to about 1e-4 where the spreads are alike,
to 0.02 where one offer is all but certain beside another; the lots use, and record, what it gives.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from offersmith.strategy.kernels import Floats

NODES = 12
BLOCK = 1 << 16
"""Customers at a time, so that a million need little memory."""
CERTAIN = 1e-12
"""A spread below this, major units, is this: certainty has no quantiles."""


def chance_best(profit: Floats, profit_sd: Floats, allowed: NDArray[np.bool_]) -> Floats:
    """Return the chance (K, n) that each offer is the best for a customer; what is missing to 1 is `none`'s.

    Args:
        profit: (K, n) expected.
        profit_sd: (K, n) its spread.
        allowed: (K, n) which offers may be tried; the others are taken to be worse than anything.
    """
    best = np.zeros(profit.shape)
    for start in range(0, profit.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        best[:, part] = _block(profit[:, part], np.maximum(profit_sd[:, part], CERTAIN), allowed[:, part])
    return best


def _block(mean: Floats, sd: Floats, allowed: NDArray[np.bool_]) -> Floats:
    above = np.where(allowed, ndtr(mean / sd), 0.0)
    found = np.zeros(mean.shape)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    for v, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        # The upper v-quantile of what lies above zero; an offer that cannot lie there counts for nothing below.
        reached = np.maximum(mean - sd * ndtri(np.maximum(v * above, 1e-300)), 0.0)
        for k in range(mean.shape[0]):
            beats = np.ones(mean.shape[1])
            for other in range(mean.shape[0]):
                if other != k:
                    below = ndtr((reached[k] - mean[other]) / sd[other])
                    beats *= np.where(allowed[other], below, 1.0)
            found[k] += weight * above[k] * beats
    # What the rule is off by is spread over the offers: `none` is known exactly.
    some, sums = 1.0 - np.prod(1.0 - above, axis=0), found.sum(axis=0)
    return np.asarray(found * np.divide(some, sums, out=np.zeros_like(sums), where=sums > 0))
