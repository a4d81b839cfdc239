"""A support vector machine with a Gaussian kernel, approximated so that 100,000 rows take seconds.

The kernel exp(-gamma |a - b|^2) is replaced by random Fourier features (Rahimi & Recht 2007), in which the machine is
linear. Chances: squared hinge loss, minimised by Newton's method over the rows inside the margin (Keerthi & DeCoste
2005), its score turned into a chance by Platt's logistic curve (Platt 1999; his smoothed targets) on rows the score
was not fitted on. Means: squared error in the same features, the least-squares SVM (Suykens & Vandewalle 1999), as an
epsilon-insensitive loss estimates a median and the mean is what profit needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Kind
from offersmith.response.bases.base import FittedBase, flat, loaded_flat
from offersmith.response.bases.scaling import Scaling
from offersmith.response.linear import Linear, expit, steady

_FILE = "features.npz"
_STEPS = 30
_CHUNK = 20_000
_HELD = 5
"""Every fifth row draws Platt's curve."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedSvm:
    """A linear machine in random features.

    Attributes:
        kind: what it predicts.
        scaling: of the columns before the features.
        frequency: (p, m) of the cosines.
        phase: (m,) of the cosines.
        weights: (m + 1,) the machine, its intercept last.
        curve: Platt's curve from a score to log-odds; unused for means.
    """

    kind: Kind
    scaling: Scaling
    frequency: Floats
    phase: Floats
    weights: Floats
    curve: Linear

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expected outcomes."""
        with steady():
            score = self._score(x)
            return expit(self.curve.predict(score[:, None])) if self.kind == "chance" else score

    def _score(self, x: Floats) -> Floats:
        score = np.zeros(len(x))
        for start in range(0, len(x), _CHUNK):
            rows = slice(start, start + _CHUNK)
            score[rows] = _cosines(self.scaling.apply(x[rows]), self.frequency, self.phase) @ self.weights
        return score

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the arrays as one file."""
        held = BytesIO()
        np.savez(held, frequency=self.frequency, phase=self.phase, weights=self.weights)
        plain = {"kind": self.kind, "scaling": self.scaling.as_dict(), "curve": self.curve.as_dict()}
        return {_FILE: held.getvalue()}, plain


@dataclass(frozen=True, slots=True)
class SvmBase:
    """A Gaussian-kernel machine.

    Attributes:
        cost: what a row on the wrong side costs against the size of the weights (the C of the field).
        width: gamma times the number of columns; 1 is what others call `scale`.
        features: random features that stand for the kernel.
        most: rows it learns from at most, drawn evenly by the seed; weighted rows keep their weight.
        least: fewer rows than this give their average.
    """

    cost: float = 0.01
    width: float = 0.5
    features: int = 192
    most: int = 50_000
    least: int = 40
    name: str = "svm"

    def fit(self, kind: Kind, x: Floats, y: Floats, *, weight: Floats | None = None, seed: int) -> FittedBase:
        """Draw the features and fit the machine in them."""
        known = flat(y, x, weight, self.least)
        if known:
            return known
        generator = np.random.default_rng(seed)
        rows = np.arange(len(y))
        if len(rows) > self.most:
            rows = np.sort(generator.choice(len(y), self.most, replace=False))
        scaling = Scaling.learn(x)
        gamma = self.width / x.shape[1]
        frequency = generator.normal(size=(x.shape[1], self.features)) * np.sqrt(2 * gamma)
        phase = generator.uniform(0, 2 * np.pi, self.features)
        count = np.ones(len(rows)) if weight is None else weight[rows]
        with steady():
            design = _cosines(scaling.apply(x[rows]), frequency, phase)
            if kind == "mean":
                weights, curve = _ridge(design, y[rows], count, self.cost), Linear(0.0, (1.0,))
            else:
                side = np.where(y[rows] > 0.5, 1.0, -1.0)
                held = generator.permutation(len(rows)) % _HELD == 0
                part = _machine(design[~held], side[~held], count[~held], self.cost)
                curve = _platt(design[held] @ part, side[held], count[held])
                weights = _machine(design, side, count, self.cost)
        return FittedSvm(kind, scaling, frequency, phase, weights, curve)

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:
        """Make a saved one again."""
        known = loaded_flat(plain)
        if known:
            return known
        with np.load(BytesIO(files[_FILE]), allow_pickle=False) as held:
            arrays = {name: held[name] for name in ("frequency", "phase", "weights")}
        return FittedSvm(
            kind=plain["kind"], scaling=Scaling.of(plain["scaling"]), curve=Linear.of(plain["curve"]), **arrays
        )


def _cosines(x: Floats, frequency: Floats, phase: Floats) -> Floats:
    """Return (n, m + 1) features whose inner products approach the kernel, and a last column of ones."""
    wave = np.cos(x @ frequency + phase) * np.sqrt(2.0 / len(phase))
    return np.column_stack([wave, np.ones(len(x))])


def _ridge(design: Floats, y: Floats, count: Floats, cost: float) -> Floats:
    ridge = np.full(design.shape[1], 1.0 / cost)
    ridge[-1] = 1e-6
    level = float(count @ y / max(count.sum(), 1e-12))
    gram = (design * count[:, None]).T @ design + np.diag(ridge)
    weights = np.linalg.solve(gram, design.T @ (count * (y - level)))
    weights[-1] += level
    return np.asarray(weights)


def _machine(design: Floats, side: Floats, count: Floats, cost: float) -> Floats:
    """Minimise |w|^2 / 2 + cost x the sum of count x max(0, 1 - side x score)^2; the intercept goes free."""
    ridge = np.full(design.shape[1], 1.0)
    ridge[-1] = 1e-6
    weights = np.zeros(design.shape[1])
    loss = _hinge(design, side, count, cost, weights, ridge)
    for _ in range(_STEPS):
        inside = side * (design @ weights) < 1
        rows = design[inside]
        gradient = ridge * weights + 2 * cost * rows.T @ (count[inside] * (rows @ weights - side[inside]))
        gram = np.diag(ridge) + 2 * cost * (rows * count[inside, None]).T @ rows
        step = np.linalg.solve(gram, gradient)
        length = 1.0
        while length > 1e-4:
            found = _hinge(design, side, count, cost, weights - length * step, ridge)
            if found <= loss:
                break
            length /= 2
        else:
            break
        weights, moved, loss = weights - length * step, loss - found, found
        if moved < 1e-9 * (1 + abs(loss)):
            break
    return weights


def _hinge(design: Floats, side: Floats, count: Floats, cost: float, weights: Floats, ridge: Floats) -> float:
    gap = np.maximum(0.0, 1 - side * (design @ weights))
    return float(0.5 * np.sum(ridge * weights**2) + cost * np.sum(count * gap**2))


def _platt(score: Floats, side: Floats, count: Floats) -> Linear:
    """Fit log-odds = intercept + slope x score with Platt's targets, which never ask for a chance of 0 or 1."""
    ones, zeros = float(count[side > 0].sum()), float(count[side < 0].sum())
    target = np.where(side > 0, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    design = np.column_stack([np.ones(len(score)), score])
    beta = np.array([np.log((ones + 1) / (zeros + 1)), 0.0])
    for _ in range(_STEPS):
        chance = expit(design @ beta)
        curvature = (design * (count * np.maximum(chance * (1 - chance), 1e-9))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), design.T @ (count * (target - chance)))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return Linear(float(beta[0]), (float(beta[1]),))
