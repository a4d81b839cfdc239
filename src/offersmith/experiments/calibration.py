"""Whether predicted chances happen as often as they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_STEPS = 50


@dataclass(frozen=True, slots=True)
class Bin:
    """One group of customers with like predictions: how many, mean predicted, share that responded."""

    rows: int
    predicted: float
    observed: float

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {"rows": self.rows, "predicted": self.predicted, "observed": self.observed}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predicted against observed.

    Attributes:
        bins: groups of equal size by rising prediction.
        ratio: responses expected over observed; 1 is right, 2 promises twice what came.
        slope: of a logistic regression of the response on the predicted log-odds; below 1 = too extreme (Cox 1958).
        intercept: of the same regression; 0 is right.
        brier: mean squared difference.
    """

    bins: tuple[Bin, ...]
    ratio: float
    slope: float
    intercept: float
    brier: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "bins": [part.as_dict() for part in self.bins],
            "ratio": self.ratio,
            "slope": self.slope,
            "intercept": self.intercept,
            "brier": self.brier,
        }


def calibration(y: ArrayLike, probability: ArrayLike, bins: int = 10) -> Calibration:
    """Compare predicted chances with what happened.

    Args:
        y: (n,) zeros and ones.
        probability: (n,) predicted chances in [0, 1].
        bins: how many groups of equal size.
    """
    label = np.asarray(y, dtype=np.float64)
    chance = np.asarray(probability, dtype=np.float64)
    order = np.argsort(chance, kind="stable")
    groups = [part for part in np.array_split(order, bins) if len(part)]
    table = tuple(Bin(len(part), float(chance[part].mean()), float(label[part].mean())) for part in groups)
    observed = float(label.sum())
    intercept, slope = _line(label, chance)
    return Calibration(
        bins=table,
        ratio=float(chance.sum() / observed) if observed else float("nan"),
        slope=slope,
        intercept=intercept,
        brier=float(np.mean((chance - label) ** 2)) if len(label) else float("nan"),
    )


def _line(label: NDArray[np.float64], chance: NDArray[np.float64]) -> tuple[float, float]:
    if len(label) == 0 or label.min() == label.max():
        return float("nan"), float("nan")
    clipped = np.clip(chance, 1e-6, 1 - 1e-6)
    design = np.column_stack([np.ones(len(label)), np.log(clipped / (1 - clipped))])
    if np.ptp(design[:, 1]) < 1e-9:
        return float("nan"), float("nan")
    beta = np.zeros(2)
    for _ in range(_STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        weight = np.maximum(fitted * (1 - fitted), 1e-9)
        step = np.linalg.solve((design * weight[:, None]).T @ design + 1e-9 * np.eye(2), design.T @ (label - fitted))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return float(beta[0]), float(beta[1])
