"""What each arm is expected to bring each row, from other customers: the model a doubly robust score leans on.

A good model makes the score's interval narrower, a bad one wider; neither makes it wrong. So it is cheap and careful:
ridge on standardised features and their squares, one for all arms first and each arm's own shrunk towards that;
where most rewards are zero also a hurdle (chance of any reward x mean of rewards), and below both the arm's mean,
shrunk towards everybody's. Each arm takes the one with the smallest squared error on customers held out: of all that
is fitted, this one choice of three sees every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.linear import steady

PRIOR_ROWS = 10.0
"""What everybody's mean counts for beside an arm's own, in rows."""
PENALTY = 20.0
"""Of slopes, in rows."""
FAR = 5.0
"""Features are held to so many spreads: the square of an odd value would outweigh all others."""
SQUARES_UP_TO = 100
"""With more features than this, squares are left out."""
ROWS_A_COLUMN = 3
"""An arm with fewer rows than so many for each column keeps to its mean."""
ZEROS = (0.05, 0.9999)
"""Shares of zero rewards between which a hurdle is tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One arm's model, once for every fold it is applied to.

    Attributes:
        mean: (folds, p) coefficients of the reward, or of rewards that are not zero.
        chance: (folds, p) of the chance of a reward that is not zero; None = `mean` says it all.
        low: (folds,) predictions of `mean` are held above this,
        high: (folds,) and below this.
    """

    mean: Floats
    chance: Floats | None
    low: Floats
    high: Floats

    def predict(self, design: Floats, fold: Ints) -> Floats:
        """Return (n,) expected rewards, of each row by the model of its fold."""
        value = np.clip(_apply(design, self.mean, fold), self.low[fold], self.high[fold])
        return value if self.chance is None else value * np.clip(_apply(design, self.chance, fold), 0.0, 1.0)


def expected_rewards(
    x: Floats, arm: Ints, arms: int, reward: Floats, fold: Ints, count: int
) -> Iterator[tuple[int, Floats]]:
    """Yield each arm's number and (n,) expected rewards, each row's from a model fitted on other folds.

    Arm by arm, so that a log with many arms does not need n x arms numbers at once. Call it within `linear.steady()`
    where the numbers are stored: their last digits depend on the number of threads.

    Args:
        x: (n, p) features, finite; p may be 0.
        arm: (n,) which was given.
        arms: how many there are; one never given gets everybody's mean.
        reward: (n,) what came of it.
        fold: (n,) of `crossfit.folds`.
        count: number of folds.
    """
    design = _design(x)
    some = np.flatnonzero(reward != 0)
    whole = _Shared.of(design, arm, arms, reward, fold, count)
    zeros = 1 - len(some) / max(len(reward), 1)
    hurdle = None
    if ZEROS[0] < zeros < ZEROS[1]:
        chance = _Shared.of(design, arm, arms, (reward != 0).astype(np.float64), fold, count)
        hurdle = chance, _Shared.of(design[some], arm[some], arms, reward[some], fold[some], count)
    order = np.argsort(arm, kind="stable")
    ends = np.searchsorted(arm[order], np.arange(arms + 1))
    for one in range(arms):
        rows = order[ends[one] : ends[one + 1]]
        yield one, _best(design[rows], reward[rows], fold[rows], one, whole, hurdle).predict(design, fold)


def seen_by(
    table: Floats, cell: Ints, x: Floats, arm: Ints, reward: Floats, fold: Ints, count: int
) -> tuple[Floats, Floats]:
    """Return what a target policy needs of the model: (n,) the given arm's expected reward, and the target's own.

    Args:
        table: (cells, arms) the target's chances.
        cell: (n,) each row's line of `table`.
        x: (n, p) features.
        arm: (n,) which was given.
        reward: (n,) what came of it.
        fold: (n,) of `crossfit.folds`.
        count: number of folds.
    """
    given, target = np.zeros(len(arm)), np.zeros(len(arm))
    with steady():
        for one, expected in expected_rewards(x, arm, table.shape[1], reward, fold, count):
            given[arm == one] = expected[arm == one]
            target += table[cell, one] * expected
    return given, target


def _best(
    design: Floats, reward: Floats, fold: Ints, one: int, whole: _Shared, hurdle: tuple[_Shared, _Shared] | None
) -> Model:
    low, high = whole.low, whole.high
    level = np.zeros_like(whole.slopes)
    level[:, 0] = whole.means[one]
    tries = [Model(level, None, low, high)]
    if design.shape[1] > 1 and len(reward) >= ROWS_A_COLUMN * design.shape[1]:
        tries.append(Model(whole.own(one, design, reward, fold), None, low, high))
        if hurdle is not None:
            chance, mean = hurdle
            some: Bools = reward != 0
            tries.append(
                Model(
                    mean.own(one, design[some], reward[some], fold[some]),
                    chance.own(one, design, some.astype(np.float64), fold),
                    mean.low,
                    mean.high,
                )
            )
    errors = [float(np.sum((reward - made.predict(design, fold)) ** 2)) for made in tries]
    return tries[int(np.argmin(errors))]


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What all arms have in common in one outcome, once for every fold left out.

    Attributes:
        means: (arms, folds) of each arm, shrunk towards everybody's.
        slopes: (folds, p) of the design, around the arms' means.
        low: (folds,) the smallest outcome.
        high: (folds,) the largest.
    """

    means: Floats
    slopes: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, design: Floats, arm: Ints, arms: int, y: Floats, fold: Ints, count: int) -> _Shared:
        """Fit it."""
        cells = arm * count + fold
        sums = np.bincount(cells, weights=y, minlength=arms * count).reshape(arms, count)
        sizes = np.bincount(cells, minlength=arms * count).reshape(arms, count).astype(np.float64)
        sums, sizes = sums.sum(axis=1, keepdims=True) - sums, sizes.sum(axis=1, keepdims=True) - sizes
        everybody = sums.sum(axis=0) / np.maximum(sizes.sum(axis=0), 1.0)
        means = (sums + PRIOR_ROWS * everybody) / (sizes + PRIOR_ROWS)
        gram, right = _others(design, y, fold, count)
        columns = _sums(design, cells, arms * count).reshape(arms, count, -1)
        right -= np.einsum("af,afp->fp", means, columns.sum(axis=1, keepdims=True) - columns)
        slopes = np.asarray(np.linalg.solve(gram + _ridge(design.shape[1]), right[..., None])[..., 0], dtype=np.float64)
        others = [y[fold != part] for part in range(count)]
        low, high = (np.array([end(part, initial=0.0) for part in others]) for end in (np.min, np.max))
        return cls(means, slopes, low, high)

    def own(self, one: int, design: Floats, y: Floats, fold: Ints) -> Floats:
        """Return (folds, p) coefficients of one arm from its rows, shrunk towards those of all."""
        count = len(self.slopes)
        start = self.slopes.copy()
        start[:, 0] += self.means[one]
        gram, right = _others(design, y, fold, count)
        rest = right - (gram @ start[..., None])[..., 0]
        moved = np.linalg.solve(gram + _ridge(design.shape[1]), rest[..., None])[..., 0]
        return np.asarray(start + moved)


