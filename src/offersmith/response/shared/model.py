"""Chance, basket and arithmetic put together: what is expected of a customer under every arm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.learners.crossing import kind_of
from offersmith.response.shared.codes import codes
from offersmith.response.shared.part import Crossfitted, Part, fit_part
from offersmith.response.trial import Arm, Trial

FEWEST = 200
"""Sales, or outcomes that are not nothing, below which their size is not learned but averaged."""
_HURDLE = 0.2
_POINTS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """How much, of those with anything: a mean for all, or a part of amounts or of their logarithms.

    Attributes:
        mean: of all, for customers and arms alike where nothing was learned.
        part: None = nothing was learned.
        smear: what exp(a predicted logarithm) is multiplied by; 0 = amounts were learned as they are.
        ratio: quantiles of amount over predicted amount.
        lowest: no smaller amount is predicted,
        highest: and no larger one than was ever seen: exp of an odd customer's logarithm would know no end.
    """

    mean: float
    part: Part | None
    smear: float
    ratio: Floats
    lowest: float
    highest: float

    def predict(self, x: Floats, k: int) -> Floats:
        """Return (n, k) expected amounts."""
        if self.part is None:
            return np.full((len(x), k), self.mean)
        raw = self.part.predict(x)
        return self.within(self.smear * np.exp(raw) if self.smear > 0 else raw)

    def within(self, amount: Floats) -> Floats:
        """Return amounts held to those that were seen."""
        return np.clip(amount, self.lowest, self.highest)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected of customers, each (n, k): one column an arm.

    Attributes:
        chance: to buy, or of an outcome that is not nothing; ones where the outcome is a mean.
        size: basket of a buyer before the offer's cost, or the outcome of those with one.
        relief: what the arm takes off a buyer's basket; zeros without a sale.
        outcome: the expectation of what is judged.
    """

    chance: Floats
    size: Floats
    relief: Floats
    outcome: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted shared model.

    Attributes:
        arms: of the trial.
        mean: (p,) of the features, as they were seen.
        spread: (p,) likewise.
        chance: None = the outcome is not a chance times a size.
        size: None = the outcome is a chance.
        margin: profit before offers over a basket; None = the outcome is no sale and offers cost nothing besides.
        known: (k,) 1 where the arm was seen often enough to speak of.
    """

    arms: tuple[Arm, ...]
    mean: Floats
    spread: Floats
    chance: Part | None
    size: Size | None
    margin: float | None
    known: Floats

    def expected(self, x: Floats) -> Expected:
        """Return what is expected of (n, p) customers under each arm."""
        scaled, k = standard(x, self.mean, self.spread), len(self.arms)
        chance = self.chance.predict(scaled) if self.chance else np.ones((len(x), k))
        size = self.size.predict(scaled, k) if self.size else np.ones((len(x), k))
        relief = np.zeros((len(x), k))
        if self.margin is None:
            return Expected(chance, size, relief, chance * size)
        ratio = self.size.ratio if self.size else np.ones(1)
        for number, arm in enumerate(self.arms):
            relief[:, number] = taken(arm, size[:, number], ratio)
        return Expected(chance, size, relief, chance * (self.margin * size - relief))

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) differences of the expected outcome to the control's."""
        outcome = self.expected(x).outcome
        return np.asarray((outcome - outcome[:, [0]]) * self.known)


def standard(x: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return features in units of their spreads, beyond eight of them cut off."""
    return np.asarray(np.clip((x - mean) / spread, -8.0, 8.0))


def taken(arm: Arm, size: Floats, ratio: Floats) -> Floats:
    """Return what an arm takes off baskets of expected size, over the ways they spread where it asks for a minimum."""
    if arm.minimum <= 0:
        return arm.relief(size)
    return np.asarray(np.mean([arm.relief(size * one) for one in ratio], axis=0))


def fit(trial: Trial, known: Floats, fold: Ints, folds: int, seed: int, *, trees: bool = True) -> Model:
    """Fit a shared model.

    Args:
        trial: rows in a fixed order.
        known: (k,) 1 for arms with enough rows.
        fold: (n,) fold of each row's customer.
        folds: how many.
        seed: of the trees.
        trees: whether the boosted member takes part.
    """
    mean, spread = trial.x.mean(axis=0), trial.x.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    x, code = standard(trial.x, mean, spread), codes(trial.arms)

    def part(y: Floats, rows: Ints, turn: int) -> Crossfitted:
        return fit_part(
            kind_of(y), x[rows], trial.arm[rows], trial.propensity[rows], y, code, fold[rows], folds, seed + turn, trees
        )

    everybody = np.arange(len(trial))
    if trial.sale is not None:
        some, amount = trial.sale.bought, trial.sale.basket
    else:
        some, amount = trial.outcome != 0.0, trial.outcome
    if trial.sale is None and (kind_of(trial.outcome) == "chance" or some.mean() > 1 - _HURDLE):
        found = part(trial.outcome, everybody, 0)
        if found.part.level.kind == "chance":
            return Model(trial.arms, mean, spread, found.part, None, None, known)
        whole = Size(float(amount.mean()), found.part, 0.0, np.ones(1), -np.inf, np.inf)
        return Model(trial.arms, mean, spread, None, whole, None, known)
    chance = None if some.all() else part(some.astype(np.float64), everybody, 0).part
    rows = np.flatnonzero(some)
    size = _size(amount[rows], trial.arm[rows], lambda y: part(y, rows, 50))
    return Model(trial.arms, mean, spread, chance, size, trial.sale.margin if trial.sale else None, known)


def _size(amount: Floats, arm: Ints, learn: Callable[[Floats], Crossfitted]) -> Size:
    mean = float(amount.mean()) if len(amount) else 0.0
    if len(amount) < FEWEST or amount.min() == amount.max():
        ratio = np.quantile(amount / mean, (np.arange(_POINTS) + 0.5) / _POINTS) if mean > 0 else np.ones(1)
        return Size(mean, None, 0.0, ratio, -np.inf, np.inf)
    logs = bool(amount.min() > 0)
    found = learn(np.log(amount) if logs else amount)
    out = found.out[np.arange(len(amount)), arm]
    if not logs:
        return Size(mean, found.part, 0.0, np.ones(1), -np.inf, float(amount.max()))
    smear = float(amount.sum() / np.exp(out).sum())
    ratio = np.quantile(amount / (smear * np.exp(out)), (np.arange(_POINTS) + 0.5) / _POINTS)
    return Size(mean, found.part, smear, ratio, float(amount.min()), float(amount.max()))
