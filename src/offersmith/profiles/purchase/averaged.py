"""The mean of other predictors' log-odds: where two err in different ways, their mean errs less than either."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import expit, logit

from offersmith.profiles.purchase.base import FittedPredictor, Floats, Predictor, Rows

SURE = 1e-6
"""No member's chance counts as nearer to 0 or 1."""


@dataclass(frozen=True, slots=True)
class FittedAveraged:
    """Fitted members that count alike."""

    members: tuple[FittedPredictor, ...]

    def chance(self, profiles: pa.Table) -> Floats:
        """Return the chances."""
        odds = [logit(np.clip(one.chance(profiles), SURE, 1 - SURE)) for one in self.members]
        return np.asarray(expit(np.mean(odds, axis=0)))


@dataclass(frozen=True, slots=True)
class Averaged:
    """An average (logarithmic opinion pool with equal weights, Genest & Zidek 1986).

    Attributes:
        name: key of `PREDICTORS`.
        members: what is averaged.
    """

    name: str
    members: tuple[Predictor, ...]

    def fit(self, rows: Rows, *, seed: int) -> FittedAveraged:
        """Let all members learn."""
        return FittedAveraged(tuple(one.fit(rows, seed=seed) for one in self.members))
