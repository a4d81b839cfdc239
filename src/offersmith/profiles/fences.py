"""How far a value lies outside what is usual, on either side, when values are skewed.

The usual ends at the fences of the adjusted box plot: Q1 - 1.5 exp(-4 MC) IQR and Q3 + 1.5 exp(3 MC) IQR, with MC the
medcouple, a measure of skew that outliers do not move (Hubert and Vandervieren, Computational Statistics & Data
Analysis 52, 2008; for MC < 0 the exponents are -3 and 4). How far a value lies is its distance from the median over the
fence's on that side, after the adjusted outlyingness of Hubert and Van der Veeken (Journal of Chemometrics 22, 2008): 1
is at the fence. Where half of all values are the same, such as nothing, the fences are those of the others; where
hardly any differ, the fences stand three times the median (or 3, if that is more) away. Counts have few different
values; equal ones are spread evenly over the unit around them, or quartiles and skew of small counts would be blind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_POINTS = 801  # order statistics that stand for a column: the medcouple compares all pairs around the median
_FEW = 20


@dataclass(frozen=True, slots=True)
class Fences:
    """What is usual of one column.

    Attributes:
        median: of the known values.
        low: lower fence; below the median.
        high: upper fence; above the median.
    """

    median: float
    low: float
    high: float

    def outlyingness(self, values: Values) -> Values:
        """Return how far values lie from the median, in distances of the fence; below it negative, unknown 0."""
        apart = values - self.median
        reach = np.where(apart < 0, self.median - self.low, self.high - self.median)
        return np.nan_to_num(apart / reach, nan=0.0)


def fences(values: Values) -> Fences | None:
    """Return the fences of a column; None where nothing finite is known or nothing varies."""
    known = values[np.isfinite(values)]
    if not known.size or known.min() == known.max():
        return None
    known = np.sort(known)
    median = float(np.median(known))
    first, third = (float(mark) for mark in np.quantile(known, [0.25, 0.75]))
    others = known[known != median]
    if third > first and others.size > known.size / 2:
        return _around(median, known)
    span = 3.0 * max(abs(median), 1.0)
    if others.size < _FEW:
        return Fences(median, median - span, median + span)
    found = _around(float(np.median(others)), others)
    low, high = (min(found.low, median), max(found.high, median)) if found else (median, median)
    return Fences(median, low if low < median else median - span, high if high > median else median + span)


def medcouple(ordered: Values) -> float:
    """Return the medcouple of sorted values, in [-1, 1]: 0 where both sides of the median are alike.

    Long columns are stood for by evenly spaced order statistics (Brys, Hubert and Struyf 2004 for the measure).
    """
    if ordered.size > _POINTS:
        ordered = ordered[np.linspace(0, ordered.size - 1, _POINTS).round().astype(np.int64)]
    median = np.median(ordered)
    below, above = ordered[ordered <= median] - median, ordered[ordered >= median] - median
    width = above[:, None] - below[None, :]
    kernel = np.divide(above[:, None] + below[None, :], width, out=np.zeros_like(width), where=width > 0)
    # Pairs of values that both are the median: as many -1 as +1, by their places (the definition for ties).
    ties = int(np.sum(below == 0))
    places = np.arange(ties)
    kernel[:ties, below.size - ties :] = np.sign(places[:, None] - places[None, :])
    return float(np.median(kernel))


def _spread(ordered: Values) -> Values:
    """Return sorted whole numbers with equal ones spread evenly from half below to half above; others as they are."""
    if not np.array_equal(ordered, np.rint(ordered)):
        return ordered
    _, first, times = np.unique(ordered, return_index=True, return_counts=True)
    place = np.arange(ordered.size) - np.repeat(first, times)
    return ordered + (place + 0.5) / np.repeat(times, times) - 0.5


def _around(median: float, ordered: Values) -> Fences | None:
    ordered = _spread(ordered)
    first, third = (float(mark) for mark in np.quantile(ordered, [0.25, 0.75]))
    width = third - first
    if width <= 0:
        return None
    skew = medcouple(ordered)
    down, up = (-4.0, 3.0) if skew >= 0 else (-3.0, 4.0)
    low, high = first - 1.5 * np.exp(down * skew) * width, third + 1.5 * np.exp(up * skew) * width
    return Fences(median, float(low), float(high))
