"""A profile table as a matrix a model can read, with everything it needs frozen when it was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.response.base import Floats, floats


@dataclass(frozen=True, slots=True)
class Encoder:
    """Signed logarithm, standardised by frozen means and spreads; a missing value is the mean and raises a flag.

    Counts and money of customers spread over powers of ten; sign(x) log(1 + |x|) keeps their order and lets a linear
    model see them. Trees do not mind, so one matrix serves both.

    Who lies beyond all that was learned from is taken to be at its edge: out there a model says what its curve happens
    to do, and who goes by the largest of such figures is sure to be disappointed.

    Attributes:
        columns: feature names in order; a column a table does not have is missing for everybody.
        center: (p,) means of the logarithms.
        scale: (p,) their spreads; 0 = constant, left out.
        flagged: columns whose being missing is itself a column.
        low: (p,) smallest logarithms that were learned from.
        high: (p,) largest ones.
    """

    columns: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    flagged: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def learn(cls, table: pa.Table, columns: Sequence[str]) -> Encoder:
        """Freeze means, spreads and which columns need a flag (missing in 1 to 99 % of the rows)."""
        raw = _logs(table, columns)
        missing = np.isnan(raw)
        known = np.maximum((~missing).sum(axis=0), 1)
        center = np.where(missing, 0.0, raw).sum(axis=0) / known
        gap = np.where(missing, 0.0, raw - center)
        scale = np.sqrt((gap**2).sum(axis=0) / known)
        share = missing.mean(axis=0) if len(raw) else np.zeros(len(columns))
        return cls(
            columns=tuple(columns),
            center=tuple(float(value) for value in center),
            scale=tuple(float(value) if value > 1e-9 else 0.0 for value in scale),
            flagged=tuple(name for name, part in zip(columns, share, strict=True) if 0.01 < part < 0.99),
            low=tuple(np.where(missing, center, raw).min(axis=0).tolist() if len(raw) else center.tolist()),
            high=tuple(np.where(missing, center, raw).max(axis=0).tolist() if len(raw) else center.tolist()),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the matrix's columns."""
        kept = tuple(name for name, spread in zip(self.columns, self.scale, strict=True) if spread > 0)
        return kept + tuple(f"{name} missing" for name in self.flagged)

    def matrix(self, table: pa.Table) -> Floats:
        """Return (rows, len(names)) without missing values, beyond what was learned from or 8 spreads cut off."""
        raw = _logs(table, self.columns)
        missing = np.isnan(raw)
        raw = np.clip(raw, np.array(self.low), np.array(self.high))
        spread = np.array(self.scale)
        kept = spread > 0
        scaled = (raw - np.array(self.center)) / np.where(kept, spread, 1.0)
        values = np.clip(np.where(missing, 0.0, scaled), -8, 8)[:, kept]
        marks = [index for index, name in enumerate(self.columns) if name in set(self.flagged)]
        return np.ascontiguousarray(np.hstack([values, missing[:, marks].astype(np.float64)]))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return {name: list(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Encoder:
        """Make the encoder again from `as_dict`."""
        return cls(**{name: tuple(plain[name]) for name in cls.__slots__})


def _logs(table: pa.Table, columns: Sequence[str]) -> Floats:
    raw = np.full((table.num_rows, len(columns)), np.nan)
    present = set(table.column_names)
    for index, name in enumerate(columns):
        if name in present:
            raw[:, index] = floats(table, name)
    raw[~np.isfinite(raw)] = np.nan
    return np.asarray(np.sign(raw) * np.log1p(np.abs(raw)))
