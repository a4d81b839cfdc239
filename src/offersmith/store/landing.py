"""Where events land: staged beside the store, compared with what is there, written whole or not at all.

A landed file is invisible until the ledger has a row for it; what a crash leaves behind is swept before the next
ingest. Rows without an id of their own get one from their content and from how many equal rows came before them in
the same file: the same or a longer file delivered again adds only what is new, and equal lines within one file stay.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.errors import StateError, StorageError
from offersmith.store.engine import connect, interruptible, text
from offersmith.store.files import sync_folder
from offersmith.store.resolution import REPAIRABLE, Resolution, resolve
from offersmith.vocabulary import EVENTS

ROWS_PER_GROUP = 131_072

STAGED = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("given_id", pa.string()),
        pa.field("listed_product", pa.string()),
        *[field for field in EVENTS if field.name != "event_id"],
    ]
)
"""Rows as they are staged: number in the source (from 1), the id the source gave, the product as the source names it
(part of the content even where the event does without it), and the event itself."""

QUARANTINE = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("raw", pa.string(), nullable=False),
    ]
)
"""Rows refused: the whole row as JSON text (or the line as it was read), so that nothing is lost."""


MENDED = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("original", pa.float64()),
        pa.field("filled", pa.float64(), nullable=False),
        pa.field("way", pa.string(), nullable=False),
    ]
)
"""Values to put in place of what the source says: its row, the column, what it says, what is put there, and how."""

REPAIRED = pa.schema([pa.field("event_id", pa.string(), nullable=False), *MENDED])
"""The same of the rows that became events. A file of events with values filled in has one of the same name."""


class Landing:
    """The folders `events/`, `quarantine/` and `repaired/` of one workspace's store.

    Args:
        root: the store's folder; made when missing.
        threads: cores the engine may use; 0 takes all. Results do not depend on it.
        memory_mb: what the engine may hold before it spills to `root/scratch`, in MiB.
    """

    def __init__(self, root: Path, *, threads: int = 0, memory_mb: int = 1024) -> None:
        self.root = root
        self._threads = threads
        self._memory_mb = memory_mb

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the store for one ingest.

        Raises:
            StateError: another ingest is running.
            StorageError: the folder cannot be written.
        """
        with _disk(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / "ingest.lock").open("wb")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise StateError(f"another ingest into {self.root} is running", hint="wait for it to end") from fault
            yield

    def sweep(self, visible: Collection[Path]) -> None:
        """Remove what interrupted ingests left: every landed file that is not in `visible`, and all stages."""
        names = {path.name for path in visible}
        with _disk(self.root):
            for folder in ("events", "quarantine", "repaired"):
                for path in (self.root / folder).glob("*"):
                    if path.name not in names and path.is_file():
                        path.unlink()
            for stage in (self.root / "scratch").glob("ingest-*"):
                shutil.rmtree(stage, ignore_errors=True)

    @contextmanager
    def stage(self, source: str, key: str) -> Iterator[Stage]:
        """Open a stage for one source; whatever ends it, the stage itself is gone afterwards.

        Args:
            source: name of the source, for the quarantine.
            key: name of the files to be, unique for content and mapping.

        Raises:
            StorageError: the disk is full or the engine failed; nothing half-written is left.
        """
        folder = self.root / "scratch" / f"ingest-{key}"
        stage = Stage(self.root, folder, source, key)
        try:
            with _disk(self.root):
                shutil.rmtree(folder, ignore_errors=True)
                for place in (folder, *(self.root / name for name in ("events", "quarantine", "repaired"))):
                    place.mkdir(parents=True, exist_ok=True)
                stage.engine = connect(threads=self._threads, memory_mb=self._memory_mb, spill=folder / "spill")
                yield stage
        finally:
            stage.close()
            shutil.rmtree(folder, ignore_errors=True)
            for part in self.root.glob(f"*/{key}.parquet.part"):
                part.unlink(missing_ok=True)


