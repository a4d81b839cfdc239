"""Columns of a profile table as arrays of numbers, and a refusal that names what is not there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def needed(profiles: pa.Table, features: Sequence[str]) -> None:
    """Refuse a table without some columns.

    Raises:
        InputError: one of them is missing.
    """
    missing = [name for name in ("customer_id", *features) if name not in profiles.column_names]
    if missing:
        raise InputError(f"segments need the columns {', '.join(missing)}", field="features", missing=missing)


def numeric(kind: pa.DataType) -> bool:
    """Return whether a column of this type holds numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def numbers(profiles: pa.Table, name: str) -> Floats:
    """Return (n,) the numbers of a column; NaN where there is none, or one without end."""
    column = pc.fill_null(profiles[name].cast(pa.float64(), safe=False), np.nan)
    values = np.asarray(column.to_numpy(), dtype=np.float64)
    return values if np.isfinite(values).all() else np.where(np.isfinite(values), values, np.nan)


def nearest(points: Floats, centres: Floats) -> Ints:
    """Return (n,) which of (k, d) centres is closest to each of (n, d) points; the first of equal ones."""
    far = (centres**2).sum(axis=1) - 2.0 * points @ centres.T
    return np.asarray(far.argmin(axis=1), dtype=np.int64)
