"""Boosted trees whose leaves hold an effect of every arm, and whose splits are worth their evidence.

Gradient boosting (Friedman 2001, 2002) of what a level and an additive regression would miss: jumps and interactions.
Leaf values are posterior means under a Gaussian prior over the arms (`codes.kernel`), and a split is made where it
raises the log evidence (Chipman, George & McCulloch 1998) by more than a price, so that a tree of pure noise stays a
stump and boosting stops by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.shared import kernels
from offersmith.response.shared.kernels import Bins

TREES, DEPTH, RATE = 80, 3, 0.15
ROWS = 100_000
"""Rows a tree is grown on at most; half of them where there are fewer."""
FEATURES = 0.5
SPREAD = 0.03
"""Prior spread of an effect in a leaf, in units of the noise's."""
PRICE = 2.0
LEAST = 200.0
BINS = 32
IDLE = 20
"""So many trees without a split in a row, and there is nothing left to find."""


@dataclass(frozen=True, slots=True)
class Bending:
    """Where features are cut into bins."""

    edges: tuple[tuple[float, ...], ...]

    @classmethod
    def learn(cls, x: Floats) -> Bending:
        """Cut (n, p) features at equally spaced quantiles."""
        rows = x[:: max(1, len(x) // 100_000)]
        levels = np.linspace(0, 1, BINS + 1)[1:-1]
        return cls(tuple(tuple(np.unique(np.quantile(column, levels)).tolist()) for column in rows.T))

    def bins(self, x: Floats) -> Bins:
        """Return (p, n) bins."""
        found = np.empty((len(self.edges), len(x)), dtype=np.uint8)
        for j, edges in enumerate(self.edges):
            found[j] = np.searchsorted(np.array(edges), x[:, j], side="left")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Grown trees: arrays as `kernels.predict` reads them."""

    feature: Ints
    border: Ints
    value: Floats

    def predict(self, bins: Bins) -> Floats:
        """Return (n, k) what each arm adds to the level, in the target's unit."""
        return kernels.predict(bins, self.feature, self.border, self.value)


def grow(bins: Bins, arm: Ints, target: Floats, noise: Floats, kernel: Floats, seed: int) -> Trees:
    """Grow trees on rows.

    Args:
        bins: (p, n) binned features.
        arm: (n,) what was given.
        target: (n,) what is to be explained, in units of the usual noise's spread.
        noise: (n,) variances about the expectation, in the same units.
        kernel: (k, k) prior covariance of a leaf's effects.
        seed: of which rows and features a tree sees.
    """
    k, n, p = len(kernel), len(target), len(bins)
    precision = np.asarray(np.linalg.inv(kernel), dtype=np.float64)
    weight = 1.0 / noise
    least = LEAST * float(weight.mean())
    luck = np.random.default_rng(seed)
    share = min(0.5, ROWS / n)
    effect = np.zeros((n, k))
    at = np.arange(n)
    grown: list[tuple[Ints, Ints, Floats]] = []
    idle = 0
    for _ in range(TREES):
        rows = np.flatnonzero(luck.random(n) < share)
        chosen = np.sort(luck.choice(p, max(1, round(FEATURES * p)), replace=False))
        pull = weight * (target - effect[at, arm])
        leaf = np.zeros(n, dtype=np.int64)
        features, borders = [], []
        for level in range(DEPTH):
            found = kernels.histogram(bins, chosen, leaf, arm, weight, pull, rows, (2**level, BINS, k))
            feature, border = kernels.split(found, precision, least, PRICE)
            feature = np.where(feature >= 0, chosen[np.maximum(feature, 0)], -1)
            kernels.descend(bins, leaf, feature, border)
            features.append(feature)
            borders.append(border)
        idle = 0 if features[0][0] >= 0 else idle + 1
        total = kernels.totals(leaf, arm, weight, pull, rows, (2**DEPTH, k))
        posterior = precision + total[:, :, 0, None] * np.eye(k)
        value = np.asarray(RATE * np.linalg.solve(posterior, total[:, :, 1, None])[:, :, 0], dtype=np.float64)
        kernels.grow(effect, leaf, value)
        grown.append((np.concatenate(features), np.concatenate(borders), value))
        if idle >= IDLE:
            break
    parts = [np.stack(part) for part in zip(*grown, strict=True)]
    return Trees(parts[0], parts[1], parts[2])
