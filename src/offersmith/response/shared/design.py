"""Features as the columns of an additive regression: each alone, bent at its quantiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offersmith.response.base import Bools, Floats, Ints

Shape = Literal["ramp", "step"]
Bits = NDArray[np.float32]

BLOCK = 50_000
_LOOK = 20_000
"""Rows enough to place knots by."""
_FEW = 3
"""A feature with fewer distinct values is not bent."""


@dataclass(frozen=True, slots=True)
class Design:
    """Columns 1, x_j, and max(x_j - q, 0) or [x_j > q] at quantiles q; all but the first standardised.

    Attributes:
        shape: `ramp` for what changes smoothly, `step` for what jumps.
        knots: per feature, where it bends.
        mean: (q,) of the columns before they are standardised.
        spread: (q,) likewise; constant columns have infinity, which makes them zero.
    """

    shape: Shape
    knots: tuple[tuple[float, ...], ...]
    mean: Floats
    spread: Floats

    @classmethod
    def learn(cls, x: Floats, shape: Shape, count: int) -> Design:
        """Place at most `count` knots a feature at equally spaced quantiles of (n, p) rows."""
        rows = x[:: max(1, len(x) // _LOOK)]
        levels = np.linspace(0, 1, count + 2)[1:-1]
        knots = []
        for column in rows.T:
            distinct = np.unique(column)
            inside = np.unique(np.quantile(column, levels)) if len(distinct) >= _FEW else np.zeros(0)
            knots.append(
                tuple(inside[(inside > distinct[0]) & (inside < distinct[-1])].tolist()) if len(inside) else ()
            )
        size = 1 + sum(1 + len(at) for at in knots)
        columns = cls(shape, tuple(knots), np.zeros(size), np.ones(size)).matrix(rows).astype(np.float64)
        mean, spread = columns.mean(axis=0), columns.std(axis=0)
        mean[0], spread[0] = 0.0, 1.0
        return cls(shape, tuple(knots), mean, np.where(spread > 1e-9, spread, np.inf))

    @property
    def feature(self) -> Ints:
        """(q,) the feature of each column, -1 of the first."""
        return np.array([-1] + [j for j, at in enumerate(self.knots) for _ in range(1 + len(at))])

    @property
    def bent(self) -> Bools:
        """(q,) whether the column is one of the bends."""
        return np.array([False] + [b > 0 for at in self.knots for b in range(1 + len(at))])

    def matrix(self, x: Floats, used: Ints | None = None) -> Bits:
        """Return (n, q) standardised columns, or only those of `used` (sorted)."""
        wanted = np.arange(len(self.mean)) if used is None else used
        found = np.empty((len(x), len(wanted)), dtype=np.float32)
        feature, knot = self.feature, self._knot
        for place, column in enumerate(wanted.tolist()):
            if column == 0:
                found[:, place] = 1.0
                continue
            value = x[:, feature[column]]
            if np.isfinite(knot[column]):
                gap = value - knot[column]
                value = np.maximum(gap, 0.0) if self.shape == "ramp" else gap > 0
            found[:, place] = (value - self.mean[column]) / self.spread[column]
        return found

    def blocks(self, x: Floats, used: Ints | None = None) -> Iterator[tuple[slice, Bits]]:
        """Yield the matrix in parts, so that memory does not grow with the rows."""
        for start in range(0, len(x), BLOCK):
            rows = slice(start, min(start + BLOCK, len(x)))
            yield rows, self.matrix(x[rows], used)

    @property
    def _knot(self) -> Floats:
        return np.array([np.nan] + [knot for at in self.knots for knot in (np.nan, *at)])
