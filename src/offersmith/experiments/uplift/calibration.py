"""Whether predicted effects come true: predicted against measured by tenths, and the line through them.

Nobody's own effect is ever seen. What is seen is a score whose mean over any group of customers is that group's
average effect: the doubly robust score (`effect.scores`), or `plain_scores` where there are no outcome models. Its
regression on the prediction has slope 1 for a model that says the truth, below 1 for one that overstates differences
between customers, and 0 for one that ranks noise (Chernozhukov, Demirer, Duflo & Fernandez-Val 2018, "best linear
predictor").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.experiments.effect import scores
from offersmith.experiments.overlap import effective_size
from offersmith.experiments.uplift.check import finite, one_length
from offersmith.experiments.uplift.ranked import Ranked
from offersmith.experiments.uplift.spread import MIN_GROUP, people, spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_LINE = 100
"""Fewer customers, and the slope has no interval,"""
MIN_APART = 10.0
"""nor where the spread of the predictions rests on fewer than this (Kish's number of their squared deviations). 95 %
intervals of the slope cover 0.71 - 0.98 below the two, down with skewed predictions, and 0.90 - 0.99 above. It looks at
predictions alone: a floor on outcomes would keep the lucky samples."""
FEW_CUSTOMERS = "calibration_few_customers"
FEW_APART = "calibration_few_apart"


@dataclass(frozen=True, slots=True)
class Tenth:
    """Customers with like predictions: their mean predicted effect and the one measured, with its 95 % interval.

    The error and the interval are NaN in a group of fewer than `MIN_GROUP` customers.
    """

    rows: int
    predicted: float
    measured: float
    standard_error: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; None where there is no interval."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class UpliftCalibration:
    """Predicted against measured effects.

    Attributes:
        bins: groups of nearly equal size by rising prediction; customers with equal predictions stay together.
        predicted: mean predicted effect of everybody.
        measured: mean measured one.
        slope: of the score on the prediction; 1 is right. NaN where all predictions are equal.
        slope_error: its standard error (heteroskedasticity-robust, by customer).
        slope_low: lower end of its 95 % interval; NaN where it is withheld.
        slope_high: upper end, likewise.
        intercept: of the same line, in the outcome's unit; 0 is right.
        reason: code of `catalogue/experiments.toml` for which the interval is withheld; "" = it is not, or there is no
            line.
    """

    bins: tuple[Tenth, ...]
    predicted: float
    measured: float
    slope: float
    slope_error: float
    slope_low: float
    slope_high: float
    intercept: float
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; None where there is no line, or no interval."""
        plain: dict[str, Any] = {"bins": [part.as_dict() for part in self.bins]}
        return plain | {name: _plain(getattr(self, name)) for name in self.__slots__[1:]}


def _plain(value: float | str) -> float | str | None:
    return None if isinstance(value, float) and np.isnan(value) else value


def plain_scores(ranked: Ranked) -> Floats:
    """Return (n,) scores without outcome models: doubly robust about the two groups' weighted means.

    Their mean is the difference of the weighted means, and over any group of customers they estimate its effect.
    """
    means = [float(side @ ranked.outcome) / float(side.sum()) for side in (ranked.treated, ranked.control)]
    # Without chances the weights are ones: scaling them to add up to n makes them inverse shares.
    chances = [
        np.where(side > 0, float(side.sum()) / len(ranked) / np.where(side > 0, side, 1.0), np.inf)
        for side in (ranked.treated, ranked.control)
    ]
    treated, flat = ranked.treated > 0, np.ones(len(ranked))
    return scores(ranked.outcome, treated, chances[0], flat * means[0], flat * means[1], chances[1])


def calibration(predicted: Floats, score: Floats, *, bins: int = 10, customer: Ints | None = None) -> UpliftCalibration:
    """Compare predicted effects with a score of the measured ones.

    Args:
        predicted: (n,) predicted effect, in the outcome's unit, by a model that has not seen the customer.
        score: (n,) whose mean over customers is their average effect.
        bins: how many groups.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: lengths differ, a value is not finite, or fewer than one group.
    """
    one_length(predicted=predicted, score=score, customer=customer)
    finite(predicted=predicted, score=score)
    if bins < 1:
        raise InputError(f"bins: {bins}; at least 1 group is needed", bins=bins)
    group = _groups(predicted, bins)
    table = tuple(
        _tenth(predicted[rows], score[rows], None if customer is None else customer[rows])
        for rows in (np.flatnonzero(group == i) for i in np.unique(group))
    )
    gap = predicted - predicted.mean()
    scatter = float(gap @ gap)
    level, seen = float(predicted.mean()), float(score.mean())
    if scatter <= 1e-18 * max(float(predicted @ predicted), 1e-300):
        nan = float("nan")
        return UpliftCalibration(table, level, seen, nan, nan, nan, nan, nan)
    slope = float(gap @ score) / scatter
    found = spread(gap * (score - seen - slope * gap) / scatter, customer)
    reason = _reason(gap, customer)
    reach = float("nan") if reason else found.reach()
    intercept = seen - slope * level
    return UpliftCalibration(table, level, seen, slope, found.error, slope - reach, slope + reach, intercept, reason)


def _reason(gap: Floats, customer: Ints | None) -> str:
    """Return why a slope gets no interval; "" = it gets one."""
    if people(np.ones(len(gap), dtype=np.bool_), customer) < MIN_LINE:
        return FEW_CUSTOMERS
    square = gap * gap
    if customer is not None:
        square = np.bincount(np.unique(customer, return_inverse=True)[1], weights=square).astype(np.float64)
    return FEW_APART if effective_size(square) < MIN_APART else ""


def _groups(predicted: Floats, bins: int) -> Ints:
    """Return the group of each row; ties go where the middle of their run lies."""
    values, inverse, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    found = np.minimum((middle / len(predicted) * bins).astype(np.int64), bins - 1)[inverse]
    return np.asarray(found if len(values) else inverse, dtype=np.int64)


def _tenth(predicted: Floats, score: Floats, customer: Ints | None) -> Tenth:
    mean = float(score.mean())
    if people(np.ones(len(score), dtype=np.bool_), customer) < MIN_GROUP:
        nan = float("nan")
        return Tenth(len(score), float(predicted.mean()), mean, nan, nan, nan)
    found = spread((score - mean) / len(score), customer)
    reach = found.reach()
    return Tenth(len(score), float(predicted.mean()), mean, found.error, mean - reach, mean + reach)
