"""The S-learner: one model of the outcome with the arm among the features (Künzel et al. 2019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases import Base, FittedBase
from offersmith.response.learners.crossing import kind_of, ordered, usable
from offersmith.response.learners.parts import Saved
from offersmith.response.trial import Arm, Trial


@dataclass(frozen=True, slots=True, eq=False)
class FittedSingle:
    """One model asked once per arm.

    Attributes:
        name: of the learner.
        model: outcome given features and the arm's codes.
        codes: (k, q) codes of the arms.
        known: (k,) 1 where the arm was seen often enough, 0 where nothing is said.
    """

    name: str
    model: FittedBase
    codes: Floats
    known: Floats

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) differences to the model's answer for the control."""
        answers = np.column_stack([self._ask(x, code) for code in self.codes])
        return np.asarray((answers - answers[:, [0]]) * self.known)

    def _ask(self, x: Floats, code: Floats) -> Floats:
        return self.model.predict(np.column_stack([x, np.broadcast_to(code, (len(x), len(code)))]))

    def save(self) -> Saved:
        """Return the model and the codes."""
        files, plain = self.model.save()
        return files, {"model": plain, "codes": self.codes.tolist(), "known": self.known.tolist()}


@dataclass(frozen=True, slots=True)
class SingleLearner:
    """One model over all arms; an arm is coded by its number and what it gives away.

    Attributes:
        name: key of `LEARNERS`.
        base: fits the outcome.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str
    base: Base
    least: int = 50

    def fit(self, trial: Trial, *, seed: int) -> FittedSingle | None:
        """Learn from all rows at once."""
        known = usable(trial, self.least)
        if known is None:
            return None
        rows, codes = ordered(trial), arm_codes(trial.arms)
        model = self.base.fit(
            kind_of(rows.outcome), np.column_stack([rows.x, codes[rows.arm]]), rows.outcome, seed=seed
        )
        return FittedSingle(self.name, model, codes, known.astype(np.float64))

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedSingle:
        """Make a saved one again."""
        model = self.base.load(files, plain["model"])
        return FittedSingle(self.name, model, np.array(plain["codes"]), np.array(plain["known"]))


def arm_codes(arms: Sequence[Arm]) -> Floats:
    """Return (k, q): a column per arm but the control, then what tells arms apart in what they give away."""
    terms = np.array([[arm.share, arm.fixed, arm.minimum] for arm in arms])
    return np.column_stack([np.eye(len(arms))[:, 1:], terms[:, np.ptp(terms, axis=0) > 0]])
