"""What is expected of a customer whatever they are given: a linear model with boosted trees on top, cross-fitted.

The level carries most of what can be predicted and none of what is asked; taking it off first, from models that never
saw the row's customer, leaves the offers' effects with noise only (Robinson 1988; Chernozhukov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints, Kind
from offersmith.response.linear import Linear, expit, least_squares, log_loss, logistic
from offersmith.response.shared import kernels
from offersmith.response.shared.boosted import LARGE, Grower, Tree, Trees
from offersmith.response.shared.kernels import Bins

PENALTY = 20.0
ROUNDS = (0, 10, 20, 40)
MORE = (80,)
"""Numbers of trees that are tried, and those tried besides from `boosted.LARGE` rows."""
DEPTH, RATE = 4, 0.2
SPREAD = 0.3
"""Prior spread of a leaf's value: in log-odds, or in spreads of what the linear part leaves."""
LEAST = 60
"""Rows both sides of a split must be worth, of those a tree sees."""
_FEWEST = 400
"""Rows below which no trees are tried."""
_SURE = 1e-3


@dataclass(frozen=True, slots=True)
class Level:
    """One model a fold, each fitted on the other folds.

    Attributes:
        kind: `chance` of a 0/1 outcome, or `mean`.
        base: the linear parts.
        trees: their trees, one arm wide; empty for none.
    """

    kind: Kind
    base: tuple[Linear, ...]
    trees: tuple[Trees, ...]

    def predict(self, x: Floats, bins: Bins) -> Floats:
        """Return (n,) expectations for customers no model has seen: the models' mean."""
        found = np.zeros(len(x))
        for part, base in enumerate(self.base):
            raw = base.predict(x)
            if self.trees:
                raw = raw + self.trees[part].predict(bins)[:, 0]
            found += expit(raw) if self.kind == "chance" else raw
        return found / len(self.base)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, without the trees."""
        return {"kind": self.kind, "base": [one.as_dict() for one in self.base]}

    @classmethod
    def of(cls, plain: Mapping[str, Any], trees: tuple[Trees, ...]) -> Level:
        """Make it again."""
        return cls(plain["kind"], tuple(Linear.of(one) for one in plain["base"]), trees)


def fit_level(kind: Kind, x: Floats, bins: Bins, y: Floats, fold: Ints, folds: int, seed: int) -> tuple[Level, Floats]:
    """Fit one model a fold; how many trees, is what does best on the rows it did not see.

    Args:
        kind: `chance` of a 0/1 outcome or `mean`.
        x: (n, p) features.
        bins: (p, n) the same, binned.
        y: (n,) outcome.
        fold: (n,) below `folds`.
        folds: how many.
        seed: of the trees.

    Returns:
        The level, and (n,) what each row's is expected to be by the model that did not see it.
    """
    bases, grown = [], []
    tried = ROUNDS + (MORE if len(y) >= LARGE else ())
    raws = np.zeros((len(tried), len(y)))
    for part in range(folds):
        inside, held = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        learn = logistic if kind == "chance" else least_squares
        base = learn(x[inside], y[inside], PENALTY)
        bases.append(base)
        trees, stages = _grow(kind, bins, y, base.predict(x), inside, tried, seed + part)
        grown.append(trees)
        raws[:, held] = stages[:, held]
    loss = [log_loss(raw, y) if kind == "chance" else float(np.mean((raw - y) ** 2)) for raw in raws]
    # Where a fold has too little to grow trees, none are kept, and no row may be expected by them.
    best = int(np.argmin(loss)) if all(grown) else 0
    used = tuple(Trees.of(trees[: tried[best]]) for trees in grown) if tried[best] else ()
    return Level(kind, tuple(bases), used), expit(raws[best]) if kind == "chance" else raws[best]


def _grow(
    kind: Kind, bins: Bins, y: Floats, start: Floats, inside: Ints, tried: tuple[int, ...], seed: int
) -> tuple[list[Tree], Floats]:
    """Return trees and (tried, n) the raw expectations after so many of them; Newton steps (Friedman 2001)."""
    stages = np.tile(start, (len(tried), 1))
    if len(inside) < _FEWEST or y[inside].min() == y[inside].max():
        return [], stages
    unit = 1.0 if kind == "chance" else max(float(np.std((y - start)[inside])), 1e-12)
    rest = (y - start) / unit
    rows = np.zeros(len(y), dtype=np.int64)
    weight = np.ones(len(y))
    usual = float(y[inside].mean() * (1 - y[inside].mean())) if kind == "chance" else 1.0
    luck = np.random.default_rng(seed)
    grower = Grower(bins, rows, np.array([[SPREAD**-2]]), LEAST * usual, RATE, DEPTH, inside, luck)
    grown: list[Tree] = []
    for number in range(1, tried[-1] + 1):
        if kind == "chance":
            chance = np.clip(expit(y - rest), _SURE, 1 - _SURE)
            weight, pull = chance * (1 - chance), y - chance
        else:
            pull = rest
        tree, leaf = grower.tree(weight, pull)
        kernels.explain(rest, leaf, rows, tree[2])
        grown.append((tree[0], tree[1], tree[2] * unit))
        if number in tried:
            stages[tried.index(number)] = y - rest * unit
    return grown, stages
