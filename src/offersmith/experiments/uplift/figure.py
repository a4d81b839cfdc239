"""One measured figure with its interval, and how the interval is made.

Every uplift figure is a smooth function of how often each customer is counted. Its derivative by a customer's weight
is that customer's influence, and the sum of squares of the influences is the variance: the infinitesimal jackknife
(Jaeckel 1972; Efron 1982, chapter 6), equal to the bootstrap's as the sample grows and n log n to compute. The model
is held fixed: the interval says what other customers would have shown of this model, not what another training sample
would have made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from offersmith import words
from offersmith.experiments.overlap import effective_size
from offersmith.experiments.uplift.ranked import Ranked

Floats = NDArray[np.float64]

MIN_GROUP = 30
"""With fewer customers treated or not, no interval is stated."""
MIN_INFLUENTIAL = 10.0
"""Nor where the spread comes from fewer customers than this (Kish's number for the squared influences)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a ranking.

    Attributes:
        name: `qini`, `auuc`, `uplift_at_k`.
        definition: key of `catalogue/experiments.toml`: what is divided by what, after whom.
        value: the figure; NaN where it is not defined.
        standard_error: from sampling customers, the model held fixed; NaN where it is not defined.
        low: lower end of the interval; None where it is withheld.
        high: upper end, likewise.
        confidence: of the interval.
        rows: customers in the ranking.
        treated: of them, given what they are judged for.
        control: of them, given nothing.
        influential: the number of customers the variance rests on; far fewer than `rows` with heavy tails.
        reason: why the interval is withheld (key of the catalogue), else empty.
        share: of customers taken from the top, for `uplift_at_k`.
    """

    name: str
    definition: str
    value: float
    standard_error: float
    low: float | None
    high: float | None
    confidence: float
    rows: int
    treated: int
    control: int
    influential: float
    reason: str = ""
    share: float | None = None

    def said(self, language: str = "en") -> str:
        """Return the definition in words."""
        return words.say(f"experiments.{self.definition}", language)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, the definition in English words beside its key; what is not a number is None."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain |= {name: None for name in ("value", "standard_error") if np.isnan(plain[name])}
        return plain | {"definition_text": self.said()}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A figure before its interval: the value, and each row's influence on it (derivative by its weight)."""

    value: float
    influence: Floats


def stated(
    measured: Measured, ranked: Ranked, name: str, definition: str, confidence: float, share: float | None = None
) -> Figure:
    """Put an interval around what was measured, or say why there is none."""
    influence = measured.influence
    if ranked.cluster is not None:
        influence = np.bincount(ranked.cluster, weights=influence)
    count = len(influence)
    variance = influence**2
    error = float(np.sqrt(variance.sum() * count / max(count - 1, 1)))
    treated, control = int((ranked.treated > 0).sum()), int((ranked.control > 0).sum())
    influential = effective_size(variance)
    reason = _reason(measured.value, min(treated, control), error, influential)
    reach = float(ndtri(0.5 + confidence / 2)) * error
    return Figure(
        name=name,
        definition=definition,
        value=measured.value,
        standard_error=error,
        low=None if reason else measured.value - reach,
        high=None if reason else measured.value + reach,
        confidence=confidence,
        rows=len(ranked),
        treated=treated,
        control=control,
        influential=influential,
        reason=reason,
        share=share,
    )


def _reason(value: float, smallest: int, error: float, influential: float) -> str:
    if np.isnan(value):
        return "uplift_undefined"
    if smallest < MIN_GROUP:
        return "uplift_few_customers"
    if not error > 0:
        return "uplift_constant"
    return "uplift_few_outcomes" if influential < MIN_INFLUENTIAL else ""
