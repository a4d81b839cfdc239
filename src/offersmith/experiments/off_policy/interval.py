"""How far a mean of scores may be off, when scores are as skewed as weights times baskets are.

A plain normal interval misses on one side: the mean and its standard error come from the same few large scores, so
where they are missing both are too small. Two classical corrections together hold:

- Hall's (1992, "On the removal of skewness by transformation", JRSS B 54) monotone cubic of the studentised mean moves
  both ends by the skewness. Sample skewness of heavy tails is itself mostly noise: its part is held to `MAX_SKEW`.
- Student's t instead of the normal, with as many degrees of freedom as the variance is worth: 2n / (kurtosis - 1),
  by matching the first two moments of the variance (Satterthwaite 1946).

Measured on synthetic logs with 2,000 and 20,000 rows and logging from uniform to hard: `python -m benchmarks judging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_SKEW = 0.2
"""Largest skewness of the mean (that of the scores over the root of their number) that is corrected for in full."""
METHOD = "skew_corrected_t"


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its confidence interval.

    Attributes:
        value: the mean.
        low: lower end.
        high: upper end.
        standard_error: of the mean.
        method: how the ends were found.
    """

    value: float
    low: float
    high: float
    standard_error: float
    method: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def totals(gap: Floats, cluster: Ints | None) -> Floats:
    """Return the sums of a column by cluster, (c,); the column itself where every row is its own."""
    if cluster is None:
        return gap
    number = cluster
    if cluster.min() < 0 or cluster.max() > 4 * len(cluster):
        _, number = np.unique(cluster, return_inverse=True)
    sums = np.asarray(np.bincount(number, weights=gap), dtype=np.float64)
    return sums[np.bincount(number) > 0]


def mean_interval(score: Floats, cluster: Ints | None = None, confidence: float = 0.95) -> Interval:
    """Return the mean of scores with its interval; rows of one cluster (customer) count as one.

    Args:
        score: (n,) one number a row; at least two clusters.
        cluster: (n,) number of the customer; None = every row its own.
        confidence: of the interval.
    """
    value = float(score.mean())
    gap = totals(score - value, cluster)
    count = len(gap)
    square = gap * gap
    variance = float(square.mean())
    error = float(np.sqrt(variance * count / max(count - 1, 1)) * np.sqrt(count) / len(score))
    if variance <= (1e-12 * abs(value)) ** 2:
        return Interval(value, value, value, 0.0, METHOD)
    skew = float((square * gap).mean()) / variance**1.5 / np.sqrt(count)
    kurtosis = float((square * square).mean()) / variance**2
    reach = float(stdtrit(max(2 * count / max(kurtosis - 1, 1e-9), 1.0), 0.5 + confidence / 2))
    held = float(np.clip(skew, -MAX_SKEW, MAX_SKEW))
    low, high = (value - error * _untransformed(side, held) for side in (reach, -reach))
    return Interval(value, low, high, error, METHOD)


def _untransformed(x: float, skew: float) -> float:
    """Return the studentised mean at which Hall's cubic t + k t^2 / 3 + k^2 t^3 / 27 + k / 6 is `x`."""
    if abs(skew) < 1e-6:
        return x
    return 3 / skew * (float(np.cbrt(1 + skew * (x - skew / 6))) - 1)
