"""How good predicted chances of a yes or no are: right answers, order, loss and calibration, with intervals.

Rows of equal chance are never told apart by their position. Intervals draw whole customers with replacement (Efron
1979; by cluster, Field & Welsh 2007), as rows of one customer are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offersmith.experiments.calibration import Calibration, calibration
from offersmith.experiments.ranking import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HALF = 0.5
_TINY = 1e-15
"""A chance of 0 or 1 that was wrong would cost infinitely much; chances are kept this far from both in the loss."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A yes for every row whose chance is at least `threshold`, against what happened.

    Attributes:
        threshold: smallest chance that is answered yes.
        accuracy: share of right answers.
        precision: share of those answered yes that were; 0 where nobody was.
        recall: share of those that were that were answered yes.
        f1: harmonic mean of precision and recall; 0 where either is.
    """

    threshold: float
    accuracy: Interval
    precision: Interval
    recall: Interval
    f1: Interval

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        figures = {name: getattr(self, name).as_dict() for name in ("accuracy", "precision", "recall", "f1")}
        return {"threshold": self.threshold, **figures}


@dataclass(frozen=True, slots=True)
class Classified:
    """Every figure of one classifier on rows it did not learn from.

    Attributes:
        rows: how many.
        positives: of those, how many said yes.
        customers: how many gave them.
        chosen: answers at the threshold handed in, which is to come from other rows.
        half: answers at one half.
        auc: area under the ROC curve.
        average_precision: area under the curve of precision over recall, in steps.
        log_loss: mean log loss, nats.
        brier: mean squared difference of chance and outcome.
        calibration: whether chances happen as often as they say.
    """

    rows: int
    positives: int
    customers: int
    chosen: Answers
    half: Answers
    auc: Interval
    average_precision: Interval
    log_loss: Interval
    brier: Interval
    calibration: Calibration

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        counts = {name: getattr(self, name) for name in ("rows", "positives", "customers")}
        parts = ("chosen", "half", "auc", "average_precision", "log_loss", "brier", "calibration")
        return {**counts, **{name: getattr(self, name).as_dict() for name in parts}}


def classified(
    y: ArrayLike,
    chance: ArrayLike,
    *,
    threshold: float,
    generator: np.random.Generator,
    customer: ArrayLike | None = None,
    repeats: int = 200,
    confidence: float = 0.95,
) -> Classified:
    """Judge predicted chances.

    Args:
        y: (n,) zeros and ones.
        chance: (n,) predicted, in [0, 1].
        threshold: smallest chance that counts as a yes; choose it on other rows (`best_threshold`).
        generator: draws customers for the intervals.
        customer: (n,) whose rows they are; None = every row is a customer.
        repeats: draws of the bootstrap; 0 = no intervals (their bounds are NaN).
        confidence: of the percentile intervals.
    """
    label, chances = np.asarray(y, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    who = np.arange(len(label)) if customer is None else np.unique(np.asarray(customer), return_inverse=True)[1]
    count = int(who.max()) + 1 if len(who) else 0
    order = np.argsort(-chances, kind="stable")
    curves = _Sorted.of(label[order], chances[order], threshold)
    found = curves.figures(np.ones(len(label)))
    drawn = np.full((repeats, len(found)), np.nan)
    for turn in range(repeats if count else 0):
        times = np.bincount(generator.integers(0, count, count), minlength=count)
        drawn[turn] = curves.figures(times[who][order].astype(np.float64))
    parts = [_interval(value, column, confidence) for value, column in zip(found, drawn.T, strict=True)]
    return Classified(
        rows=len(label),
        positives=int(label.sum()),
        customers=count,
        chosen=Answers(threshold, *parts[0:4]),
        half=Answers(HALF, *parts[4:8]),
        auc=parts[8],
        average_precision=parts[9],
        log_loss=parts[10],
        brier=parts[11],
        calibration=calibration(label, chances),
    )


def best_threshold(y: ArrayLike, chance: ArrayLike) -> float:
    """Return the chance from which on a yes gives the best F1; the largest of equals, one half without a yes."""
    label, chances = np.asarray(y, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    if not label.sum():
        return HALF
    order = np.argsort(-chances, kind="stable")
    curves = _Sorted.of(label[order], chances[order], HALF)
    hits, misses = curves.curve(np.ones(len(label)))
    best = int(np.argmax(2 * hits / (hits + misses + label.sum())))
    return float(curves.chance[curves.ends[best]])


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Rows by falling chance, for figures under many weightings of the same rows.

    Attributes:
        label: (n,) outcomes.
        chance: (n,) falling.
        ends: last row of each group of equal chances.
        losses: (n,) log loss of each row.
        misses: (n,) squared difference of each row.
        yes: number of rows at or above the threshold, and at or above one half.
    """

    label: Floats
    chance: Floats
    ends: Ints
    losses: Floats
    misses: Floats
    yes: tuple[int, int]

    @classmethod
    def of(cls, label: Floats, chance: Floats, threshold: float) -> _Sorted:
        ends = np.append(np.flatnonzero(np.diff(chance)), len(chance) - 1) if len(chance) else np.zeros(0, np.int64)
        safe = np.clip(chance, _TINY, 1 - _TINY)
        losses = -(label * np.log(safe) + (1 - label) * np.log1p(-safe))
        yes = (int((chance >= threshold).sum()), int((chance >= HALF).sum()))
        return cls(label, chance, ends.astype(np.int64), losses, (chance - label) ** 2, yes)

    def curve(self, weight: Floats) -> tuple[Floats, Floats]:
        """Return the weights of hits and of misses among the rows down to the end of each group."""
        hits, both = np.cumsum(weight * self.label), np.cumsum(weight)
        return hits[self.ends], (both - hits)[self.ends]

    def figures(self, weight: Floats) -> Floats:
        """Return (12,): accuracy, precision, recall and F1 at either threshold, AUC, AP, log loss, Brier."""
        total = float(weight.sum())
        ones = float(weight @ self.label)
        if total == 0:
            return np.full(12, np.nan)
        both = np.concatenate([_answers(self.label, weight, rows, ones, total) for rows in self.yes])
        area, steps = np.nan, np.nan
        hits, misses = self.curve(weight)
        if 0 < ones < total:
            before = np.append(0.0, hits[:-1])
            area = float(np.diff(misses, prepend=0.0) @ (hits + before) / 2 / (ones * (total - ones)))
        if ones > 0:
            gained = np.diff(hits, prepend=0.0)
            steps = float(np.sum(gained * hits / np.maximum(hits + misses, 1.0)) / ones)
        return np.append(both, [area, steps, weight @ self.losses / total, weight @ self.misses / total])


def _answers(label: Floats, weight: Floats, rows: int, ones: float, total: float) -> Floats:
    said = float(weight[:rows].sum())
    hits = float(weight[:rows] @ label[:rows])
    right = hits + (total - ones) - (said - hits)
    return np.array(
        [
            right / total,
            hits / said if said else 0.0,
            hits / ones if ones else np.nan,
            2 * hits / (said + ones) if said + ones else 0.0,
        ]
    )


def _interval(value: float, drawn: Floats, confidence: float) -> Interval:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return Interval(float(value), float("nan"), float("nan"), confidence)
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(float(value), float(low), float(high), confidence)
