"""Logistic regression, with a ridge penalty, on standardised logarithms of features.

`recency_frequency` sees what a shopkeeper counts: days since the last purchase, days since the first, orders, orders of
late, the usual gap. `logistic` sees every feature. What is unknown is the mean and raises a flag.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from offersmith.profiles.purchase.base import Floats, Rows, features, matrix
from offersmith.profiles.purchase.rate import FittedRate, Rate
from offersmith.profiles.sequences.steps import Steps

COUNTED = ("recency", "tenure", "orders", "orders_30d", "orders_90d", "orders_decayed_30d", "cadence")
PENALTY = 0.1
"""Inverse strength of the ridge, as scikit-learn's C."""
WIDEST = 6.0
"""Standard deviations at which a feature is cut: a reseller is not fifty times as likely as anybody."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedLogistic:
    """Weights over standardised features and over flags of what is unknown.

    Attributes:
        names: of the features.
        middle: (p,) means of the logarithms.
        spread: (p,) their standard deviations; 1 where a feature is constant.
        weights: (2p,) of the features, then of their flags.
        intercept: of the log-odds.
    """

    names: tuple[str, ...]
    middle: Floats
    spread: Floats
    weights: Floats
    intercept: float

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:  # noqa: ARG002 - reads none
        """Return the chances."""
        x = _standard(matrix(profiles, self.names), self.middle, self.spread)
        return np.asarray(expit(x @ self.weights + self.intercept))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression.

    Attributes:
        name: key of `PREDICTORS`.
        every: sees all features, not only `COUNTED`.
    """

    name: str
    every: bool = False

    def fit(self, rows: Rows, *, seed: int) -> FittedLogistic | FittedRate:
        """Learn; where all bought, nobody did, or no feature is there, the share of those who bought."""
        there = features(rows.profiles)
        names = there if self.every else tuple(name for name in COUNTED if name in there)
        if not names or rows.bought.all() or not rows.bought.any():
            return Rate().fit(rows, seed=seed)
        x = matrix(rows.profiles, names)
        known = ~np.isnan(x)
        count = np.maximum(known.sum(axis=0), 1)
        middle = np.where(known, x, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(known, (x - middle) ** 2, 0.0).sum(axis=0) / count)
        spread = np.where(spread > 1e-9, spread, 1.0)
        model = LogisticRegression(C=PENALTY, max_iter=500)
        model.fit(_standard(x, middle, spread), rows.bought)
        return FittedLogistic(names, middle, spread, model.coef_[0], float(model.intercept_[0]))


def _standard(x: Floats, middle: Floats, spread: Floats) -> Floats:
    unknown = np.isnan(x)
    z = np.clip(np.where(unknown, 0.0, (x - middle) / spread), -WIDEST, WIDEST)
    return np.hstack([z, unknown.astype(np.float64)])
