"""The X-learner: effects imputed from the other group's model, then learned (Künzel et al. 2019, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases import Base, FittedBase
from offersmith.response.bases.base import loaded_flat
from offersmith.response.bases.linear import LinearBase
from offersmith.response.learners.chances import Chances, clipped
from offersmith.response.learners.crossing import ordered, usable
from offersmith.response.learners.parts import Saved, pack, unpack
from offersmith.response.learners.separate import outcomes, stacked
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True)
class FittedCrossed:
    """Per arm two models of its effect, and the chance that weighs them; None where the arm had too few rows.

    Attributes:
        name: of the learner.
        treated: fitted on who got the arm; trusted where the arm was rare.
        control: fitted on who got nothing; trusted where the arm was common.
        chance: of the arm against the control.
    """

    name: str
    treated: tuple[FittedBase | None, ...]
    control: tuple[FittedBase | None, ...]
    chance: tuple[FittedBase | None, ...]

    def effects(self, x: Floats) -> Floats:
        """Return (n, k): chance x control's model + (1 - chance) x treated's."""
        chance = clipped(stacked(self.chance, x))
        return np.asarray(chance * stacked(self.control, x) + (1 - chance) * stacked(self.treated, x))

    def save(self) -> Saved:
        """Return the models."""
        files, plain = pack([*self.treated, *self.control])
        own, chance = pack(self.chance)
        return files | {f"chance-{name}": content for name, content in own.items()}, {"parts": plain, "chance": chance}


@dataclass(frozen=True, slots=True)
class CrossedLearner:
    """Imputed effects, arm by arm against the control.

    Attributes:
        name: key of `LEARNERS`.
        base: fits the outcomes and the effects.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str
    base: Base
    least: int = 50

    def fit(self, trial: Trial, *, seed: int) -> FittedCrossed | None:
        """Learn outcomes, impute effects, learn those.

        Every effect is imputed with a model of the other group, which never saw the row: nothing is left to cross-fit.
        """
        known = usable(trial, self.least)
        if known is None:
            return None
        rows = ordered(trial)
        models = outcomes(self.base, rows, known, seed)
        level = models[0]
        k = len(models)
        treated: list[FittedBase | None] = [None] * k
        control: list[FittedBase | None] = [None] * k
        chance: list[FittedBase | None] = [None] * k
        chances = Chances.of(rows)
        nothing = rows.take(np.flatnonzero(rows.arm == 0))
        for arm in range(1, k):
            model = models[arm]
            if model is None or level is None:
                continue
            given = rows.take(np.flatnonzero(rows.arm == arm))
            gained = given.outcome - level.predict(given.x)
            missed = model.predict(nothing.x) - nothing.outcome
            treated[arm] = self.base.fit("mean", given.x, gained, seed=seed + k + arm)
            control[arm] = self.base.fit("mean", nothing.x, missed, seed=seed + 2 * k + arm)
            chance[arm] = chances.model(rows, arm, seed)
        return FittedCrossed(self.name, tuple(treated), tuple(control), tuple(chance))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedCrossed:
        """Make a saved one again."""
        parts = unpack(self.base, files, plain["parts"])
        k = len(parts) // 2
        chance = tuple(
            None if values is None else loaded_flat(values) or LinearBase().load({}, values)
            for values in plain["chance"]
        )
        return FittedCrossed(self.name, parts[:k], parts[k:], chance)
