"""The R-learner: what is left of the outcome on what is left of the treatment (Nie & Wager 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.bases import Base, FittedBase
from offersmith.response.crossfit import crossfit
from offersmith.response.learners.chances import Chances, clipped
from offersmith.response.learners.crossing import kind_of, ordered, split, usable
from offersmith.response.learners.parts import Saved, pack, unpack
from offersmith.response.learners.separate import stacked
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True)
class FittedEffect:
    """One model of the effect per arm; None where an arm had too few rows, whose effect is 0."""

    name: str
    models: tuple[FittedBase | None, ...]

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) predicted effects."""
        return stacked(self.models, x)

    def save(self) -> Saved:
        """Return the models."""
        files, plain = pack(self.models)
        return files, {"parts": plain}


@dataclass(frozen=True, slots=True)
class ResidualLearner:
    """Residuals, arm by arm against the control.

    Attributes:
        name: key of `LEARNERS`.
        base: fits the outcome over both groups.
        final: fits the effect; None = `base`.
        folds: customers are split into this many, so that nobody's own outcome is in their residual.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str
    base: Base
    final: Base | None = None
    folds: int = 3
    least: int = 50

    def fit(self, trial: Trial, *, seed: int) -> FittedEffect | None:
        """Learn the outcome and the chance out of fold, then the effect by weighted least squares.

        The effect minimises the sum of ((y - m) - (w - e) effect(x))^2: least squares of (y - m) / (w - e) with
        weights (w - e)^2.
        """
        known = usable(trial, self.least)
        if known is None:
            return None
        rows = ordered(trial)
        chances = Chances.of(rows)
        models: list[FittedBase | None] = [None] * len(known)
        for arm in np.flatnonzero(known[1:]) + 1:
            pair = rows.take(np.flatnonzero((rows.arm == arm) | (rows.arm == 0)))
            mean, chance = self._nuisances(pair, int(arm), chances, seed)
            gap = (pair.arm == arm) - chance
            models[arm] = (self.final or self.base).fit(
                "mean", pair.x, (pair.outcome - mean) / gap, weight=gap**2, seed=seed + int(arm)
            )
        return FittedEffect(self.name, tuple(models))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedEffect:
        """Make a saved one again."""
        return FittedEffect(self.name, unpack(self.final or self.base, files, plain["parts"]))

    def _nuisances(self, pair: Trial, arm: int, chances: Chances, seed: int) -> tuple[Floats, Floats]:
        kind = kind_of(pair.outcome)

        def part(learn: Ints, held: Ints) -> Floats:
            mean = self.base.fit(kind, pair.x[learn], pair.outcome[learn], seed=seed)
            chance = chances.model(pair.take(learn), arm, seed)
            return np.column_stack([mean.predict(pair.x[held]), chance.predict(pair.x[held])])

        both = crossfit(split(pair.customer, self.folds, seed), self.folds, part)
        return both[:, 0], clipped(both[:, 1])
