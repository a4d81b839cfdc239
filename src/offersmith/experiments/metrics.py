"""The first metrics of an experiment: a mean and a conversion rate, treated against control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treated against control: both means, their difference with its 95 % interval, and the p-value of no difference.

    `difference` and its bounds are NaN when a group has fewer than two customers.
    """

    treated: float
    control: float
    difference: float
    ci_low: float
    ci_high: float
    p_value: float
    rows: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


class Metric(Protocol):
    """A way of comparing two groups by one number a customer."""

    def __call__(self, treated: Floats, control: Floats) -> Comparison:
        """Compare; each array holds one value a customer."""


def mean_difference(treated: Floats, control: Floats) -> Comparison:
    """Compare means without assuming equal spreads (Welch 1947)."""
    rows = len(treated) + len(control)
    if len(treated) < 2 or len(control) < 2:
        return _nothing(treated, control)
    parts = (float(treated.var(ddof=1)) / len(treated), float(control.var(ddof=1)) / len(control))
    first, second = float(treated.mean()), float(control.mean())
    gap, error = first - second, float(np.sqrt(sum(parts)))
    if error == 0:
        return Comparison(first, second, gap, gap, gap, 1.0 if gap == 0 else 0.0, rows)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(treated) - 1) + parts[1] ** 2 / (len(control) - 1))
    reach = float(stdtrit(freedom, 0.975)) * error
    return Comparison(first, second, gap, gap - reach, gap + reach, float(2 * stdtr(freedom, -abs(gap / error))), rows)


def conversion(treated: Floats, control: Floats) -> Comparison:
    """Compare two shares of zeros and ones; the interval is Agresti & Caffo's (2000), honest for small shares."""
    if len(treated) < 2 or len(control) < 2:
        return _nothing(treated, control)
    hits, sizes = (float(treated.sum()), float(control.sum())), (len(treated), len(control))
    first, second = hits[0] / sizes[0], hits[1] / sizes[1]
    near = [(hit + 1) / (size + 2) for hit, size in zip(hits, sizes, strict=True)]
    error = float(np.sqrt(sum(p * (1 - p) / (size + 2) for p, size in zip(near, sizes, strict=True))))
    middle, reach = near[0] - near[1], float(ndtri(0.975)) * error
    pooled = sum(hits) / sum(sizes)
    null = float(np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1])))
    p_value = float(2 * ndtr(-abs(first - second) / null)) if null > 0 else 1.0
    return Comparison(first, second, first - second, middle - reach, middle + reach, p_value, sum(sizes))


def _nothing(treated: Floats, control: Floats) -> Comparison:
    nan = float("nan")
    means = [float(group.mean()) if len(group) else nan for group in (treated, control)]
    return Comparison(means[0], means[1], nan, nan, nan, nan, len(treated) + len(control))
