"""One measured figure with its definition and its interval.

The interval comes from the influences of the customers (`spread.py`). The model is held fixed: the interval says what
other customers would have shown of this model, not what another training sample would have made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.experiments.uplift.ranked import Ranked
from offersmith.experiments.uplift.spread import MIN_GROUP, Spread, people, spread, support

Floats = NDArray[np.float64]

MIN_OUTCOMES = 5.0
"""Nor where the smaller group's part of the outcomes that differ is less than this (`spread.support`, among the
customers the figure looks at): placebo intervals cover 0.92 - 0.97 above it and as little as 0.87 below."""


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

    def said(self, language: words.Language = "en") -> str:
        """Return the definition in words."""
        return words.say(f"experiments.{self.definition}", language)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, the definition in English words beside its key; what is not a number is None."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain |= {name: None for name in ("value", "standard_error") if np.isnan(plain[name])}
        return plain | {"definition_text": self.said()}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A figure before its interval.

    Attributes:
        value: of the figure.
        influence: (n,) each row's influence on it: the derivative by how often the row is counted.
        seen: (n,) whose outcomes it is made of; None = everybody's.
    """

    value: float
    influence: Floats
    seen: NDArray[np.bool_] | None = None


def stated(
    measured: Measured, ranked: Ranked, name: str, definition: str, confidence: float, share: float | None = None
) -> Figure:
    """Put an interval around what was measured, or say why there is none."""
    found = spread(measured.influence, ranked.cluster)
    treated, control = int((ranked.treated > 0).sum()), int((ranked.control > 0).sum())
    smallest = min(people(side > 0, ranked.cluster) for side in (ranked.treated, ranked.control))
    reason = _reason(measured, ranked, smallest, found)
    reach = found.reach(confidence)
    return Figure(
        name=name,
        definition=definition,
        value=measured.value,
        standard_error=found.error,
        low=None if reason else measured.value - reach,
        high=None if reason else measured.value + reach,
        confidence=confidence,
        rows=len(ranked),
        treated=treated,
        control=control,
        influential=found.influential,
        reason=reason,
        share=share,
    )


def _reason(measured: Measured, ranked: Ranked, smallest: int, found: Spread) -> str:
    if np.isnan(measured.value):
        return "uplift_undefined"
    if smallest < MIN_GROUP:
        return "uplift_few_customers"
    if not (found.error > 0 and np.ptp(ranked.outcome) > 0):
        return "uplift_constant"
    seen = np.ones(len(ranked), dtype=bool) if measured.seen is None else measured.seen
    enough = support(ranked.outcome, (ranked.treated > 0) & seen, (ranked.control > 0) & seen) >= MIN_OUTCOMES
    return "" if enough else "uplift_few_outcomes"
