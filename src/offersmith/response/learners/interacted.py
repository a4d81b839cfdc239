"""A linear model with arm x feature terms: what all arms share, what all offers share, and what is an arm's own.

A row of arm a has the raw value [1, x] @ (shared + offer + own_a), the last two zero for the control. They are
penalised apart from the shared weights, so that offers borrow from each other and are held to the control as much as
the data ask: the penalty is the one with the least loss on customers not fitted on. Rows of one arm touch only their
own blocks of the normal equations, so a step of Newton's method costs one pass over the rows, not one over rows x arms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.bases import Kind
from offersmith.response.bases.scaling import Scaling
from offersmith.response.linear import expit, log_loss, steady

PENALTIES = (30.0, 120.0, 500.0, 2000.0, 8000.0)
"""Of the departures, in rows; the largest all but says that an offer works alike on everybody."""
_SHARED = 10.0
_LEVEL = 1.0
"""Rows that hold an arm's own level at the control's."""
_STEPS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Interacted:
    """A fitted model: raw values (log-odds or means) of every arm.

    Attributes:
        kind: what it predicts.
        scaling: of the features.
        weights: (k, p + 1) of every arm, its level first; departures are already added to what is shared.
        penalty: the one chosen.
    """

    kind: Kind
    scaling: Scaling
    weights: Floats
    penalty: float

    def predict(self, x: Floats) -> Floats:
        """Return (n, k) expected outcomes, had each arm been given."""
        with steady():
            raw = self.scaling.apply(x) @ self.weights[:, 1:].T + self.weights[:, 0]
        return expit(raw) if self.kind == "chance" else raw

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "scaling": self.scaling.as_dict(),
            "weights": self.weights.tolist(),
            "penalty": self.penalty,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Interacted:
        """Make it again from `as_dict`."""
        weights = np.array(plain["weights"], dtype=np.float64)
        return cls(plain["kind"], Scaling.of(plain["scaling"]), weights, float(plain["penalty"]))


def fit_interacted(kind: Kind, x: Floats, y: Floats, arm: Ints, arms: int, fold: Ints) -> Interacted:
    """Fit, with the penalty chosen out of fold.

    Args:
        kind: what `y` is.
        x: (n, p) features.
        y: (n,) outcome.
        arm: (n,) arm of each row.
        arms: how many there are; one without rows is as the control.
        fold: (n,) fold of each row's customer, 0 upwards.
    """
    with steady():
        scaling = Scaling.learn(x)
        order = np.argsort(arm, kind="stable")
        design = np.column_stack([np.ones(len(x)), scaling.apply(x[order])])
        label, of_arm, part = y[order], arm[order], fold[order]
        losses = np.zeros(len(PENALTIES))
        for number in range(int(part.max()) + 1 if len(part) else 0):
            learn, held = np.flatnonzero(part != number), np.flatnonzero(part == number)
            if not len(learn) or not len(held):
                continue
            start: Floats | None = None
            for index, penalty in enumerate(PENALTIES):
                start = _solve(kind, design[learn], label[learn], of_arm[learn], arms, penalty, start)
                raw = np.einsum("ij,ij->i", design[held], _of_arms(start)[of_arm[held]])
                loss = log_loss(raw, label[held]) if kind == "chance" else float(np.mean((label[held] - raw) ** 2))
                losses[index] += loss * len(held)
        best = PENALTIES[int(np.argmin(losses))]
        weights = _of_arms(_solve(kind, design, label, of_arm, arms, best, None))
    return Interacted(kind, scaling, weights, best)


def _of_arms(theta: Floats) -> Floats:
    """Return (k, p + 1) weights of every arm from (k + 1, p + 1) of every block."""
    own = theta[1:] + theta[0] + theta[1]
    own[0] = theta[0]
    return np.asarray(own)


def _solve(kind: Kind, design: Floats, y: Floats, arm: Ints, arms: int, penalty: float, start: Floats | None) -> Floats:
    """Return (k + 1, p + 1): weights shared by all, by all offers, and of arms 1 to k - 1; rows stand by arm."""
    size = design.shape[1]
    ends = np.searchsorted(arm, np.arange(arms + 1))
    parts = [slice(ends[number], ends[number + 1]) for number in range(arms)]
    ridge = np.full((arms + 1, size), penalty)
    ridge[0], ridge[:, 0], ridge[0, 0] = _SHARED, _LEVEL, 1e-6
    theta = np.zeros((arms + 1, size)) if start is None else start
    if start is None and kind == "chance":
        share = float(np.clip(y.mean(), 0.5 / (len(y) + 1), 1 - 0.5 / (len(y) + 1)))
        theta[0, 0] = np.log(share / (1 - share))
    if kind == "mean":
        return theta + _newton(design, y - _raw(design, theta, parts), np.ones(len(y)), parts, theta, ridge)
    loss = _loss(design, y, theta, parts, ridge)
    for _ in range(_STEPS):
        chance = expit(_raw(design, theta, parts))
        step = _newton(design, y - chance, chance * (1 - chance), parts, theta, ridge)
        length, found = 1.0, _loss(design, y, theta + step, parts, ridge)
        while found > loss and length > 1e-3:
            length /= 2
            found = _loss(design, y, theta + length * step, parts, ridge)
        if found > loss:
            break
        moved, loss, theta = loss - found, found, theta + length * step
        if moved < 1e-8 * (1 + loss):
            break
    return theta


def _raw(design: Floats, theta: Floats, parts: list[slice]) -> Floats:
    return np.concatenate([design[rows] @ line for rows, line in zip(parts, _of_arms(theta), strict=True)])


def _loss(design: Floats, y: Floats, theta: Floats, parts: list[slice], ridge: Floats) -> float:
    raw = _raw(design, theta, parts)
    return float(np.sum(np.logaddexp(0.0, raw) - y * raw) + 0.5 * np.sum(ridge * theta**2))


def _newton(design: Floats, left: Floats, curve: Floats, parts: list[slice], theta: Floats, ridge: Floats) -> Floats:
    """Return the step that solves the normal equations; `left` is the outcome less what is predicted."""
    blocks, size = theta.shape
    slope = np.zeros((blocks, size))
    system = np.zeros((blocks, size, blocks, size))
    for number, rows in enumerate(parts):
        block = design[rows]
        toward = block.T @ left[rows]
        gram = (block * curve[rows, None]).T @ block
        touched = (0,) if number == 0 else (0, 1, number + 1)
        for one in touched:
            slope[one] += toward
            for other in touched:
                system[one, :, other] += gram
    flat = system.reshape(blocks * size, blocks * size) + np.diag(ridge.ravel() + 1e-9)
    return np.asarray(np.linalg.solve(flat, (slope - ridge * theta).ravel()).reshape(blocks, size))
