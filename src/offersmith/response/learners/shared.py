"""The shared model as a learner: see `response.shared`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.learners.crossing import ordered, split, usable
from offersmith.response.linear import steady
from offersmith.response.shared import kept
from offersmith.response.shared.model import Expected, Model, fit
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True, eq=False)
class FittedShared:
    """A shared model.

    Attributes:
        name: of the learner.
        model: what it learned.
    """

    name: str
    model: Model

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) differences to the control."""
        with steady():
            return self.model.effects(x)

    def expected(self, x: Floats) -> Expected:
        """Return chance, size and outcome under every arm."""
        with steady():
            return self.model.expected(x)

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return its arrays and plain values."""
        return kept.save(self.model)


@dataclass(frozen=True, slots=True)
class SharedLearner:
    """All arms in one model.

    Attributes:
        name: key of `LEARNERS`.
        trees: whether boosted trees take part; without them every effect is a sum of what single features do.
        folds: of customers; each boosted member learns on the others.
        large: rows from which two folds do, for half of so many is enough.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str = "shared"
    trees: bool = True
    folds: int = 3
    large: int = 300_000
    least: int = 20

    def fit(self, trial: Trial, *, seed: int) -> FittedShared | None:
        """Learn; None where nothing can be compared."""
        known = usable(trial, self.least)
        if known is None or trial.x.shape[1] == 0:
            return None
        rows = ordered(trial)
        folds = self.folds if len(rows) < self.large else 2
        fold = split(rows.customer, folds, seed)
        if np.bincount(fold, minlength=folds).min() < self.least:
            return None
        with steady():
            return FittedShared(self.name, fit(rows, known.astype(np.float64), fold, folds, seed, trees=self.trees))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedShared:
        """Make a saved one again."""
        return FittedShared(self.name, kept.load(files, plain))
