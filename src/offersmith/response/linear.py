"""Regularised linear models with an unpenalised intercept: small, exact, and the base every tree stands on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from offersmith.response.base import Floats

_STEPS = 30


@dataclass(frozen=True, slots=True)
class Linear:
    """`intercept + x @ weights`: log-odds of a logistic model, the mean of a least-squares one."""

    intercept: float
    weights: tuple[float, ...]

    def predict(self, x: Floats) -> Floats:
        """Return (n,) raw values."""
        return np.asarray(x @ np.array(self.weights) + self.intercept)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"intercept": self.intercept, "weights": list(self.weights)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Linear:
        """Make it again from `as_dict`."""
        return cls(float(plain["intercept"]), tuple(float(value) for value in plain["weights"]))


def steady() -> AbstractContextManager[object]:
    """Hold linear algebra to one thread; its sums depend on how many there are, and small models gain nothing."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def expit(raw: Floats) -> Floats:
    """Return chances from log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(raw, -35, 35))))


def logistic(x: Floats, y: Floats, penalty: float) -> Linear:
    """Fit log-odds by Newton's method, minimising log loss + penalty/2 * |weights|^2.

    Args:
        x: (n, p) standardised columns.
        y: (n,) zeros and ones, or shares.
        penalty: in rows; 50 weighs as much as fifty rows of unit information.
    """
    n, p = x.shape
    if n == 0:
        return Linear(0.0, (0.0,) * p)
    design = np.column_stack([np.ones(n), x])
    ridge = np.full(p + 1, penalty)
    share = float(np.clip(y.mean(), 0.5 / (n + 1), 1 - 0.5 / (n + 1)))
    ridge[0] = 1e-6
    beta = np.zeros(p + 1)
    beta[0] = np.log(share / (1 - share))
    if y.min() == y.max():
        return Linear(float(beta[0]), (0.0,) * p)
    loss = _loss(design @ beta, y, beta, ridge)
    for _ in range(_STEPS):
        chance = expit(design @ beta)
        gradient = design.T @ (y - chance) - ridge * beta
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while length > 1e-4:
            trial = beta + length * step
            found = _loss(design @ trial, y, trial, ridge)
            if found <= loss:
                break
            length /= 2
        else:
            break
        beta, moved, loss = trial, loss - found, found
        if moved < 1e-9 * (1 + abs(loss)):
            break
    return Linear(float(beta[0]), tuple(float(value) for value in beta[1:]))


def least_squares(x: Floats, y: Floats, penalty: float) -> Linear:
    """Fit a mean, minimising squared error + penalty * |weights|^2."""
    n, p = x.shape
    if n == 0:
        return Linear(0.0, (0.0,) * p)
    middle, level = x.mean(axis=0), float(y.mean())
    gap = x - middle
    weights = np.linalg.solve(gap.T @ gap + (penalty + 1e-9) * np.eye(p), gap.T @ (y - level)) if p else np.zeros(0)
    return Linear(level - float(middle @ weights), tuple(float(value) for value in weights))


def log_loss(raw: Floats, y: Floats) -> float:
    """Return the mean log loss of log-odds."""
    return float(np.mean(np.logaddexp(0.0, raw) - y * raw)) if len(y) else float("nan")


def _loss(raw: Floats, y: Floats, beta: Floats, ridge: Floats) -> float:
    return float(np.sum(np.logaddexp(0.0, raw) - y * raw) + 0.5 * np.sum(ridge * beta**2))
