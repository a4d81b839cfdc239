"""How well a score puts those who respond in front: area under the curve and lift, with bootstrap intervals.

Ties are shared, never broken by position, so a constant score has an area of one half and a lift of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds that hold it with the stated confidence."""

    value: float
    low: float
    high: float
    confidence: float = 0.95

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {"value": self.value, "low": self.low, "high": self.high, "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Ranking:
    """How a score ranked: `auc` and `lift` of the top share, over `rows` of which `positives` responded."""

    rows: int
    positives: int
    auc: Interval
    lift: Interval
    top_share: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "rows": self.rows,
            "positives": self.positives,
            "auc": self.auc.as_dict(),
            "lift": self.lift.as_dict(),
            "top_share": self.top_share,
        }


def roc_auc(y: ArrayLike, score: ArrayLike) -> float:
    """Return the chance that a responder is ranked before a non-responder, ties counted half.

    Args:
        y: (n,) zeros and ones (or booleans).
        score: (n,) larger = more likely; NaN ranks last.

    Returns:
        The area under the ROC curve; NaN when everybody or nobody responded.
    """
    label = np.asarray(y, dtype=np.float64)
    values = _ranked(score)
    positives = float(label.sum())
    negatives = len(label) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle = last - (counts - 1) / 2.0
    return float((middle[inverse][label > 0].sum() - positives * (positives + 1) / 2.0) / (positives * negatives))


def lift(y: ArrayLike, score: ArrayLike, top_share: float = 0.1) -> float:
    """Return the response rate among the `top_share` best scored over that of all; 1 = no better than chance.

    The group of equal scores across the border counts with its average rate.
    """
    label = np.asarray(y, dtype=np.float64)
    values = _ranked(score)
    if len(label) == 0 or label.sum() == 0:
        return float("nan")
    size = max(1, round(len(label) * top_share))
    border = np.sort(values)[len(values) - size]
    above = values > border
    level = values == border
    found = label[above].sum() + label[level].mean() * (size - int(above.sum()))
    return float(found / size / label.mean())


def bootstrap(
    statistic: Callable[[Floats, Floats], float],
    y: ArrayLike,
    score: ArrayLike,
    *,
    generator: np.random.Generator,
    repeats: int = 200,
    confidence: float = 0.95,
) -> Interval:
    """Return `statistic(y, score)` with a percentile interval over customers drawn with replacement (Efron 1979)."""
    label = np.asarray(y, dtype=np.float64)
    values = np.asarray(score, dtype=np.float64)
    drawn = np.empty(repeats)
    for turn in range(repeats):
        pick = generator.integers(0, len(label), len(label)) if len(label) else np.empty(0, dtype=np.int64)
        drawn[turn] = statistic(label[pick], values[pick])
    drawn = drawn[np.isfinite(drawn)]
    value = statistic(label, values)
    if not len(drawn):
        return Interval(value, float("nan"), float("nan"), confidence)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(value, float(low), float(high), confidence)


def judge(
    y: ArrayLike,
    score: ArrayLike,
    *,
    generator: np.random.Generator,
    top_share: float = 0.1,
    repeats: int = 200,
) -> Ranking:
    """Judge a score by area and lift, both with intervals."""
    label = np.asarray(y, dtype=np.float64)
    return Ranking(
        rows=len(label),
        positives=int(label.sum()),
        auc=bootstrap(roc_auc, label, score, generator=generator, repeats=repeats),
        lift=bootstrap(lambda a, b: lift(a, b, top_share), label, score, generator=generator, repeats=repeats),
        top_share=top_share,
    )


def _ranked(score: ArrayLike) -> Floats:
    values = np.asarray(score, dtype=np.float64)
    return np.where(np.isnan(values), -np.inf, values)
