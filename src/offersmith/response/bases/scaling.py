"""Columns brought to mean 0 and spread 1 by values frozen when the model learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats

_EDGE = 8.0
"""A value further out counts as this many spreads: no row may rule a linear model by itself."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Means and spreads of columns; a column without spread becomes zeros."""

    center: tuple[float, ...]
    scale: tuple[float, ...]

    @classmethod
    def learn(cls, x: Floats) -> Scaling:
        """Freeze the means and spreads of (n, p) rows."""
        return cls(tuple(x.mean(axis=0).tolist()), tuple(x.std(axis=0).tolist()))

    def apply(self, x: Floats) -> Floats:
        """Return (n, p) scaled rows, cut at 8 spreads."""
        spread = np.array(self.scale)
        safe = np.where(spread > 1e-9, spread, np.inf)
        return np.asarray(np.clip((x - np.array(self.center)) / safe, -_EDGE, _EDGE))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"center": list(self.center), "scale": list(self.scale)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Scaling:
        """Make it again from `as_dict`."""
        return cls(tuple(map(float, plain["center"])), tuple(map(float, plain["scale"])))
