"""An additive regression over arms, with as many columns as the data can prove.

    target = sum over codes c, columns q:  code[arm, c] x column[q] x weight[c, q]  +  noise

Weights of one feature under one code share a variance, found by the evidence (automatic relevance determination,
MacKay 1992; Tipping 2001) under a Jeffreys prior that prunes: most features change most offers' effects not at all, and
to estimate each of those zeros is what makes generic learners believe their noise. Everything needed of the rows is one
cross-product per arm and fold, so a fold's fit costs no further pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.shared.design import Design

MOST = 400
"""Columns x codes that compete at once; the others were the least promising one by one."""
_ROUNDS = 12
_PRIOR = 2.0
"""Weight of the Jeffreys prior of a variance, in parameters."""
_WIDE, _START, _NOTHING = 0.1, 0.015, 1e-4**2
"""Prior spreads in units of the noise's: of an offer's average effect, of a weight at first, of one that is gone."""
_SCREEN = (0.005**2, 0.03**2)
_PATIENCE = 2
_RELAXED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Cross-products of a design and of it with the target, per fold and arm.

    Attributes:
        gram: (folds, k, q, q).
        cross: (folds, k, q).
        rows: (folds, k).
    """

    gram: Floats
    cross: Floats
    rows: Ints

    def without(self, fold: int | None) -> tuple[Floats, Floats, Floats]:
        """Return gram (k, q, q), cross (k, q) and the arms' shares (k,) of all folds but one, or of all."""
        keep = [part for part in range(len(self.rows)) if part != fold]
        rows = self.rows[keep].sum(axis=0)
        return self.gram[keep].sum(axis=0), self.cross[keep].sum(axis=0), rows / max(int(rows.sum()), 1)


