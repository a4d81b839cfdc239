"""Columns made in the process, laid out as a batch of `EVENTS`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.vocabulary import EVENTS


def record(rows: int, **columns: Any) -> pa.RecordBatch:
    """Return a batch of `EVENTS`.

    Args:
        rows: length of every column.
        columns: by name, an Arrow or numpy array, or a text that stands for every row; one not named is null.

    Raises:
        KeyError: a name is not a column of `EVENTS`.
    """
    unknown = sorted(set(columns) - set(EVENTS.names))
    if unknown:
        raise KeyError(unknown[0])
    return pa.record_batch([_array(columns.get(field.name), rows, field.type) for field in EVENTS], schema=EVENTS)


def _array(value: Any, rows: int, kind: pa.DataType) -> pa.Array:
    if value is None:
        return pa.nulls(rows, kind)
    if isinstance(value, str):
        return pa.repeat(pa.scalar(value, kind), rows)
    if isinstance(value, np.ndarray):
        return pa.array(value, kind)
    array = value.combine_chunks() if isinstance(value, pa.ChunkedArray) else value
    return array.cast(kind)
