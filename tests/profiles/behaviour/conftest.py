"""A shop whose events a test writes down line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS

Rows = Sequence[dict[str, Any]]
Bind = Callable[[Rows], Analytics]


@pytest.fixture
def bind(tmp_path: Path) -> Iterator[Bind]:
    """Return a function that makes an engine over events given as rows; what a row does not say is usual or null."""
    with ExitStack() as stack:
        count = 0

        def made(rows: Rows) -> Analytics:
            nonlocal count
            count += 1
            path = tmp_path / f"events-{count}.parquet"
            full = [{"event_id": f"e{i:07d}", "utc_offset": 0, **row} for i, row in enumerate(rows)]
            pq.write_table(pa.Table.from_pylist(full, schema=EVENTS), path)
            analytics = stack.enter_context(Analytics(threads=1))
            analytics.use_events([path])
            return analytics

        yield made


@pytest.fixture
def bind_table(tmp_path: Path) -> Iterator[Callable[[pa.Table], Analytics]]:
    """Return a function that makes an engine over a table with some of the columns of events."""
    with ExitStack() as stack:

        def made(table: pa.Table) -> Analytics:
            rows = table.num_rows
            usual: dict[str, Any] = {
                "event_id": pa.array([f"e{i:07d}" for i in range(rows)]), "event": pa.array(["purchase"] * rows),
                "utc_offset": pa.array([0] * rows, pa.int16()), "time": pa.array([datetime(2024, 1, 1)] * rows),
            }  # fmt: skip
            columns = [
                table[field.name].cast(field.type) if field.name in table.column_names
                else usual.get(field.name, pa.nulls(rows, field.type)).cast(field.type)
                for field in EVENTS
            ]  # fmt: skip
            path = tmp_path / "table.parquet"
            pq.write_table(pa.table(columns, schema=EVENTS), path)
            analytics = stack.enter_context(Analytics(threads=1))
            analytics.use_events([path])
            return analytics

        yield made
