"""One thing an offer may change (the chance to buy, the basket, an outcome), learned for all arms together.

What arms change is learned three times over the same level: additive with ramps, additive with steps, and by trees. The
three err differently, so their mean is better than any (Breiman 1996); how far it holds up is read off by `slopes`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offersmith.response.base import Floats, Ints, Kind
from offersmith.response.shared import additive, boosted
from offersmith.response.shared.boosted import Bending, Trees
from offersmith.response.shared.codes import centred, kernel
from offersmith.response.shared.design import Design, Shape
from offersmith.response.shared.kernels import Bins
from offersmith.response.shared.level import Level, fit_level
from offersmith.response.shared.slopes import slopes

SHAPES: tuple[tuple[Shape, int], ...] = (("ramp", 4), ("step", 10))
_GROUPS = 10
_SURE = (0.001, 0.999)
_LOOK = 20_000
"""Rows enough to see how much the members differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A fitted part.

    Attributes:
        level: what is expected whatever is given.
        unit: spread of the usual noise; the members work in it.
        designs: columns of the additive members.
        weights: (k, q) of each.
        bending: bins of the trees.
        trees: the boosted member, one a fold, grown on the other folds; their mean is used.
        more: (k,) what every customer's expectation under each arm has besides.
    """

    level: Level
    unit: float
    designs: tuple[Design, ...]
    weights: tuple[Floats, ...]
    bending: Bending
    trees: tuple[Trees, ...]
    more: Floats

    def changes(self, x: Floats) -> Floats:
        """Return (members, n, k) what each member adds to the level under each arm."""
        return self._changes(x, self.bending.bins(x))

    def predict(self, x: Floats) -> Floats:
        """Return (n, k) expectations under each arm."""
        bins = self.bending.bins(x)
        return compose(self.level.predict(x, bins), self._changes(x, bins), self.more, self.level.kind)

    def _changes(self, x: Floats, bins: Bins) -> Floats:
        parts = [_additive(x, self.designs, self.weights), *(tree.predict(bins)[None] for tree in self.trees)]
        return np.concatenate(parts) * self.unit


@dataclass(frozen=True, slots=True, eq=False)
class Crossfitted:
    """A part fitted on everybody, and (n, k) what is said of each row by models that did not see the customer.

    Slopes and mean corrections, a few numbers for all customers, are read of everybody.
    """

    part: Part
    out: Floats


def compose(level: Floats, members: Floats, more: Floats, kind: Kind) -> Floats:
    """Return (n, k) expectations: the level, the mean of what members add, and what all have besides."""
    total = level[:, None] + np.tensordot(shares_of(len(members)), members, axes=1) + more
    return np.clip(total, *_SURE) if kind == "chance" else total


def fit_part(
    kind: Kind,
    x: Floats,
    arm: Ints,
    propensity: Floats,
    y: Floats,
    code: Floats,
    fold: Ints,
    folds: int,
    seed: int,
    trees: bool = True,
) -> Crossfitted:
    """Fit a part on everybody and on every fold's complement.

    Args:
        kind: `chance` of a 0/1 outcome or `mean`.
        x: (n, p) standardised features.
        arm: (n,) what was given.
        propensity: (n,) its chance.
        y: (n,) outcome.
        code: (k, m) codes of the arms.
        fold: (n,) fold of the row's customer.
        folds: how many.
        seed: of the trees.
        trees: whether the boosted member takes part.
    """
    k = len(code)
    bending = Bending.learn(x)
    bins = bending.bins(x)
    level, expected = fit_level(kind, x, bins, y, fold, folds, seed)
    noise = expected * (1 - expected) if kind == "chance" else _spread(expected, y - expected)
    noise = np.maximum(noise, max(0.05 * float(noise.mean()), 1e-12))
    unit = float(np.sqrt(noise.mean()))
    target, noise = (y - expected) / unit, noise / unit**2
    designs = tuple(Design.learn(x, shape, count) for shape, count in SHAPES)
    sums = [additive.moments(design, x, arm, k, target, noise, fold, folds) for design in designs]

    def linear(without: int | None) -> tuple[Floats, ...]:
        parts = []
        for design, moment in zip(designs, sums, strict=True):
            gram, cross, given = moment.without(without)
            parts.append(additive.weights(gram, cross, centred(code, given), design))
        return tuple(parts)

    grown: list[Trees] = []
    out = np.zeros((len(designs) + trees, len(y), k))
    for part in range(folds):
        rows, inside = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        if trees:
            prior = kernel(code, np.bincount(arm[rows], minlength=k) / max(len(rows), 1), boosted.SPREAD)
            grown.append(boosted.grow(bins, arm, target, noise, prior, rows, seed + part))
            out[-1, inside] = grown[-1].predict(bins[:, inside]) * unit
        out[: len(designs), inside] = _additive(x[inside], designs, linear(part)) * unit
    bare = Part(level, unit, designs, linear(None), bending, tuple(grown), np.zeros(k))
    few = x[:: max(1, len(x) // _LOOK)]
    whole = bare.changes(few)
    control = expected + np.tensordot(shares_of(len(out)), out, axes=1)[:, 0]
    changed = (whole - whole[:, :, [0]], out - out[:, :, [0]])
    found = slopes(*changed, shares_of(len(whole)), shares_of(len(out)), arm, propensity, y, control, 1 - 1 / folds)
    by, more = found.fold(np.bincount(arm, minlength=k) / max(len(arm), 1))
    turned = replace(
        bare,
        weights=tuple(by @ weight for weight in bare.weights),
        trees=tuple(replace(one, value=one.value @ by.T) for one in bare.trees),
        more=more,
    )
    return Crossfitted(turned, compose(expected, out @ by.T, more, kind))


def shares_of(members: int) -> Floats:
    """Return each member's weight: the additive ones and the trees of all folds together count alike."""
    trees = members - len(SHAPES)
    equal = 1 / (len(SHAPES) + (trees > 0))
    return np.array([equal] * len(SHAPES) + [equal / max(trees, 1)] * trees)


def _additive(x: Floats, designs: tuple[Design, ...], weights: tuple[Floats, ...]) -> Floats:
    """Return (additive members, n, k) what each adds to the level under each arm, in units of the noise."""
    found = np.zeros((len(designs), len(x), len(weights[0])))
    for index, (design, weight) in enumerate(zip(designs, weights, strict=True)):
        used = np.flatnonzero(np.any(weight != 0, axis=0))
        for rows, columns in design.blocks(x, used):
            found[index, rows] = columns.astype(np.float64) @ weight[:, used].T
    return found


def _spread(expected: Floats, rest: Floats) -> Floats:
    """Return (n,) noise variances: the mean square of the residuals among rows of like expectation."""
    order = np.argsort(expected, kind="stable")
    found = np.zeros(len(rest))
    for group in np.array_split(order, min(_GROUPS, max(1, len(rest) // 50))):
        found[group] = float(np.mean(rest[group] ** 2)) if len(group) else 0.0
    return found
