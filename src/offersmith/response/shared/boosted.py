"""Boosted trees whose leaves hold an effect of every arm, and whose splits are worth their evidence.

Gradient boosting (Friedman 2001, 2002) of what a level and an additive regression would miss: jumps and interactions.
Leaf values are posterior means under a Gaussian prior over the arms (`codes.kernel`), and a split is made where it
raises the log evidence (Chipman, George & McCulloch 1998) by more than a price, so that a tree of pure noise stays a
stump and boosting stops by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.shared import kernels
from offersmith.response.shared.kernels import Bins

TREES, DEPTH, RATE = 40, 3, 0.3
LARGE, MORE, SLOWER = 300_000, 100, 0.15
"""From so many rows there are finer effects to find: so many trees at this rate."""
ROWS = 200_000
"""Rows a tree is grown on at most; half of them where there are fewer."""
FEATURES = 0.5
SPREAD = 0.03
"""Prior spread of an effect in a leaf, in units of the noise's."""
PRICE = 2.0
LEAST = 200.0
BINS = 32
Tree = tuple[Ints, Ints, Floats]
IDLE = 10
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

    @classmethod
    def of(cls, grown: Sequence[Tree]) -> Trees:
        """Put trees of one depth together."""
        return cls(*(np.stack(part) for part in zip(*grown, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Grower:
    """What all trees of one boosting share.

    Attributes:
        bins: (p, n) binned features.
        arm: (n,) what was given; zeros where there is one arm only.
        precision: (k, k) of a leaf's effects.
        least: weight both sides of a split must have.
        rate: what a posterior mean is multiplied by.
        depth: of the trees.
        inside: rows to learn from.
        luck: draws which rows and features a tree sees.
    """

    bins: Bins
    arm: Ints
    precision: Floats
    least: float
    rate: float
    depth: int
    inside: Ints
    luck: np.random.Generator

    def tree(self, weight: Floats, pull: Floats) -> tuple[Tree, Ints]:
        """Grow one tree on some of the rows and features; return it and the leaf of every row.

        Args:
            weight: (n,) inverse noise variances.
            pull: (n,) weight x residual.
        """
        k, p = len(self.precision), len(self.bins)
        rows = self.inside[self.luck.random(len(self.inside), np.float32) < min(0.5, ROWS / len(self.inside))]
        chosen = np.sort(self.luck.choice(p, max(1, round(FEATURES * p)), replace=False))
        leaf = np.zeros(self.bins.shape[1], dtype=np.int64)
        features, borders = [], []
        for level in range(self.depth):
            found = kernels.histogram(self.bins, chosen, leaf, self.arm, weight, pull, rows, (2**level, BINS, k))
            feature, border = kernels.split(found, self.precision, self.least, PRICE)
            feature = np.where(feature >= 0, chosen[np.maximum(feature, 0)], -1)
            kernels.descend(self.bins, leaf, feature, border)
            features.append(feature)
            borders.append(border)
        total = kernels.totals(leaf, self.arm, weight, pull, rows, (2**self.depth, k))
        posterior = self.precision + total[:, :, 0, None] * np.eye(k)
        value = np.asarray(self.rate * np.linalg.solve(posterior, total[:, :, 1, None])[:, :, 0], dtype=np.float64)
        return (np.concatenate(features), np.concatenate(borders), value), leaf


def grow(bins: Bins, arm: Ints, target: Floats, noise: Floats, kernel: Floats, inside: Ints, seed: int) -> Trees:
    """Grow trees on some rows.

    Args:
        bins: (p, n) binned features.
        arm: (n,) what was given.
        target: (n,) what is to be explained, in units of the usual noise's spread.
        noise: (n,) variances about the expectation, in the same units.
        kernel: (k, k) prior covariance of a leaf's effects.
        inside: the rows to learn from.
        seed: of which rows and features a tree sees.
    """
    precision = np.asarray(np.linalg.inv(kernel), dtype=np.float64)
    weight = 1.0 / noise
    least = LEAST * float(weight[inside].mean())
    trees, rate = (MORE, SLOWER) if len(target) >= LARGE else (TREES, RATE)
    grower = Grower(bins, arm, precision, least, rate, DEPTH, inside, np.random.default_rng(seed))
    rest = target.copy()
    grown: list[Tree] = []
    idle = 0
    while len(grown) < trees and idle < IDLE:
        tree, leaf = grower.tree(weight, weight * rest)
        idle = 0 if tree[0][0] >= 0 else idle + 1
        kernels.explain(rest, leaf, arm, tree[2])
        grown.append(tree)
    return Trees.of(grown)
