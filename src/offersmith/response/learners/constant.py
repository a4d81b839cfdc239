"""The same effect for everybody: what a shop knows that compares averages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases.linear import LinearBase
from offersmith.response.learners.crossing import ordered, usable
from offersmith.response.learners.parts import Saved
from offersmith.response.learners.robust import scores
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True)
class FittedConstant:
    """One number per arm."""

    name: str
    means: tuple[float, ...]

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) times the numbers."""
        return np.tile(np.array(self.means), (len(x), 1))

    def save(self) -> Saved:
        """Return the numbers."""
        return {}, {"means": list(self.means)}


@dataclass(frozen=True, slots=True)
class ConstantLearner:
    """Average doubly robust score of every arm, shrunk towards 0 by its own standard error.

    Regression adjustment (linear, cross-fitted) takes out what features explain of the outcome. The average m with
    standard error s counts for m max(0, 1 - s^2 / m^2) (the positive-part rule of James & Stein 1961 for one number):
    an average that cannot be told from noise counts for nothing.

    Attributes:
        name: key of `LEARNERS`.
        folds: of customers.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str = "constant"
    folds: int = 3
    least: int = 10

    def fit(self, trial: Trial, *, seed: int) -> FittedConstant | None:
        """Average."""
        known = usable(trial, self.least)
        if known is None:
            return None
        rows = ordered(trial)
        score = scores(LinearBase(), rows, known, self.folds, seed)
        mean = score.mean(axis=0)
        _, who = np.unique(rows.customer, return_inverse=True)
        means = [0.0] * len(known)
        for arm in np.flatnonzero(known[1:]) + 1:
            of_customer = np.bincount(who, weights=score[:, arm] - mean[arm])
            error = float(of_customer @ of_customer) / len(rows) ** 2
            if mean[arm] != 0:
                means[arm] = float(mean[arm] * max(0.0, 1 - error / mean[arm] ** 2))
        return FittedConstant(self.name, tuple(means))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedConstant:  # noqa: ARG002 - has no files
        """Make a saved one again."""
        return FittedConstant(self.name, tuple(float(value) for value in plain["means"]))