def moments(
    design: Design, x: Floats, arm: Ints, k: int, target: Floats, noise: Floats, fold: Ints, folds: int
) -> Moments:
    """Pass over the rows once.

    Args:
        design: of the columns.
        x: (n, p) features.
        arm: (n,) what was given, below `k`.
        k: number of arms.
        target: (n,) what is to be explained, in units of the usual noise's spread.
        noise: (n,) variance of the target about its expectation in the same units; rows are weighed by its inverse.
        fold: (n,) below `folds`.
        folds: how many.
    """
    q = len(design.feature)
    gram, cross = np.zeros((folds, k, q, q)), np.zeros((folds, k, q))
    root = np.sqrt(1.0 / noise).astype(np.float32)
    for rows, columns in design.blocks(x):
        weighed = columns * root[rows, None]
        wanted = (target[rows] * root[rows]).astype(np.float32)
        cell = fold[rows] * k + arm[rows]
        for value in np.unique(cell).tolist():
            inside = np.flatnonzero(cell == value)
            part = weighed[inside]
            gram[value // k, value % k] += part.T @ part
            cross[value // k, value % k] += part.T @ wanted[inside]
    counts = np.bincount(fold * k + arm, minlength=folds * k).reshape(folds, k)
    return Moments(gram, cross, counts)


def weights(gram: Floats, cross: Floats, code: Floats, design: Design) -> Floats:
    """Return (k, q): each arm's weights of the design's columns.

    Args:
        gram: (k, q, q) of `Moments.without`.
        cross: (k, q) likewise.
        code: (k, m) centred codes of the arms; a constant one for the level is added here.
        design: whose columns they are.
    """
    k, q = cross.shape
    coded = np.column_stack([np.ones(k), code])
    m = coded.shape[1]
    group = _groups(design, m)
    whole_cross = (coded.T @ cross).ravel()
    active = _screen(gram, coded, whole_cross, group, q)
    active = active[_spread(gram, coded, active, q) > 0]
    whole = _assemble(gram, coded, active, q)
    kept, value = _evidence(whole, whole_cross[active], group[active], active % q == 0)
    found = np.zeros(m * q)
    found[active[kept]] = value
    return np.asarray(coded @ found.reshape(m, q))


def _groups(design: Design, m: int) -> Ints:
    """Number weights by code, feature and whether they bend; intercepts (feature -1) come out one a code."""
    kind = 2 * (design.feature + 1) + design.bent
    return (np.arange(m)[:, None] * (int(kind.max()) + 1) + kind[None, :]).ravel()


def _spread(gram: Floats, coded: Floats, active: Ints, q: int) -> Floats:
    column, code = active % q, active // q
    diagonal = np.einsum("aqq->aq", gram)
    return np.asarray(np.einsum("ai,ai->i", coded[:, code] ** 2, diagonal[:, column]))


def _assemble(gram: Floats, coded: Floats, active: Ints, q: int) -> Floats:
    """Return the cross-products of the active pairs of code and column only."""
    column, code = active % q, active // q
    total = np.zeros((len(active), len(active)))
    for arm in range(len(gram)):
        times = coded[arm, code]
        total += gram[arm][np.ix_(column, column)] * (times[:, None] * times[None, :])
    return total


def _screen(gram: Floats, coded: Floats, cross: Floats, group: Ints, q: int) -> Ints:
    """Return the pairs of the groups whose evidence alone is greatest, intercepts always among them."""
    if len(group) <= MOST:
        return np.arange(len(group))
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    sizes = np.array([len(part) for part in parts])
    gain = np.full(len(parts), np.inf)
    own = np.tensordot(coded.T**2, gram, axes=1)
    for size in np.unique(sizes).tolist():
        # Intercepts are groups of one column, the first of each code.
        alike = [number for number in np.flatnonzero(sizes == size).tolist() if parts[number][0] % q]
        if alike:
            pairs = np.stack([parts[number] for number in alike])
            column, code = pairs % q, pairs[:, 0] // q
            blocks = own[code[:, None, None], column[:, :, None], column[:, None, :]]
            gain[alike] = np.max([_alone(blocks, cross[pairs], variance) for variance in _SCREEN], axis=0)
    best = np.argsort(-gain, kind="stable")
    inside = best[np.cumsum(sizes[best]) <= MOST]
    return np.sort(np.concatenate([parts[number] for number in inside.tolist()]))


def _alone(gram: Floats, cross: Floats, variance: float) -> Floats:
    """Return (groups,) the evidence of groups of equal size, each as if it were the only one.

    Args:
        gram: (groups, s, s) cross-products of each group's columns.
        cross: (groups, s) with the target.
        variance: of the prior.
    """
    inner = np.eye(cross.shape[1]) + variance * gram
    solved = np.linalg.solve(inner, cross[:, :, None])[:, :, 0]
    return np.asarray(0.5 * variance * np.sum(cross * solved, axis=1) - 0.5 * np.linalg.slogdet(inner)[1])


def _evidence(gram: Floats, cross: Floats, group: Ints, always: Bools) -> tuple[Ints, Floats]:
    """Return which columns are kept and their posterior means; those of `always` have a wide prior and stay."""
    _, group = np.unique(group, return_inverse=True)
    size = np.bincount(group).astype(np.float64)
    fixed = np.bincount(group, always) > 0
    variance = np.where(fixed, _WIDE**2, _START**2)
    active = np.arange(len(cross))
    for turn in range(_ROUNDS + _RELAXED):
        inside = group[active]
        mean, spread = _posterior(gram[np.ix_(active, active)] + np.diag(1 / variance[inside]), cross[active])
        square = np.bincount(inside, mean**2, minlength=len(size))
        trace = np.bincount(inside, spread, minlength=len(size))
        determined = np.maximum(size - trace / variance, 1e-6)
        # In the last turns it is settled which weights there are; how large, is asked without the prior against them.
        against = _PRIOR if turn < _ROUNDS else 0.0
        found = square / (determined + against) if turn else (square + trace) / (size + against)
        variance = np.where(fixed, _WIDE**2, np.maximum(found, _NOTHING))
        if _PATIENCE <= turn < _ROUNDS:
            # What is left of a weight that only follows noise shrinks far below its own uncertainty.
            proven = fixed | ((square > 0.05 * trace) & (variance > 10 * _NOTHING))
            active = active[proven[inside]]
    inside = group[active]
    value = np.linalg.solve(gram[np.ix_(active, active)] + np.diag(1 / variance[inside]), cross[active])
    return np.asarray(active, dtype=np.int64), np.asarray(value, dtype=np.float64)


def _posterior(precision: Floats, cross: Floats) -> tuple[Floats, Floats]:
    """Return means and variances, (n,) each, by Cholesky's factor and its inverse: the covariances are not needed."""
    factor, failed = dpotrf(precision, lower=1)
    if failed:
        spread = np.linalg.inv(precision)
        return np.asarray(spread @ cross), np.diag(spread)
    root, _ = dtrtri(factor, lower=1, overwrite_c=1)
    return np.asarray(root.T @ (root @ cross)), np.asarray(np.sum(root**2, axis=0))
