"""One DuckDB: how it is opened, how text is quoted in its SQL, and how Ctrl-C comes through it.

Analytics and landing each open their own; what both must do alike stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


def connect(*, threads: int, memory_mb: int, spill: Path | None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory.

    Args:
        threads: cores to use; 0 takes all. Results do not depend on it.
        memory_mb: what the engine may hold before it spills, in MiB.
        spill: folder for spilled data; None forbids spilling.
    """
    engine = duckdb.connect(":memory:")
    options = {"memory_limit": f"{memory_mb}MiB", "TimeZone": "UTC", "temp_directory": str(spill or "")}
    for name, value in options.items():
        engine.execute(f"SET {name} = {text(value)}")
    # Order is never promised by a scan; questions that need one say so. Spares memory.
    engine.execute("SET preserve_insertion_order = false")
    # Long work would draw a bar on standard output, where `--json` belongs.
    engine.execute("SET enable_progress_bar = false")
    if threads:
        engine.execute(f"SET threads = {int(threads)}")
    return engine


def text(value: str) -> str:
    """Return `value` as a text of SQL."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def interruptible() -> Iterator[None]:
    """Make Ctrl-C while the engine works what it is anywhere else.

    Raises:
        KeyboardInterrupt: the engine swallowed it and raised an error of its own in its place.
    """
    try:
        yield
    except RuntimeError as fault:
        if "interrupted" in str(fault).lower():
            raise KeyboardInterrupt from fault
        raise
