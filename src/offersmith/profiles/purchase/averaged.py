"""Two predictors that see different things, averaged: in log-odds, half and half.

A weight of their own would have to be learned from what neither has seen; the plain average of two good forecasts is
hard to beat (Clemen 1989, "Combining forecasts: a review and annotated bibliography").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import expit, logit

from offersmith.profiles.purchase.base import FittedPredictor, Floats
from offersmith.profiles.sequences.steps import Steps

SURE = 1e-6
"""No chance is taken to be nearer to 0 or 1: one of the two would decide alone."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedAverage:
    """The average of two that have learned."""

    one: FittedPredictor
    other: FittedPredictor

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:
        """Return the chances."""
        odds = [logit(np.clip(each.chance(profiles, steps), SURE, 1 - SURE)) for each in (self.one, self.other)]
        return np.asarray(expit((odds[0] + odds[1]) / 2))
