"""The shared model taken apart: arm by arm, what each feature adds to the chance, to the basket and to the profit.

What arms change of the chance is a sum of additive members and trees, and taken apart exactly. The level that all arms
share is taken apart on its log-odds and carried to the chance in proportion, a basket likewise from its logarithm.
Profit is chance x worth of a sale: a product, see `parted`.
"""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.explain import tree_shares
from offersmith.response.explain.parted import Parted
from offersmith.response.explain.sales import worth
from offersmith.response.linear import expit
from offersmith.response.shared.kernels import Bins
from offersmith.response.shared.level import Level
from offersmith.response.shared.model import Model, Size, standard
from offersmith.response.shared.part import Part, shares_of


def effects(model: Model, x: Floats, background: Floats) -> Parted:
    """Return every arm's effect on the outcome of (n, p) customers, taken apart against (m, p) others."""
    own, usual = (standard(rows, model.mean, model.spread) for rows in (x, background))
    n, p = x.shape
    k = len(model.arms)
    one = Parted.constant(np.ones(k), n, p)
    found = part(model.chance, own, usual) if model.chance else one
    if model.size is not None:
        size = _size(model.size, own, usual, k)
        found = found.times(size if model.margin is None else worth(model.arms, model.margin, model.size.ratio, size))
    return found.less_first().scaled(model.known)


def part(fitted: Part, x: Floats, background: Floats) -> Parted:
    """Return a part's expectation under each arm, from standardised features."""
    changed = _changes(fitted, x, background)
    bins, usual = fitted.bending.bins(x), fitted.bending.bins(background)
    return level(fitted.level, x, background, bins, usual).plus(changed).held(fitted.predict(x))


def level(fitted: Level, x: Floats, background: Floats, bins: Bins, usual: Bins) -> Parted:
    """Return what is expected whatever is given, one arm wide, from features and their bins."""
    n, p = x.shape
    total = Parted.constant(np.zeros(1), n, p)
    for number, line in enumerate(fitted.base):
        weights = np.array(line.weights)
        values = (x - background.mean(axis=0)) * weights
        base = line.intercept + float(background.mean(axis=0) @ weights)
        raw = Parted(np.array([base]), values[:, None, :], np.zeros((n, 1)))
        if fitted.trees:
            trees = fitted.trees[number]
            more, middle = tree_shares.shares(bins, usual, trees.feature, trees.border, trees.value)
            raw = raw.plus(Parted(middle, more, np.zeros((n, 1))))
        total = total.plus(raw.through(expit) if fitted.kind == "chance" else raw)
    return total.scaled(1 / len(fitted.base))


def _changes(fitted: Part, x: Floats, background: Floats) -> Parted:
    """Return what all members together add to the level under each arm."""
    n, p = x.shape
    k = len(fitted.weights[0])
    share = shares_of(len(fitted.designs) + len(fitted.trees))
    values, base = np.zeros((n, k, p)), np.zeros(k)
    for number, (design, weight) in enumerate(zip(fitted.designs, fitted.weights, strict=True)):
        used = np.flatnonzero(np.any(weight != 0, axis=0))
        feature, factor = design.feature[used], share[number] * fitted.unit
        mean = design.matrix(background, used).astype(np.float64).mean(axis=0)
        base += factor * weight[:, used] @ mean
        for rows, columns in design.blocks(x, used):
            moved = columns.astype(np.float64) - mean
            for j in np.unique(feature[feature >= 0]).tolist():
                inside = np.flatnonzero(feature == j)
                values[rows, :, j] += factor * moved[:, inside] @ weight[:, used[inside]].T
    bins, usual = fitted.bending.bins(x), fitted.bending.bins(background)
    for number, trees in enumerate(fitted.trees, start=len(fitted.designs)):
        more, middle = tree_shares.shares(bins, usual, trees.feature, trees.border, trees.value)
        values += share[number] * fitted.unit * more
        base += share[number] * fitted.unit * middle
    return Parted(base + fitted.more, values, np.zeros((n, k)))


def _size(size: Size, x: Floats, background: Floats, k: int) -> Parted:
    if size.part is None:
        return Parted.constant(np.full(k, size.mean), *x.shape)
    found = part(size.part, x, background)
    if size.smear > 0:
        found = found.through(lambda raw: size.smear * np.exp(raw))
    return found.held(size.within(found.total))
