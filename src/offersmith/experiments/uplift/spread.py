"""The spread of a figure from its influences, and how far a 95 % interval reaches.

Every figure of this room is a smooth function of how often each customer is counted. Its derivative by a customer's
weight is that customer's influence, and the sum of squares of the influences is the variance: the infinitesimal
jackknife (Jaeckel 1972; Efron 1982, chapter 6), equal to the bootstrap's as the sample grows and n log n to compute.

The variance is itself estimated, and by fewer customers than there are where most of them did nothing: its degrees of
freedom follow from the influences' fourth moment (Satterthwaite 1946), n for normal ones, twice the number of buyers
for a rare purchase, and the interval uses Student's quantile with as many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from offersmith.experiments.overlap import effective_size

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MIN_GROUP = 30
"""With fewer customers treated or not, no interval is stated."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a figure would move with other customers.

    Attributes:
        error: the standard error.
        influential: how many customers the variance rests on (Kish's number of the squared influences).
        freedom: degrees of freedom of the variance.
    """

    error: float
    influential: float
    freedom: float

    def reach(self, confidence: float = 0.95) -> float:
        """Return half the interval's width."""
        return float(stdtrit(self.freedom, 0.5 + confidence / 2)) * self.error


def spread(influence: Floats, customer: Ints | None) -> Spread:
    """Return the spread of a figure from each row's influence on it.

    Args:
        influence: (n,) derivative of the figure by the row's weight.
        customer: (n,) number of the customer, whose rows are counted as one; None = all different.
    """
    parts = influence
    if customer is not None:
        parts = np.bincount(np.unique(customer, return_inverse=True)[1], weights=influence).astype(np.float64)
    count, squares = len(parts), parts**2
    error = float(np.sqrt(squares.sum() * count / max(count - 1, 1)))
    influential = effective_size(squares)
    if not influential > 0:
        return Spread(error, influential, 1.0)
    return Spread(error, influential, max(1.0, 2 / max(1 / influential - 1 / count, 2 / count)))


def people(rows: Bools, customer: Ints | None) -> int:
    """Return how many customers some rows are of.

    Args:
        rows: (n,) which.
        customer: (n,) number of the customer; None = all different.
    """
    return int(rows.sum()) if customer is None else len(np.unique(customer[rows]))


def support(outcome: Floats, treated: Bools, control: Bools) -> float:
    """Return the smaller group's part of the customers whose outcomes make the spread.

    About the number of buyers in the smaller group where baskets are alike, and far fewer where a few are huge. It
    looks at both groups together, so that it cannot depend on which of them the lucky customers fell into: a rule that
    does would keep the lucky samples and spoil the intervals it lets through.
    """
    seen = outcome[treated | control]
    smaller = min(int(treated.sum()), int(control.sum())) / len(seen)
    return smaller * effective_size((seen - seen.mean()) ** 2)
