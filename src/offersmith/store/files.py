"""A file is there whole or not at all: written beside its place, flushed to the disk, and renamed."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.errors import StorageError


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path`, replacing what was there in one step; folders are made when missing.

    Raises:
        StorageError: the disk refused; what was there before is untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise StorageError(f"{path} cannot be written: {reason}", hint="free space or choose another folder") from fault
    finally:
        beside.unlink(missing_ok=True)


def parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet; the same table gives the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
