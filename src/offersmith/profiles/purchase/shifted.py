"""A predictor whose odds are all multiplied, so that the latest stretch comes out right on the whole.

Before Christmas everybody buys more often than in the months that were learned from, and in January less: trees and
networks order customers well and are then wrong on the whole. What the latest stretch showed beyond what was foretold
of it is taken over for the next one (recalibration in the large: Cox 1958, "Two further applications of a model for
binary regression"), where that was right before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from offersmith.profiles.purchase.base import FittedPredictor, Floats
from offersmith.profiles.sequences.steps import Steps

SURE, FURTHEST = 1e-6, 2.0
"""No chance is taken to be nearer to 0 or 1, and no odds are multiplied by more than e^2 or less than e^-2."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedShifted:
    """A fitted predictor, and what is added to its log-odds."""

    fitted: FittedPredictor
    shift: float

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:
        """Return the chances."""
        return moved(self.fitted.chance(profiles, steps), self.shift)


def moved(chance: Floats, shift: float) -> Floats:
    """Return chances with something added to their log-odds."""
    return np.asarray(expit(logit(np.clip(chance, SURE, 1 - SURE)) + shift))


def wanted(chance: Floats, bought: NDArray[np.bool_]) -> float:
    """Return what has to be added so that as many buy as did; 0 where all did or nobody."""
    share = float(bought.mean()) if bought.size else 0.0
    if not 0 < share < 1:
        return 0.0

    def beyond(shift: float) -> float:
        return float(moved(chance, shift).mean()) - share

    if beyond(-FURTHEST) >= 0 or beyond(FURTHEST) <= 0:
        return -FURTHEST if beyond(-FURTHEST) >= 0 else FURTHEST
    return float(brentq(beyond, -FURTHEST, FURTHEST, xtol=1e-9))


def shifts(chances: Sequence[Floats], bought: Sequence[NDArray[np.bool_]]) -> list[float]:
    """Return for each stretch but the earliest what the one before it would have added, the latest first."""
    return [wanted(chance, told) for chance, told in zip(chances[1:], bought[1:], strict=True)]
