"""The T-learner: one model of the outcome per arm (Künzel et al. 2019)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Bools, Floats
from offersmith.response.bases import Base, FittedBase
from offersmith.response.learners.crossing import kind_of, ordered, usable
from offersmith.response.learners.parts import Saved, pack, unpack
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True)
class FittedSeparate:
    """One model of the outcome per arm; None where an arm had too few rows, whose effect is 0."""

    name: str
    models: tuple[FittedBase | None, ...]

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) differences to the control's model."""
        return differences(self.models, x)

    def save(self) -> Saved:
        """Return the models."""
        files, plain = pack(self.models)
        return files, {"parts": plain}


@dataclass(frozen=True, slots=True)
class SeparateLearner:
    """One model per arm.

    Attributes:
        name: key of `LEARNERS`.
        base: fits the outcome of an arm.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str
    base: Base
    least: int = 50

    def fit(self, trial: Trial, *, seed: int) -> FittedSeparate | None:
        """Learn arm by arm."""
        known = usable(trial, self.least)
        return None if known is None else FittedSeparate(self.name, outcomes(self.base, ordered(trial), known, seed))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedSeparate:
        """Make a saved one again."""
        return FittedSeparate(self.name, unpack(self.base, files, plain["parts"]))


def outcomes(base: Base, trial: Trial, known: Bools, seed: int) -> tuple[FittedBase | None, ...]:
    """Return a model of the outcome for every arm that is known, fitted on its rows."""
    kind = kind_of(trial.outcome)
    models: list[FittedBase | None] = []
    for arm, enough in enumerate(known):
        rows = np.flatnonzero(trial.arm == arm)
        models.append(base.fit(kind, trial.x[rows], trial.outcome[rows], seed=seed + arm) if enough else None)
    return tuple(models)


def differences(models: tuple[FittedBase | None, ...], x: Floats) -> Floats:
    """Return (n, k) predictions less those of the first model; zero where there is no model."""
    result = np.zeros((len(x), len(models)))
    control = models[0]
    if control is None:
        return result
    level = control.predict(x)
    for arm, model in enumerate(models[1:], start=1):
        if model is not None:
            result[:, arm] = model.predict(x) - level
    return result


def stacked(models: tuple[FittedBase | None, ...], x: Floats) -> Floats:
    """Return (n, k) the effects that models of effects predict; zero where there is no model."""
    result = np.zeros((len(x), len(models)))
    for arm, model in enumerate(models):
        if model is not None:
            result[:, arm] = model.predict(x)
    return result