class Stage:
    """One source on its way into the store. Made by `Landing.stage`."""

    engine: duckdb.DuckDBPyConnection

    def __init__(self, root: Path, folder: Path, source: str, key: str) -> None:
        self._root, self._folder, self._source, self._key = root, folder, source, key
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._given = self._mended = False
        self._filled: set[str] = set()

    def add(self, batch: pa.RecordBatch) -> None:
        """Stage rows of the schema `STAGED`."""
        if not batch.num_rows:
            return
        self._given = self._given or batch.column("given_id").null_count < batch.num_rows
        self._filled.update(name for name in batch.schema.names if batch.column(name).null_count < batch.num_rows)
        self._write("staged", batch)

    def refuse(self, row: pa.Array, reason: pa.Array, column: pa.Array, raw: pa.RecordBatch) -> None:
        """Set rows aside: their numbers, reason codes, columns of ours they failed in, and the rows as they came."""
        names = [f"{name}_{i}" if name in raw.schema.names[:i] else name for i, name in enumerate(raw.schema.names)]
        whole = pa.StructArray.from_arrays(raw.columns, names=names)
        self._write("refused", pa.record_batch([row, reason, column, whole], ["row", "reason", "column", "raw"]))

    def refuse_lines(self, row: pa.Array, reason: str, lines: pa.Array) -> None:
        """Set lines aside that the source could not even take apart."""
        columns = [row, pa.repeat(pa.scalar(reason), len(row)), pa.nulls(len(row), pa.string()), lines]
        self._write("lines", pa.record_batch(columns, ["row", "reason", "column", "raw"]))

    def rows(self, columns: Sequence[str], events: Sequence[str]) -> pa.Table:
        """Return `row` and columns of the staged rows of some events, in their order; stage no more after this."""
        self._finish("staged")
        if not self._path("staged").exists():
            return STAGED.empty_table().select(["row", *columns])
        wanted = pc.field("event").isin(list(events))
        return pq.read_table(self._path("staged"), columns=["row", *columns], filters=wanted)

    def mend(self, values: pa.Table) -> None:
        """Put values in place of what the source says, of the schema `MENDED`; ids stay those of what it says."""
        if values.num_rows:
            pq.write_table(values, self._path("mended"))
            self._mended = True

    def leave_out(self, rows: pa.Array) -> None:
        """Take rows away that were staged."""
        if len(rows):
            pq.write_table(pa.table({"row": rows}), self._path("out"))

    def resolve(self, existing: Sequence[Path]) -> Resolution:
        """Compare the staged rows with each other and with the landed files `existing`; stage no more after this."""
        self._finish("staged")
        if not self._path("staged").exists():
            return Resolution()
        out = self._path("out") if self._path("out").exists() else None
        beside = [path for path in (self._root / "repaired" / one.name for one in existing) if path.exists()]
        return resolve(
            self.engine, self._path("staged"), existing, given=self._given, filled=self._filled, out=out,
            repaired=beside,
        )  # fmt: skip

    def repaired(self) -> pa.Table:
        """Return `REPAIRED` of the rows that became events; ask once they have landed."""
        path = self._root / "repaired" / f"{self._key}.parquet"
        return pq.read_table(path, schema=REPAIRED) if self._mended and path.exists() else REPAIRED.empty_table()

    def land(self, resolution: Resolution) -> tuple[Path | None, Path | None]:
        """Write what is kept, by time and id, and what is refused; return the two files, None for an empty one.

        The events' file is the same bytes for the same rows, whatever the number of threads.
        """
        quarantine = self._land_refused()
        if not resolution.kept:
            return None, quarantine
        names = [name for name in EVENTS.names if name != "event_id"]
        values, joined = [f'staged."{name}"' for name in names], ""
        if self._mended:
            mended = f"read_parquet({text(str(self._path('mended')))})"
            values, joined = _instead(names, mended)
            asked = 'mended.row, mended."column", mended.original, mended.filled, mended.way'
            query = f"SELECT fates.id AS event_id, {asked} FROM {mended} AS mended JOIN fates USING (row)"
            self._put("repaired", REPAIRED, f'{query} WHERE fates.fate = 0 ORDER BY fates.id, mended."column"')
        events = self._put(
            "events",
            EVENTS,
            f"SELECT fates.id AS event_id, {', '.join(values)} FROM staged JOIN fates USING (row) {joined}"
            "WHERE fates.fate = 0 ORDER BY staged.time, fates.id",
        )
        return events, quarantine

    def equal_refused(self) -> int:
        """Return how many refused rows repeat an earlier refused row in every column."""
        self._finish("refused")
        if not self._path("refused").exists():
            return 0
        refused = f"read_parquet({text(str(self._path('refused')))})"
        found = self.engine.execute(f"SELECT count(*) - count(DISTINCT raw::VARCHAR) FROM {refused}").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        """Let go of files and engine."""
        for name in list(self._writers):
            try:
                self._finish(name)
            except OSError:
                continue  # A full disk refuses the footer too; the stage is thrown away in any case.
        if hasattr(self, "engine"):
            self.engine.close()

    def _land_refused(self) -> Path | None:
        parts = []
        for name, raw in (("refused", "to_json(raw)::VARCHAR"), ("lines", "raw")):
            self._finish(name)
            if self._path(name).exists():
                path = text(str(self._path(name)))
                parts.append(f'SELECT row, reason, "column", {raw} AS raw FROM read_parquet({path})')
        if not parts:
            return None
        query = f"SELECT {text(self._source)} AS source, * FROM ({' UNION ALL '.join(parts)}) ORDER BY row, reason"
        return self._put("quarantine", QUARANTINE, query)

    def _put(self, place: str, schema: pa.Schema, query: str) -> Path:
        final = self._root / place / f"{self._key}.parquet"
        part = final.with_name(f"{final.name}.part")
        with part.open("wb") as file:
            reader = self.engine.sql(query).to_arrow_reader(ROWS_PER_GROUP)
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                for table in _groups(reader):
                    writer.write_table(table.cast(schema), row_group_size=ROWS_PER_GROUP)
            file.flush()
            os.fsync(file.fileno())
        part.replace(final)
        sync_folder(final.parent)
        return final

    def _write(self, name: str, batch: pa.RecordBatch) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self._path(name), batch.schema, compression="lz4")
        self._writers[name].write_batch(batch)

    def _finish(self, name: str) -> None:
        writer = self._writers.pop(name, None)
        if writer is not None:
            writer.close()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"


