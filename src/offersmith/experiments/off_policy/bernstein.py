"""An interval that needs no large sample: the empirical Bernstein bound.

Maurer & Pontil (2009, "Empirical Bernstein bounds and sample variance penalization", COLT, theorem 4), both sides: for
scores within a range R, with chance 1 - delta

    |mean - truth| <= sqrt(2 V log(4 / delta) / n) + 7 R log(4 / delta) / (3 (n - 1))

Doubly robust scores of a reward that is 0 or 1 lie on both sides of these, and the bound with them; `judge` cuts it to
the values that a policy can have, which costs no coverage.

It is as true as R is. Where nobody says how large a score can get, R is the range of the scores seen: then the bound
assumes that no row to come lies outside of what was seen, and says so (`assumed`). Give the range to be sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.experiments.off_policy.interval import totals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
METHOD = "empirical_bernstein"


@dataclass(frozen=True, slots=True)
class Bound:
    """An empirical Bernstein interval.

    Attributes:
        low: lower end.
        high: upper end.
        smallest: score of a customer that nothing is taken to fall below.
        largest: and that nothing exceeds.
        assumed: whether these two were taken from the scores themselves.
        method: `empirical_bernstein`.
    """

    low: float
    high: float
    smallest: float
    largest: float
    assumed: bool
    method: str = METHOD

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def bernstein(
    score: Floats,
    cluster: Ints | None = None,
    confidence: float = 0.95,
    within: tuple[float, float] | None = None,
) -> Bound:
    """Return the bound for the mean of scores.

    With clusters the bound is on the customers' totals, scaled to a row: their number is taken as given.

    Args:
        score: (n,) one number a row.
        cluster: (n,) number of the customer; None = every row its own.
        confidence: that the interval holds the truth.
        within: smallest and largest total a customer can have (a row, without clusters); None = those seen.

    Raises:
        InputError: a score lies outside of `within`.
    """
    total = totals(score, cluster)
    count, scale = len(total), len(total) / len(score)
    seen = float(total.min()), float(total.max())
    smallest, largest = within or seen
    if seen[0] < smallest or seen[1] > largest:
        raise InputError(
            f"scores lie between {seen[0]:g} and {seen[1]:g}, outside of the range {smallest:g} to {largest:g}",
            field="within",
        )
    mean = float(total.mean())
    log = float(np.log(4 / (1 - confidence)))
    spread = float(np.sqrt(2 * total.var(ddof=1) * log / count)) if count > 1 else np.inf
    reach = spread + 7 * (largest - smallest) * log / (3 * max(count - 1, 1))
    return Bound(
        low=scale * max(mean - reach, smallest),
        high=scale * min(mean + reach, largest),
        smallest=smallest,
        largest=largest,
        assumed=within is None,
    )
