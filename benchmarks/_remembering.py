"""Predictors that learn from the same rows once only: stretches before one cut are stretches before the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from offersmith.profiles.purchase.base import FittedPredictor, Predictor, Rows


@dataclass(frozen=True)
class Remembering:
    """A predictor beside what it has learned so far, by what it learned from."""

    one: Predictor
    kept: dict[str, FittedPredictor] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The predictor's."""
        return self.one.name

    def fit(self, rows: Rows, *, seed: int) -> FittedPredictor:
        """Learn, or recall."""
        ids = "\n".join(rows.profiles["customer_id"].to_pylist()).encode()
        key = hashlib.sha256(ids + rows.bought.tobytes() + str(seed).encode()).hexdigest()
        if key not in self.kept:
            self.kept[key] = self.one.fit(rows, seed=seed)
        return self.kept[key]


def remembering(predictors: Mapping[str, Predictor]) -> dict[str, Predictor]:
    """Return predictors by the same names that remember."""
    return {name: Remembering(one) for name, one in predictors.items()}
