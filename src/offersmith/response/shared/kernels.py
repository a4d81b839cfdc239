"""The compiled loops of the boosted trees: one thread, so that the same input gives the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bins = NDArray[np.uint8]


@compiled
def histogram(
    bins: Bins,
    features: Ints,
    leaf: Ints,
    arm: Ints,
    weight: Floats,
    pull: Floats,
    rows: Ints,
    shape: tuple[int, int, int],
) -> Floats:
    """Return (features, leaves, bins, k, 2): weight and weighted residual of each arm in each bin.

    Args:
        bins: (p, n) binned features.
        features: which of them.
        leaf: (n,) leaf of each row.
        arm: (n,) what was given.
        weight: (n,) inverse noise variances.
        pull: (n,) weight x residual.
        rows: which rows to count.
        shape: (leaves, bins, k).
    """
    leaves, cells, k = shape
    count = len(features)
    found = np.zeros((count, leaves * cells * k, 2))
    start = np.empty(len(rows), np.int64)
    heavy, strong = np.empty(len(rows)), np.empty(len(rows))
    for t in range(len(rows)):
        i = rows[t]
        start[t] = leaf[i] * cells * k + arm[i]
        heavy[t], strong[t] = weight[i], pull[i]
    for position in range(count):
        column, mine = bins[features[position]], found[position]
        for t in range(len(rows)):
            cell = start[t] + k * column[rows[t]]
            mine[cell, 0] += heavy[t]
            mine[cell, 1] += strong[t]
    return found.reshape((count, leaves, cells, k, 2))


@compiled
def evidence(weight: Floats, pull: Floats, precision: Floats) -> float:
    """Return log evidence of a leaf whose arm effects have prior precision `precision`, up to a constant.

    1/2 s'(P + W)^-1 s - 1/2 log det(P + W), by Cholesky's factors (Rasmussen & Williams 2006, eq. 2.30).
    """
    k = len(weight)
    factor = precision.copy()
    solved = np.empty(k)
    half_log, square = 0.0, 0.0
    for i in range(k):
        factor[i, i] += weight[i]
    for i in range(k):
        for j in range(i + 1):
            rest = factor[i, j]
            for q in range(j):
                rest -= factor[i, q] * factor[j, q]
            factor[i, j] = np.sqrt(rest) if i == j else rest / factor[j, j]
        rest = pull[i]
        for q in range(i):
            rest -= factor[i, q] * solved[q]
        solved[i] = rest / factor[i, i]
        half_log += np.log(factor[i, i])
        square += solved[i] * solved[i]
    return 0.5 * square - half_log


@compiled
def split(found: Floats, precision: Floats, least: float, price: float) -> tuple[Ints, Ints]:
    """Return each leaf's best feature (position, -1 = none is worth it) and the last bin of its left side.

    Args:
        found: of `histogram`.
        precision: (k, k) of an effect in a leaf.
        least: weight both sides must have.
        price: log evidence a split must gain, for it was picked from many.
    """
    features, leaves, bins, k, _ = found.shape
    feature, border = np.full(leaves, -1), np.zeros(leaves, np.int64)
    nothing = np.zeros(k)
    empty = evidence(nothing, nothing, precision)
    for leaf in range(leaves):
        total = found[0, leaf].sum(axis=0)
        most = total[:, 0].sum()
        if most < 2 * least:
            continue
        best = price + evidence(total[:, 0], total[:, 1], precision) + empty
        for position in range(features):
            weight, pull, mass = np.zeros(k), np.zeros(k), 0.0
            for b in range(bins - 1):
                cell = found[position, leaf, b]
                more = 0.0
                for a in range(k):
                    weight[a] += cell[a, 0]
                    pull[a] += cell[a, 1]
                    more += cell[a, 0]
                mass += more
                if more == 0.0 or mass < least or most - mass < least:
                    continue
                left = evidence(weight, pull, precision)
                gain = left + evidence(total[:, 0] - weight, total[:, 1] - pull, precision)
                if gain > best:
                    best, feature[leaf], border[leaf] = gain, position, b
    return feature, border


@compiled
def descend(bins: Bins, leaf: Ints, feature: Ints, border: Ints) -> None:
    """Move every row one level down; where there is no split (feature -1) to the left."""
    for i in range(len(leaf)):
        at = leaf[i]
        right = feature[at] >= 0 and bins[max(feature[at], 0), i] > border[at]
        leaf[i] = 2 * at + (1 if right else 0)


@compiled
def totals(leaf: Ints, arm: Ints, weight: Floats, pull: Floats, rows: Ints, shape: tuple[int, int]) -> Floats:
    """Return (leaves, k, 2) weight and weighted residual of the rows counted."""
    found = np.zeros((shape[0], shape[1], 2))
    for i in rows:
        found[leaf[i], arm[i], 0] += weight[i]
        found[leaf[i], arm[i], 1] += pull[i]
    return found


@compiled
def explain(rest: Floats, leaf: Ints, arm: Ints, value: Floats) -> None:
    """Take a tree's values (leaves, k) for what each row was given off what is left to explain, (n,)."""
    for i in range(len(leaf)):
        rest[i] -= value[leaf[i], arm[i]]


@compiled
def predict(bins: Bins, feature: Ints, border: Ints, value: Floats) -> Floats:
    """Return (n, k) sums over trees.

    Args:
        bins: (p, n) binned features.
        feature: (trees, 2^depth - 1) split features level by level, -1 = to the left.
        border: likewise, last bin of the left side.
        value: (trees, 2^depth, k).
    """
    trees, leaves, k = value.shape
    n = bins.shape[1]
    found = np.zeros((n, k))
    rows = np.ascontiguousarray(bins.T)  # a row's bins side by side in memory
    for i in range(n):
        for tree in range(trees):
            node = 0
            while node < leaves - 1:
                at = feature[tree, node]
                right = at >= 0 and rows[i, max(at, 0)] > border[tree, node]
                node = 2 * node + (2 if right else 1)
            for a in range(k):
                found[i, a] += value[tree, node - leaves + 1, a]
    return found
