"""A linear model with boosted trees on top, its strength chosen out of fold.

The linear part carries what is smooth and needs few rows; the trees start from its predictions and add what they can
prove: the penalty and the number of rounds (none among them) are those with the least loss on customers not fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from offersmith.response.base import Floats, Ints, Kind
from offersmith.response.linear import Linear, least_squares, log_loss, logistic

if TYPE_CHECKING:
    import lightgbm as lgb

PENALTIES = (10.0, 50.0, 200.0)
ROUNDS = (0, 40, 80, 160)
_CHOICE_ROWS = 20_000
_TREES: Mapping[str, Any] = {
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "boost_from_average": False,
}


@cache
def library() -> Any:
    """Load LightGBM, and scikit-learn behind it, when trees are first grown or asked; other verbs need not wait."""
    import lightgbm  # noqa: PLC0415 - start-up path

    return lightgbm


@dataclass(frozen=True, slots=True)
class Stacked:
    """A fitted model: raw values (log-odds or means) of encoded rows."""

    kind: Kind
    base: Linear
    trees: str
    penalty: float
    rounds: int

    def predict(self, x: Floats) -> Floats:
        """Return (n,) raw values of (n, p) rows."""
        raw = self.base.predict(x)
        if self.rounds == 0 or len(x) == 0:
            return raw
        return raw + _raw(library().Booster(model_str=self.trees), x, self.rounds)

    def gains(self, columns: int) -> Floats:
        """Return (columns,) the loss each column's splits took away."""
        if self.rounds == 0:
            return np.zeros(columns)
        return np.asarray(library().Booster(model_str=self.trees).feature_importance("gain"), dtype=np.float64)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values without the trees, which are text of their own."""
        return {"kind": self.kind, "base": self.base.as_dict(), "penalty": self.penalty, "rounds": self.rounds}

    @classmethod
    def of(cls, plain: Mapping[str, Any], trees: str) -> Stacked:
        """Make it again."""
        return cls(plain["kind"], Linear.of(plain["base"]), trees, float(plain["penalty"]), int(plain["rounds"]))


@dataclass(frozen=True, slots=True)
class Crossfitted:
    """A model fitted on everybody, and one per fold that never saw the customers of that fold."""

    whole: Stacked
    parts: tuple[Stacked, ...]

    def out_of_fold(self, x: Floats, fold: Ints) -> Floats:
        """Return (n,) raw values, each from the model that did not see the row's customer."""
        raw = np.zeros(len(x))
        for part, model in enumerate(self.parts):
            inside = np.flatnonzero(fold == part)
            raw[inside] = model.predict(x[inside])
        return raw


def fit_stacked(
    kind: Kind,
    x: Floats,
    y: Floats,
    fold: Ints,
    count: int,
    *,
    seed: int,
) -> Crossfitted:
    """Fit and cross-fit, choosing penalty and rounds out of fold.

    Args:
        kind: `chance` of a 0/1 outcome (log loss) or `mean` (squared error).
        x: (n, p) encoded rows.
        y: (n,) outcome.
        fold: (n,) fold of each row's customer.
        count: number of folds.
        seed: of the trees.
    """
    penalty = _choose_penalty(kind, x, y, fold, count)
    losses = np.zeros(len(ROUNDS))
    grown: list[tuple[Linear, lgb.Booster | None]] = []
    for part in range(count):
        learn, held = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        base, trees = _grow(kind, x[learn], y[learn], penalty, ROUNDS[-1], seed + part)
        grown.append((base, trees))
        start = base.predict(x[held])
        for index, number in enumerate(ROUNDS):
            raw = start if number == 0 or trees is None else start + _raw(trees, x[held], number)
            losses[index] += _loss(kind, raw, y[held]) * len(held)
    best = ROUNDS[int(np.argmin(losses))]
    parts = tuple(_freeze(kind, base, trees, penalty, best) for base, trees in grown)
    base, trees = _grow(kind, x, y, penalty, best, seed + count)
    return Crossfitted(_freeze(kind, base, trees, penalty, best), parts)


def choice_rows(count: int) -> Ints:
    """Return the rows a penalty is chosen on: all, or an even stride, for the first thousands are one campaign's."""
    return np.arange(0, count, max(1, -(-count // _CHOICE_ROWS)))


def _choose_penalty(kind: Kind, x: Floats, y: Floats, fold: Ints, count: int) -> float:
    rows = choice_rows(len(x))
    losses = []
    for penalty in PENALTIES:
        total = 0.0
        for part in range(count):
            learn, held = rows[fold[rows] != part], rows[fold[rows] == part]
            if len(learn) and len(held):
                raw = _linear(kind, x[learn], y[learn], penalty).predict(x[held])
                total += _loss(kind, raw, y[held]) * len(held)
        losses.append(total)
    return PENALTIES[int(np.argmin(losses))]


def _linear(kind: Kind, x: Floats, y: Floats, penalty: float) -> Linear:
    return logistic(x, y, penalty) if kind == "chance" else least_squares(x, y, penalty)


def _loss(kind: Kind, raw: Floats, y: Floats) -> float:
    if not len(y):
        return 0.0
    return log_loss(raw, y) if kind == "chance" else float(np.mean((y - raw) ** 2))


def _grow(
    kind: Kind, x: Floats, y: Floats, penalty: float, rounds: int, seed: int
) -> tuple[Linear, lgb.Booster | None]:
    base = _linear(kind, x, y, penalty)
    if rounds == 0 or len(y) < 2 * int(_TREES["min_data_in_leaf"]) or y.min() == y.max():
        return base, None
    data = library().Dataset(x, y, init_score=base.predict(x), params={"verbose": -1, "max_bin": _TREES["max_bin"]})
    settings = {**_TREES, "objective": "binary" if kind == "chance" else "regression", "seed": seed}
    return base, library().train(settings, data, rounds)


def _freeze(kind: Kind, base: Linear, trees: lgb.Booster | None, penalty: float, rounds: int) -> Stacked:
    if trees is None or rounds == 0:
        return Stacked(kind, base, "", penalty, 0)
    return Stacked(kind, base, trees.model_to_string(num_iteration=rounds), penalty, rounds)


def _raw(trees: lgb.Booster, x: Floats, rounds: int) -> Floats:
    return np.asarray(trees.predict(x, raw_score=True, num_iteration=rounds, num_threads=1))
