"""A file is there whole or not at all: written beside its place, flushed to the disk, and renamed."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.errors import StorageError


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path`, replacing what was there in one step; folders are made when missing.

    Raises:
        StorageError: the disk refused; what was there before is untouched.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write in parts; it takes the place of what is at `path` in one step, once all is written.

    Raises:
        StorageError: the disk refused; what was there before is untouched, as after any other fault in between.
    """
    if not path.name or path.is_dir():
        raise StorageError(f"{path} is a folder", hint="name a file in it", path=str(path))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        full = fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        hint = "free some space, then run the same again" if full else "choose a file in a folder you may write to"
        raise StorageError(f"{path} cannot be written: {reason}", hint=hint, path=str(path)) from fault


def flush(path: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it; no protection against a crash half way.

    Raises:
        OSError: the disk refused.
    """
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's entries: a rename survives a power cut only then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet; the same table gives the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
