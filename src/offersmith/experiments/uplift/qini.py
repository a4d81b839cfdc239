"""The Qini coefficient: how much better than at random a ranking finds those whom the offer changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from offersmith.experiments.uplift.curve import Kind, area
from offersmith.experiments.uplift.figure import Figure, Measured, stated
from offersmith.experiments.uplift.ranked import Floats, Ranked

_NAMES: Mapping[Kind, str] = MappingProxyType({"qini": "qini", "uplift": "auuc"})


def qini(ranked: Ranked, *, normalise: bool | None = None, confidence: float = 0.95) -> Figure:
    """Return the area between the Qini curve and the random line.

    Args:
        ranked: the customers.
        normalise: divide by the area of the perfect curve, as scikit-uplift 0.5.1's `qini_auc_score` does; possible
            for binary outcomes of one arm only. None = where possible; else the area is per customer, in the
            outcome's unit.
        confidence: of the interval.
    """
    return shared_area(ranked, "qini", normalise, confidence)


def shared_area(ranked: Ranked, kind: Kind, normalise: bool | None, confidence: float) -> Figure:
    """Return either curve's area, over that of the perfect curve where asked."""
    found, definition = measured_area(ranked, kind, normalise)
    return stated(found, ranked, _NAMES[kind], definition, confidence)


def measured_area(ranked: Ranked, kind: Kind, normalise: bool | None) -> tuple[Measured, str]:
    """Return the same before its interval, and the key of its definition."""
    found, name = area(ranked, kind), _NAMES[kind]
    if perfect_exists(ranked) if normalise is None else normalise:
        return over_perfect(found, ranked, kind), f"{name}_of_perfect"
    return found, f"{name}_area{'_many' if ranked.arms > 1 else ''}"


def perfect_exists(ranked: Ranked) -> bool:
    """Return whether a perfect order is defined: zeros and ones, and everybody either treated or a control."""
    return ranked.binary and ranked.arms == 1 and bool((ranked.treated + ranked.control > 0).all())


def over_perfect(found: Measured, ranked: Ranked, kind: Kind) -> Measured:
    """Divide an area by the one of the best order hindsight could give; NaN where no order beats chance."""
    undefined = Measured(float("nan"), np.full(len(ranked), np.nan))
    if not perfect_exists(ranked):
        return undefined
    best = area(reordered(ranked, _hindsight(ranked, kind)), kind)
    if not best.value > 1e-12:
        return undefined
    value = found.value / best.value
    return Measured(value, (found.influence - value * best.influence) / best.value)


def _hindsight(ranked: Ranked, kind: Kind) -> Floats:
    y, treated = ranked.outcome, ranked.treated > 0
    if kind == "qini":
        return np.where(treated, y, -y)
    busy_controls = int(((y == 1) & ~treated).sum()) > int(((y == 0) & treated).sum())
    return np.asarray(2.0 * ((y == 1) == treated) + (y if busy_controls else treated))


def reordered(ranked: Ranked, score: Floats) -> Ranked:
    """Return the same customers in another order."""
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])) + 1, len(order)]
    return replace(ranked, order=order, ends=ends)
