"""With which chance a row of two arms got the one and not the other.

Logged chances that are the same for everybody need no model. Else, as only the chance of the arm that was given is
known, a row's chance of the arm against the control is a logistic regression among the rows of these two: under a
softmax log (linear scores) it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases import FittedBase
from offersmith.response.bases.base import Flat
from offersmith.response.bases.linear import LinearBase
from offersmith.response.trial import Trial

FLOOR = 0.02
"""Chances of a pair are kept this far from 0 and 1."""
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Chances:
    """How the arms were given: by one lottery for all, whose chances are `shares`, or by something to be learned."""

    shares: Floats | None

    @classmethod
    def of(cls, trial: Trial) -> Chances:
        """Find out: in a lottery for all, every row of an arm names the same chance."""
        shares = np.full(len(trial.arms), np.nan)
        for arm in range(len(trial.arms)):
            named = trial.propensity[trial.arm == arm]
            if len(named):
                if np.ptp(named) > _SAME:
                    return cls(None)
                shares[arm] = float(named.mean())
        return cls(shares)

    def model(self, trial: Trial, arm: int, seed: int) -> FittedBase:
        """Return what predicts the chance of `arm` among rows that got it or the control.

        Args:
            trial: rows it may learn from.
            arm: the arm against the control.
            seed: of the fit.
        """
        if self.shares is not None:
            return Flat(float(self.shares[arm] / (self.shares[arm] + self.shares[0])))
        rows = np.flatnonzero((trial.arm == arm) | (trial.arm == 0))
        return LinearBase().fit("chance", trial.x[rows], (trial.arm[rows] == arm).astype(float), seed=seed)


def clipped(chance: Floats) -> Floats:
    """Return chances kept away from 0 and 1."""
    return np.asarray(np.clip(chance, FLOOR, 1 - FLOOR))
