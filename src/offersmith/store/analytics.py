"""Where heavy questions about events are answered: one DuckDB in memory over the shop's Parquet files.

A question is an unbound ibis expression over the table `events` (schema `vocabulary.EVENTS`) and any table registered
by `use_table`. It is compiled to SQL text and run on a connection of our own, so that no other room knows the engine.
`store.spark.SparkAnalytics` answers the same questions where a shop has outgrown one machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.errors import StorageError
from offersmith.store.decided import DECIDED, STANDS_FOR
from offersmith.store.engine import connect, interruptible, text
from offersmith.store.together import TOGETHER
from offersmith.vocabulary import EVENTS

EVENTS_TABLE: ir.Table = ibis.table(ibis.Schema.from_pyarrow(EVENTS), name="events")
"""The unbound table every question about events starts from."""


class Analytics:
    """An analytical engine over events and registered tables; a context manager.

    Args:
        threads: cores to use; 0 takes all. Results do not depend on it.
        memory_mb: what the engine may hold before it spills to `scratch`, in MiB.
        scratch: folder for spilled data; None forbids spilling.
    """

    def __init__(self, *, threads: int = 0, memory_mb: int = 1024, scratch: Path | None = None) -> None:
        self._engine = connect(threads=threads, memory_mb=memory_mb, spill=scratch)
        self.use_events([])
        self.use_table("decided", DECIDED.empty_table())
        self.use_table("stands_for", STANDS_FOR.empty_table())
        self.use_table("together", TOGETHER.empty_table())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Free the engine and everything registered with it."""
        self._engine.close()

    def use_events(self, files: Sequence[Path]) -> None:
        """Bind the table `events` to these Parquet files; none of them is an empty table.

        Raises:
            StorageError: a file is missing, cut short, or not of the schema `vocabulary.EVENTS`.
        """
        names = ", ".join(f'"{name}"' for name in EVENTS.names)
        if not files:
            self.use_table("no_events", EVENTS.empty_table())
            source = "no_events"
        else:
            source = f"read_parquet([{', '.join(text(str(file)) for file in sorted(files))}])"
        try:
            self._engine.execute(f"CREATE OR REPLACE VIEW events AS SELECT {names} FROM {source}")
        except duckdb.Error as fault:
            raise _storage_error(fault) from fault

    def use_table(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known to questions under `name`, replacing what had that name."""
        self._engine.register(name, table)

    def run(self, expr: ir.Table) -> pa.Table:
        """Answer an unbound ibis expression; the columns have exactly the types the expression declares.

        Raises:
            StorageError: a file cannot be read, or memory and scratch space do not suffice.
        """
        return self.execute(ibis.to_sql(expr, dialect="duckdb")).cast(expr.schema().to_pyarrow())

    def stream(self, expr: ir.Table, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Answer an unbound ibis expression in parts, in its order; nothing else may be asked before the last one.

        Args:
            expr: the question.
            rows: the most rows of a part.

        Raises:
            StorageError: a file cannot be read, or memory and scratch space do not suffice.
            KeyboardInterrupt: Ctrl-C, as anywhere else.
        """
        schema = expr.schema().to_pyarrow()
        try:
            with interruptible():
                parts = self._engine.sql(ibis.to_sql(expr, dialect="duckdb")).to_arrow_reader(rows)
            while True:
                with interruptible():
                    part = next(parts, None)
                if part is None:
                    return
                yield part.cast(schema)
        except (duckdb.Error, pa.ArrowException, OSError) as fault:
            # What goes wrong between two parts comes through the reader, which says it in its own way.
            raise _storage_error(fault) from fault

    def execute(self, sql: str) -> pa.Table:
        """Answer one SQL query; for `store/` itself.

        Raises:
            StorageError: a file cannot be read, or memory and scratch space do not suffice.
            KeyboardInterrupt: Ctrl-C, as anywhere else.
        """
        try:
            with interruptible():
                return self._engine.sql(sql).to_arrow_table()
        except duckdb.Error as fault:
            raise _storage_error(fault) from fault


def _storage_error(fault: Exception) -> StorageError:
    """Say what the engine stumbled over in a person's words; its own are kept as the first line."""
    first = str(fault).strip().splitlines()[0]
    if isinstance(fault, duckdb.OutOfMemoryException):
        return StorageError(
            f"the question needs more memory or scratch space than allowed: {first}",
            hint="raise memory_mb in [engine], or free space on the disk of the workspace",
        )
    if isinstance(fault, duckdb.IOException | duckdb.InvalidInputException | duckdb.SerializationException):
        return StorageError(
            f"an events file cannot be read, or the disk is full: {first}",
            hint="remove the damaged file and ingest its source again",
        )
    return StorageError(f"the analytical engine failed: {first}")