def _design(x: Floats) -> Floats:
    spread = x.std(axis=0)
    kept = spread > 1e-12 * np.maximum(np.abs(x).max(axis=0, initial=0.0), 1e-300)
    z = np.clip((x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept], -FAR, FAR)
    columns = [np.ones((len(x), 1)), z]
    if z.shape[1] <= SQUARES_UP_TO:
        square = z * z
        wide = square.std(axis=0) > 1e-6
        columns.append((square[:, wide] - square[:, wide].mean(axis=0)) / square[:, wide].std(axis=0))
    return np.ascontiguousarray(np.hstack(columns))


def _others(design: Floats, y: Floats, fold: Ints, count: int) -> tuple[Floats, Floats]:
    """Return, for every fold, X'X (folds, p, p) and X'y (folds, p) of all other folds."""
    p = design.shape[1]
    gram, right = np.zeros((count, p, p)), np.zeros((count, p))
    for part in range(count):
        rows = fold == part
        inside = design[rows]
        gram[part], right[part] = inside.T @ inside, inside.T @ y[rows]
    return gram.sum(axis=0) - gram, right.sum(axis=0) - right


def _sums(design: Floats, cell: Ints, count: int) -> Floats:
    """Return (cells, p) sums of the design's rows."""
    order = np.argsort(cell, kind="stable")
    present, starts = np.unique(cell[order], return_index=True)
    sums = np.zeros((count, design.shape[1]))
    if len(starts):
        sums[present] = np.add.reduceat(design[order], starts, axis=0)
    return sums


def _ridge(p: int) -> Floats:
    penalty = np.full(p, PENALTY)
    penalty[0] = 1.0
    return np.diag(penalty)


def _apply(design: Floats, beta: Floats, fold: Ints) -> Floats:
    return np.take_along_axis(design @ beta.T, fold[:, None], axis=1)[:, 0]
