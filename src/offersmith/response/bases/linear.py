"""Logistic and ridge regression on scaled columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Kind
from offersmith.response.bases.base import FittedBase, flat, loaded_flat
from offersmith.response.bases.scaling import Scaling
from offersmith.response.linear import Linear, expit, least_squares, logistic, steady

_STEPS = 25


@dataclass(frozen=True, slots=True)
class FittedLinear:
    """A linear model and the scaling it was fitted under."""

    kind: Kind
    scaling: Scaling
    line: Linear

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expected outcomes."""
        with steady():
            raw = self.line.predict(self.scaling.apply(x))
        return expit(raw) if self.kind == "chance" else raw

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return its numbers."""
        return {}, {"kind": self.kind, "scaling": self.scaling.as_dict(), "line": self.line.as_dict()}


@dataclass(frozen=True, slots=True)
class LinearBase:
    """Log-odds (chance) or mean as a weighted sum, ridge-penalised.

    Attributes:
        penalty: in rows; 50 weighs as much as fifty rows of unit information.
        least: fewer rows than this give their average.
    """

    penalty: float = 50.0
    least: int = 10
    name: str = "linear"

    def fit(self, kind: Kind, x: Floats, y: Floats, *, weight: Floats | None = None, seed: int) -> FittedBase:  # noqa: ARG002 - draws nothing
        """Fit by Newton's method (chance) or the normal equations (mean)."""
        known = flat(y, x, weight, self.least)
        if known:
            return known
        with steady():
            scaling = Scaling.learn(x)
            scaled = scaling.apply(x)
            if weight is not None:
                line = _weighted(kind, scaled, y, weight, self.penalty)
            else:
                line = (logistic if kind == "chance" else least_squares)(scaled, y, self.penalty)
        return FittedLinear(kind, scaling, line)

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:  # noqa: ARG002 - has no files
        """Make a saved one again."""
        return loaded_flat(plain) or FittedLinear(plain["kind"], Scaling.of(plain["scaling"]), Linear.of(plain["line"]))


def _weighted(kind: Kind, x: Floats, y: Floats, weight: Floats, penalty: float) -> Linear:
    """Fit by iteratively reweighted least squares; one step suffices for a mean."""
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-6
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS if kind == "chance" else 1):
        fitted = expit(design @ beta) if kind == "chance" else design @ beta
        curve = weight * (np.maximum(fitted * (1 - fitted), 1e-6) if kind == "chance" else 1.0)
        gradient = design.T @ (weight * (y - fitted)) - ridge * beta
        step = np.linalg.solve((design * curve[:, None]).T @ design + np.diag(ridge), gradient)
        beta = beta + (np.clip(step, -2, 2) if kind == "chance" else step)
        if np.abs(step).max() < 1e-9:
            break
    return Linear(float(beta[0]), tuple(beta[1:].tolist()))
