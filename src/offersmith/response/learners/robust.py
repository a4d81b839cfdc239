"""The DR-learner: a regression on doubly robust scores (Kennedy 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.bases import Base, FittedBase
from offersmith.response.crossfit import crossfit
from offersmith.response.learners.crossing import ordered, split, usable
from offersmith.response.learners.parts import unpack
from offersmith.response.learners.residual import FittedEffect
from offersmith.response.learners.separate import outcomes, stacked
from offersmith.response.trial import Trial

FLOOR = 0.01
"""A row counts for at most a hundred: chances below this are raised to it."""


@dataclass(frozen=True, slots=True)
class RobustLearner:
    """A regression on scores, arm by arm.

    Attributes:
        name: key of `LEARNERS`.
        base: fits the outcome of every arm.
        final: fits the effect; None = `base`.
        folds: customers are split into this many, so that nobody's own outcome is in the models of their score.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str
    base: Base
    final: Base | None = None
    folds: int = 3
    least: int = 50

    def fit(self, trial: Trial, *, seed: int) -> FittedEffect | None:
        """Score every row for every arm out of fold, then learn the scores from the features."""
        known = usable(trial, self.least)
        if known is None:
            return None
        rows = ordered(trial)
        score = scores(self.base, rows, known, self.folds, seed)
        models: list[FittedBase | None] = [None] * len(known)
        for arm in np.flatnonzero(known[1:]) + 1:
            models[arm] = (self.final or self.base).fit("mean", rows.x, score[:, arm], seed=seed + int(arm))
        return FittedEffect(self.name, tuple(models))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedEffect:
        """Make a saved one again."""
        return FittedEffect(self.name, unpack(self.final or self.base, files, plain["parts"]))


def scores(base: Base, trial: Trial, known: Bools, folds: int, seed: int) -> Floats:
    """Return (n, k) doubly robust scores of every arm's effect over the control (Robins & Rotnitzky 1995).

    Their mean is right when either the chances or the outcome models are. An arm that is not known scores 0.
    """

    def part(learn: Ints, held: Ints) -> Floats:
        inside = trial.take(learn)
        return stacked(outcomes(base, inside, known & (inside.counts > 0), seed), trial.x[held])

    level = crossfit(split(trial.customer, folds, seed), folds, part)
    here = np.arange(len(trial))
    gap = (trial.outcome - level[here, trial.arm]) / np.maximum(trial.propensity, FLOOR)
    value = level.copy()
    value[here, trial.arm] += gap
    return np.asarray((value - value[:, [0]]) * known)
