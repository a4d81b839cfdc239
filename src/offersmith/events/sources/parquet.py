"""A Parquet file of events, with the types it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.errors import InputError
from offersmith.events.sources.digest import sha256
from offersmith.settings import SourceSettings

ROWS = 65_536


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """One Parquet file; a `Source`."""

    path: Path
    name: str
    mapping: SourceSettings

    @property
    def rows(self) -> int | None:
        """Rows as the file's footer says."""
        with self._readable(), pq.ParquetFile(self.path) as file:
            return int(file.metadata.num_rows)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the file."""
        return sha256(self.path)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as they are stored.

        Raises:
            InputError: the file is empty, cut short, or no Parquet.
        """
        with self._readable(), pq.ParquetFile(self.path) as file:
            if not file.metadata.num_rows:
                raise InputError(
                    f"{self.path} has no rows, only the columns {', '.join(file.schema_arrow.names)}",
                    path=str(self.path),
                    found=file.schema_arrow.names,
                )
            yield from file.iter_batches(batch_size=ROWS, use_threads=False)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            if not self.path.stat().st_size:
                raise InputError(f"{self.path} is empty", path=str(self.path))
            _must_be_parquet(self.path)
            yield
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as fault:
            reason = str(fault).strip().splitlines()[0]
            raise InputError(
                f"{self.path} cannot be read as Parquet: {reason}",
                hint="the file is cut short or damaged: fetch or export it again",
                path=str(self.path),
            ) from fault


def _must_be_parquet(path: Path) -> None:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic not in (b"PAR1", b"PARE"):
        raise InputError(
            f"{path} is not a Parquet file, whatever its name: it does not begin with PAR1",
            hint="if it is CSV, rename it to .csv; else export it as Parquet",
            path=str(path),
        )
