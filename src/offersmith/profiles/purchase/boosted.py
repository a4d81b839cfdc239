"""Boosted trees (LightGBM, Ke and others 2017) over every feature: small, slow and stopped where held-out rows say."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import pyarrow as pa

from offersmith.profiles.purchase.base import Floats, Rows, customers, features, matrix
from offersmith.profiles.purchase.rate import FittedRate, Rate
from offersmith.profiles.sequences.steps import Steps

PARAMETERS = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 40, "feature_fraction": 0.7,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "verbosity": -1, "num_threads": 1,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip
MOST_TREES, PATIENCE, HELD = 400, 30, 5
"""Trees at most; trees without a gain after which it stops; one customer in so many is held out to say so."""
LEAST = 200
"""Rows of each kind below which trees only learn by heart."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedBoosted:
    """Trees over the logarithms of features.

    Attributes:
        names: of the features.
        trees: as LightGBM writes them.
    """

    names: tuple[str, ...]
    trees: str

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:  # noqa: ARG002 - reads none
        """Return the chances."""
        model = lgb.Booster(model_str=self.trees)
        return np.asarray(model.predict(matrix(profiles, self.names), num_threads=1), np.float64)


@dataclass(frozen=True, slots=True)
class Boosted:
    """Boosted trees."""

    name: str = "boosted"

    def fit(self, rows: Rows, *, seed: int) -> FittedBoosted | FittedRate:
        """Learn; from too few rows of a kind, the share of those who bought."""
        names = features(rows.profiles)
        if not names or min(rows.bought.sum(), (~rows.bought).sum()) < LEAST:
            return Rate().fit(rows, seed=seed)
        x, y = matrix(rows.profiles, names), rows.bought.astype(np.float64)
        # By customer, not by row: what somebody did in one month says what they did in the next.
        customer = customers(rows.profiles)
        held = np.random.default_rng(seed).permutation(int(customer.max()) + 1)[customer] % HELD == 0
        asked = {**PARAMETERS, "seed": seed}
        learned = lgb.Dataset(x[~held], y[~held], params=asked)
        tried = lgb.train(
            asked, learned, MOST_TREES, valid_sets=[lgb.Dataset(x[held], y[held], reference=learned)],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
        )  # fmt: skip
        trees = max(tried.best_iteration, 1)
        return FittedBoosted(names, lgb.train(asked, lgb.Dataset(x, y, params=asked), trees).model_to_string())