def _instead(names: Sequence[str], mended: str) -> tuple[list[str], str]:
    """Return the columns of an event with what was filled in, and the tables they are in."""
    values = [
        f'coalesce(CAST(m_{name}.filled AS {REPAIRABLE[name]}), staged."{name}") AS "{name}"'
        if name in REPAIRABLE
        else f'staged."{name}"'
        for name in names
    ]
    parts = [
        f"LEFT JOIN (SELECT row, filled FROM {mended} WHERE \"column\" = '{name}') AS m_{name} "
        f"ON m_{name}.row = staged.row "
        for name in REPAIRABLE
    ]
    return values, "".join(parts)


def _groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Cut a stream into tables of exactly `ROWS_PER_GROUP` rows, the last one shorter: same rows, same bytes."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        waiting.append(batch)
        rows += batch.num_rows
        while rows >= ROWS_PER_GROUP:
            table = pa.Table.from_batches(waiting)
            yield table.slice(0, ROWS_PER_GROUP)
            rest = table.slice(ROWS_PER_GROUP)
            waiting, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield pa.Table.from_batches(waiting)


@contextmanager
def _disk(root: Path) -> Iterator[None]:
    try:
        with interruptible():
            yield
    except duckdb.Error as fault:
        first = str(fault).strip().splitlines()[0]
        raise StorageError(
            f"the engine could not finish in {root}: {first}",
            hint="free space on the disk, or raise memory_mb in [engine]; nothing of this file was kept",
        ) from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise StorageError(
            f"{root} cannot be written: {reason}", hint="free space on the disk; nothing of this file was kept"
        ) from fault
