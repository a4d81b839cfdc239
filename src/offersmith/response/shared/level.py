"""What is expected of a customer whatever they are given: a linear model with boosted trees on top, cross-fitted.

The level carries most of what can be predicted and none of what is asked; taking it off first, from models that never
saw the row's customer, leaves the offers' effects with noise only (Robinson 1988; Chernozhukov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.linear import Linear, expit, least_squares, log_loss, logistic
from offersmith.response.structural.stacked import Kind, library

PENALTY = 20.0
ROUNDS = (0, 20, 40, 80)
MORE = (160,)
"""Numbers of trees that are tried, and those tried besides from `LARGE` rows."""
LARGE = 300_000
_FEWEST = 400
"""Rows below which no trees are tried."""
_TREES: Mapping[str, Any] = {
    "num_leaves": 15,
    "learning_rate": 0.1,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "boost_from_average": False,
}


@dataclass(frozen=True, slots=True)
class Level:
    """One model a fold, each fitted on the other folds.

    Attributes:
        kind: `chance` of a 0/1 outcome, or `mean`.
        base: the linear parts.
        trees: their trees as text, empty for none.
        rounds: trees used of each.
    """

    kind: Kind
    base: tuple[Linear, ...]
    trees: tuple[str, ...]
    rounds: int

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expectations for customers no model has seen: the models' mean."""
        parts = [self.one(part, x) for part in range(len(self.base))]
        return np.asarray(sum(parts) / len(parts))

    def one(self, part: int, x: Floats) -> Floats:
        """Return (n,) expectations of the model that did not see fold `part`."""
        raw = self.base[part].predict(x)
        if self.rounds and len(x) and self.trees[part]:
            raw = raw + _raw(library().Booster(model_str=self.trees[part]), x, self.rounds)
        return expit(raw) if self.kind == "chance" else raw

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "base": [one.as_dict() for one in self.base],
            "trees": list(self.trees),
            "rounds": self.rounds,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Level:
        """Make it again."""
        return cls(
            plain["kind"], tuple(Linear.of(one) for one in plain["base"]), tuple(plain["trees"]), plain["rounds"]
        )


def fit_level(kind: Kind, x: Floats, y: Floats, fold: Ints, folds: int, seed: int) -> tuple[Level, Floats]:
    """Fit one model a fold; how many trees, is what does best on the rows it did not see.

    Args:
        kind: `chance` of a 0/1 outcome or `mean`.
        x: (n, p) features.
        y: (n,) outcome.
        fold: (n,) below `folds`.
        folds: how many.
        seed: of the trees.

    Returns:
        The level, and (n,) what each row's is expected to be by the model that did not see it.
    """
    grown = []
    tried = ROUNDS + (MORE if len(y) >= LARGE else ())
    loss = np.zeros(len(tried))
    raws = np.zeros((len(tried), len(y)))
    for part in range(folds):
        inside, held = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        base = (
            logistic(x[inside], y[inside], PENALTY)
            if kind == "chance"
            else least_squares(x[inside], y[inside], PENALTY)
        )
        trees = _grow(kind, x[inside], y[inside], base, tried[-1], seed + part)
        start = base.predict(x[held])
        raws[:, held] = start
        if trees is not None:
            before = 0
            total = start
            for index, number in enumerate(tried[1:], start=1):
                more = trees.predict(
                    x[held], raw_score=True, start_iteration=before, num_iteration=number - before, num_threads=1
                )
                total, before = total + more, number
                raws[index, held] = total
        grown.append((base, trees))
    for index in range(len(tried)):
        loss[index] = log_loss(raws[index], y) if kind == "chance" else float(np.mean((raws[index] - y) ** 2))
    best = int(np.argmin(loss))
    rounds = tried[best]
    texts = tuple(
        "" if trees is None or not rounds else trees.model_to_string(num_iteration=rounds) for _, trees in grown
    )
    level = Level(kind, tuple(base for base, _ in grown), texts, rounds)
    return level, expit(raws[best]) if kind == "chance" else raws[best]


def _grow(kind: Kind, x: Floats, y: Floats, base: Linear, rounds: int, seed: int) -> Any:
    if len(y) < _FEWEST or y.min() == y.max():
        return None
    data = library().Dataset(x, y, init_score=base.predict(x), params={"verbose": -1, "max_bin": _TREES["max_bin"]})
    settings = {**_TREES, "objective": "binary" if kind == "chance" else "regression", "seed": seed}
    return library().train(settings, data, rounds)


def _raw(trees: Any, x: Floats, rounds: int) -> Floats:
    return np.asarray(trees.predict(x, raw_score=True, num_iteration=rounds, num_threads=1))
