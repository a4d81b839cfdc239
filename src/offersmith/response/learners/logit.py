"""Logistic regression with arm x feature terms, and the offer's cost as arithmetic.

Where the outcome is the profit of a sale, the chance to buy and the size of the basket are learned, and what an offer
takes off is computed. Else a 0/1 outcome is a chance, an outcome that is mostly nothing (a fifth of zeros or more) a
chance to be anything times its mean then (a hurdle, Cragg 1971), and any other a mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.learners.baskets import Baskets, fit_baskets
from offersmith.response.learners.crossing import kind_of, ordered, split, usable
from offersmith.response.learners.interacted import Interacted, fit_interacted
from offersmith.response.learners.parts import Saved
from offersmith.response.trial import Trial

_HURDLE = 0.2
"""Share of zeros from which an outcome is a chance times a mean."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedLogit:
    """A chance, a size, or the product of both.

    Attributes:
        name: of the learner.
        chance: of a sale, or of an outcome that is not zero; None = the outcome is a mean.
        mean: of the outcome, among those with one where there is a chance; None = the chance is the outcome, or
            `baskets` says what a sale is worth.
        baskets: what a sale is worth under every arm.
        known: (k,) 1 where the arm was seen often enough, 0 where nothing is said.
    """

    name: str
    chance: Interacted | None
    mean: Interacted | None
    baskets: Baskets | None
    known: Floats

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) differences to the control."""
        value = np.ones((len(x), len(self.known)))
        for part in (self.chance, self.mean, self.baskets):
            if part is not None:
                value = value * part.predict(x)
        return np.asarray((value - value[:, [0]]) * self.known)

    def save(self) -> Saved:
        """Return the weights."""
        parts = {"chance": self.chance, "mean": self.mean, "baskets": self.baskets}
        plain = {name: None if part is None else part.as_dict() for name, part in parts.items()}
        return {}, {**plain, "known": self.known.tolist()}


@dataclass(frozen=True, slots=True)
class LogitLearner:
    """Arm x feature terms, as much of them as held-out customers ask for.

    Attributes:
        name: key of `LEARNERS`.
        folds: of customers, to choose penalties on.
        least: rows an arm needs; below it its effect is 0.
    """

    name: str = "logit"
    folds: int = 3
    least: int = 20

    def fit(self, trial: Trial, *, seed: int) -> FittedLogit | None:
        """Learn; two seconds for 100,000 rows, 20 features and six arms."""
        known = usable(trial, self.least)
        if known is None:
            return None
        rows = ordered(trial)
        fold = split(rows.customer, self.folds, seed)
        seen = known.astype(np.float64)
        if rows.sale is not None and rows.sale.bought.any() and not rows.sale.bought.all():
            chance = self._part(rows, rows.sale.bought.astype(np.float64), fold)
            return FittedLogit(self.name, chance, None, fit_baskets(rows, rows.sale, fold), seen)
        nothing = rows.outcome == 0.0
        if kind_of(rows.outcome) == "chance":
            return FittedLogit(self.name, self._part(rows, rows.outcome, fold), None, None, seen)
        if nothing.mean() < _HURDLE:
            return FittedLogit(self.name, None, self._part(rows, rows.outcome, fold), None, seen)
        some = np.flatnonzero(~nothing)
        chance = self._part(rows, 1.0 - nothing, fold)
        return FittedLogit(self.name, chance, self._part(rows.take(some), rows.outcome[some], fold[some]), None, seen)

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedLogit:  # noqa: ARG002 - has no files
        """Make a saved one again."""
        chance, mean = (Interacted.of(plain[name]) if plain[name] else None for name in ("chance", "mean"))
        baskets = Baskets.of(plain["baskets"]) if plain["baskets"] else None
        return FittedLogit(self.name, chance, mean, baskets, np.array(plain["known"], dtype=np.float64))

    def _part(self, rows: Trial, y: Floats, fold: Ints) -> Interacted:
        return fit_interacted(kind_of(y), rows.x, y, rows.arm, len(rows.arms), fold)
