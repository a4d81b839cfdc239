"""Everybody alike: the share of customers who bought. What every other predictor has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.profiles.purchase.base import Floats, Rows
from offersmith.profiles.sequences.steps import Steps


@dataclass(frozen=True, slots=True)
class FittedRate:
    """One chance for all, that of the rows with one purchase and one customer without added (Laplace)."""

    share: float

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:  # noqa: ARG002 - reads none
        """Return it for everybody."""
        return np.full(profiles.num_rows, self.share)


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of customers who bought."""

    name: str = "rate"

    def fit(self, rows: Rows, *, seed: int) -> FittedRate:  # noqa: ARG002 - nothing is drawn
        """Count."""
        return FittedRate((float(rows.bought.sum()) + 1) / (len(rows) + 2))
