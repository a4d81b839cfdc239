"""A decision tree, a random forest and gradient boosting, all grown by LightGBM.

Trees grow leaf by leaf (Shi 2007; Ke et al. 2017), the split that helps most first. One thread and fixed seeds: the
same rows and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from offersmith.response.base import Floats, Kind
from offersmith.response.bases.base import FittedBase, flat, loaded_flat
from offersmith.response.structural.stacked import library

Way = Literal["tree", "forest", "boosting"]

_FILE = "trees.txt"
_FIXED: Mapping[str, Any] = {
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
_FOREST: Mapping[str, Any] = {
    "boosting": "rf",
    "bagging_freq": 1,
    "bagging_fraction": 0.632,
    "feature_fraction_bynode": 0.5,
}


@dataclass(frozen=True, slots=True)
class FittedTrees:
    """Grown trees as LightGBM's own text."""

    text: str

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expected outcomes."""
        if not len(x):
            return np.zeros(0)
        return np.asarray(_booster(self.text).predict(x, num_threads=1), dtype=np.float64)

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the text."""
        return {_FILE: self.text.encode()}, {}


@dataclass(frozen=True, slots=True)
class TreeBase:
    """Trees of one way of growing.

    Attributes:
        way: one `tree`; a `forest` of trees each grown on its own draw of rows and columns and averaged (Breiman
            2001); `boosting`, every tree on what the others left over (Friedman 2001).
        rounds: how many trees.
        leaves: of a tree at most.
        least_leaf: rows of a leaf at least.
        rate: how much of every tree is believed; 1 in a single tree and in a forest.
        l2: rows of nothing added to every leaf.
    """

    way: Way
    rounds: int
    leaves: int
    least_leaf: int
    rate: float = 1.0
    l2: float = 0.0

    @property
    def name(self) -> str:
        """Key of `bases.BASES`."""
        return self.way

    def fit(self, kind: Kind, x: Floats, y: Floats, *, weight: Floats | None = None, seed: int) -> FittedBase:
        """Grow; the average under two leaves' worth of rows."""
        known = flat(y, x, weight, 2 * self.least_leaf)
        if known:
            return known
        lgb = library()
        settings = {
            **_FIXED,
            **(_FOREST if self.way == "forest" else {}),
            "objective": "binary" if kind == "chance" else "regression",
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_leaf,
            "min_sum_hessian_in_leaf": 1e-3,
            "learning_rate": self.rate,
            "lambda_l2": self.l2,
            "seed": seed % 2**31,
        }
        data = lgb.Dataset(x, y, weight=weight, params={"verbose": -1, "max_bin": _FIXED["max_bin"]})
        return FittedTrees(lgb.train(settings, data, self.rounds).model_to_string())

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:
        """Make a saved one again."""
        return loaded_flat(plain) or FittedTrees(files[_FILE].decode())


@lru_cache(maxsize=256)
def _booster(text: str) -> Any:
    return library().Booster(model_str=text)
