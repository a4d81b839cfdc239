"""What must never be lost or counted twice: which sources are in the store, and which plans were made.

SQLite in write-ahead mode, or any database SQLAlchemy has a URL for. Every method is one transaction. A landed file
is part of the store from the moment its row is committed here, and not before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from offersmith.errors import StateError, StorageError
from offersmith.store import migrations
from offersmith.store.tables import BATCHES, PLANS


@dataclass(frozen=True, slots=True)
class Batch:
    """One ingested source: SHA-256 of its content and of the mapping it was read with, its files, its counts."""

    fingerprint: str
    mapping: str
    source: str
    events_file: str | None
    quarantine_file: str | None
    counts: Mapping[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan that was made: where its table lies, its SHA-256, the moment it looks from, its figures."""

    plan_version: str
    file: str
    sha256: str
    as_of: datetime
    created_at: datetime
    summary: Mapping[str, Any]


class Ledger:
    """The ledger of one workspace; a context manager. Made by `Ledger.open`.

    Args:
        engine: a migrated database.
        root: the store's folder, beside whose ledger `events/` and `quarantine/` lie.
    """

    def __init__(self, engine: sa.Engine, root: Path) -> None:
        self._engine = engine
        self._root = root

    @classmethod
    def open(cls, path: Path | str, *, root: Path | None = None) -> Ledger:
        """Open the SQLite file `path` (made when missing) or a database URL, and bring its tables up to date.

        Args:
            path: a file, or a text with `://` in it.
            root: the store's folder; the file's folder when not given.

        Raises:
            StorageError: the file is no ledger, is newer than this version, or cannot be written.
        """
        url = sa.make_url(path) if isinstance(path, str) and "://" in path else None
        place = root or Path(path).parent
        try:
            if url is None:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(url or sa.URL.create("sqlite", database=str(path)), poolclass=sa.NullPool)
        except OSError as fault:
            raise StorageError(f"the ledger {path} cannot be made: {fault.strerror}") from fault
        sa.event.listen(engine, "connect", _pragmas)
        ledger = cls(engine, place)
        ledger._migrate()
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def known(self, fingerprint: str, mapping: str | None = None) -> bool:
        """Say whether a source of this content (and, where given, read with this mapping) is in the store."""
        query = sa.select(BATCHES.c.batch_id).where(BATCHES.c.fingerprint == fingerprint)
        if mapping is not None:
            query = query.where(BATCHES.c.mapping == mapping)
        with self._transaction() as connection:
            return connection.execute(query).first() is not None

    def record_batch(self, batch: Batch) -> None:
        """Make a landed source visible; one of the same content read with another mapping is replaced.

        Raises:
            StorageError: the same source was recorded meanwhile, or the disk refused.
        """
        with self._transaction() as connection:
            connection.execute(
                sa.delete(BATCHES).where(
                    BATCHES.c.fingerprint == batch.fingerprint, BATCHES.c.mapping != batch.mapping
                )
            )  # fmt: skip
            connection.execute(sa.insert(BATCHES).values(**_fields(batch)))

    def batches(self) -> list[Batch]:
        """Return every ingested source in the order it was recorded."""
        query = sa.select(*(BATCHES.c[name] for name in Batch.__slots__)).order_by(BATCHES.c.batch_id)
        with self._transaction() as connection:
            return [Batch(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's name

    def event_files(self) -> list[Path]:
        """Return the Parquet files of events that are part of the store, in the order they were recorded."""
        return [self._root / "events" / batch.events_file for batch in self.batches() if batch.events_file]

    def quarantine_files(self) -> list[Path]:
        """Return the Parquet files of refused rows, in the order they were recorded."""
        return [self._root / "quarantine" / batch.quarantine_file for batch in self.batches() if batch.quarantine_file]

    def record_plan(self, plan: PlanRow) -> None:
        """Record a plan; the same plan made again changes nothing.

        Raises:
            StateError: another plan of that version is recorded, with other content.
        """
        with self._transaction() as connection:
            found = connection.execute(
                sa.select(PLANS.c.sha256).where(PLANS.c.plan_version == plan.plan_version)
            ).scalar()
            if found is None:
                connection.execute(sa.insert(PLANS).values(**_fields(plan)))
            elif found != plan.sha256:
                raise StateError(f"plan {plan.plan_version} is recorded with other content ({found[:12]})")

    def plans(self) -> list[PlanRow]:
        """Return every plan, the oldest first."""
        query = sa.select(PLANS).order_by(PLANS.c.created_at, PLANS.c.plan_version)
        with self._transaction() as connection:
            return [PlanRow(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's name

    def _migrate(self) -> None:
        with self._transaction() as connection:
            step = None
            if sa.inspect(connection).has_table("alembic_version"):
                step = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if step != migrations.HEAD:
                if step is not None and step > migrations.HEAD:
                    raise StorageError(f"the ledger is of a newer version ({step}) than this program")
                migrations.upgrade(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError as fault:
            raise StorageError(f"the ledger has that already: {fault.orig}") from fault
        except SQLAlchemyError as fault:
            raise StorageError(
                f"the ledger {self._engine.url.render_as_string()} failed: {getattr(fault, 'orig', None) or fault}",
                hint="check the disk, and that the file is the workspace's ledger",
            ) from fault


def _fields(row: Batch | PlanRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _pragmas(connection: Any, _: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}").close()
