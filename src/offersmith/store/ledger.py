"""What must never be lost or counted twice: which sources are in the store, and which plans were made.

A SQLite file or a PostgreSQL database (`store.database`); what is promised at the till is in `store.redemptions`.
Every method is one transaction. A landed file is part of the store from the moment its row is committed here, and not
before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from offersmith.errors import StorageError
from offersmith.store import migrations
from offersmith.store.database import Database
from offersmith.store.tables import BATCHES, PLANS

_T = TypeVar("_T")


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
    """One plan that was made.

    Attributes:
        plan_version: its name, made from what it decides.
        file: where its table lies, relative to the store's folder.
        sha256: SHA-256 of that file as it was last written.
        as_of: the moment it looks from.
        created_at: when it was first made.
        summary: its figures.
        made_at: when it was last made; None says at `created_at`.
    """

    plan_version: str
    file: str
    sha256: str
    as_of: datetime
    created_at: datetime
    summary: Mapping[str, Any]
    made_at: datetime | None = None


class Ledger:
    """The ledger of one workspace; a context manager. Made by `Ledger.open`.

    Args:
        database: a migrated one.
        root: the store's folder, beside whose ledger `events/` and `quarantine/` lie.
    """

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self._root = root

    @classmethod
    def open(cls, path: Path | str, *, root: Path | None = None) -> Ledger:
        """Open the SQLite file `path` (made when missing) or a database URL, and bring its tables up to date.

        A file that may not be written is opened for reading; whatever would write raises.

        Args:
            path: a file, or a URL (a text with `://` in it) such as `postgresql://user@host/database`.
            root: the store's folder; the file's folder when not given.

        Raises:
            StorageError: the file is no ledger, is newer than this version, or cannot be written; no server answers.
            MissingExtraError: the URL needs the extra `postgres`.
        """
        ledger = cls(Database.open(path), root or Path(path).parent)
        try:
            ledger._migrate()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def transaction(self, *, writing: bool = False, alone: bool = False) -> AbstractContextManager[sa.Connection]:
        """Do everything in here or nothing, for the store's own rooms; see `Database.transaction`."""
        return self._database.transaction(writing=writing, alone=alone)

    def change(self, work: Callable[[sa.Connection], _T], *, alone: bool = False) -> _T:
        """Do `work` in one writing transaction, for the store's own rooms; see `Database.change`."""
        return self._database.change(work, alone=alone)

    def known(self, fingerprint: str, mapping: str | None = None) -> bool:
        """Say whether a source of this content (and, where given, read with this mapping) is in the store."""
        query = sa.select(BATCHES.c.batch_id).where(BATCHES.c.fingerprint == fingerprint)
        if mapping is not None:
            query = query.where(BATCHES.c.mapping == mapping)
        with self.transaction() as connection:
            return connection.execute(query).first() is not None

    def record_batch(self, batch: Batch, retires: Sequence[Batch] = ()) -> None:
        """Make a landed source visible and, in the same moment, let go of what it replaces.

        Args:
            batch: what landed; the same content read with another mapping is always replaced.
            retires: further batches that go.

        Raises:
            StorageError: the same source was recorded meanwhile, or the disk refused.
        """
        same = (BATCHES.c.fingerprint == batch.fingerprint) & (BATCHES.c.mapping != batch.mapping)
        gone = [(BATCHES.c.fingerprint == old.fingerprint) & (BATCHES.c.mapping == old.mapping) for old in retires]
        with self.transaction(writing=True, alone=True) as connection:
            for clause in (same, *gone):
                connection.execute(sa.delete(BATCHES).where(clause))
            connection.execute(sa.insert(BATCHES).values(**_fields(batch)))

    def batches(self) -> list[Batch]:
        """Return every ingested source in the order it was recorded."""
        query = sa.select(*(BATCHES.c[name] for name in Batch.__slots__)).order_by(BATCHES.c.batch_id)
        with self.transaction() as connection:
            return [Batch(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's name

    def event_files(self) -> list[Path]:
        """Return the Parquet files of events that are part of the store, in the order they were recorded."""
        return [self._root / "events" / batch.events_file for batch in self.batches() if batch.events_file]

    def quarantine_files(self) -> list[Path]:
        """Return the Parquet files of refused rows, in the order they were recorded."""
        return [self._root / "quarantine" / batch.quarantine_file for batch in self.batches() if batch.quarantine_file]

    def record_plan(self, plan: PlanRow) -> None:
        """Record a plan. The same plan made again becomes the newest: all but its first making is as the row says.

        Its file's checksum may differ from last time: the same decisions are other bytes with another Parquet writer.

        Raises:
            StorageError: the disk refused.
        """
        fields = _fields(plan) | {"made_at": plan.made_at or plan.created_at}
        with self.transaction(writing=True, alone=True) as connection:
            again = {name: value for name, value in fields.items() if name not in ("plan_version", "created_at")}
            found = connection.execute(
                sa.update(PLANS).where(PLANS.c.plan_version == plan.plan_version).values(**again)
            ).rowcount
            if not found:
                connection.execute(sa.insert(PLANS).values(**fields))

    def plans(self) -> list[PlanRow]:
        """Return every plan, the one made last at the end; `made_at` is always given."""
        query = sa.select(PLANS).order_by(PLANS.c.made_at, PLANS.c.plan_version)
        with self.transaction() as connection:
            return [PlanRow(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's name

    def verify(self, plan: PlanRow) -> Path:
        """Return the file of a plan after comparing it with its checksum.

        Raises:
            StorageError: the file is missing, unreadable, or not what was recorded.
        """
        path = self._root / plan.file
        try:
            with path.open("rb") as file:
                checksum = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as fault:
            raise StorageError(
                f"plan {plan.plan_version}: {path} cannot be read: {fault.strerror or fault}",
                hint="make the plan again",
                path=str(path),
            ) from fault
        if checksum != plan.sha256:
            raise StorageError(
                f"plan {plan.plan_version}: {path} is not what was recorded: its checksum differs",
                hint="make the plan again",
                path=str(path),
            )
        return path

    def _migrate(self) -> None:
        """Bring the tables up to date; of several processes that find them old, one does and the others wait."""
        with self.transaction() as connection:
            if _step(connection) == migrations.HEAD:
                return
        with self.transaction(writing=True, alone=True) as connection:
            step = _step(connection)
            if step is not None and step > migrations.HEAD:
                raise StorageError(f"the ledger is of a newer version ({step}) than this program")
            if step != migrations.HEAD:
                migrations.upgrade(connection)


def _step(connection: sa.Connection) -> str | None:
    """Return the step the tables are at; None of a new database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    step: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return step


def _fields(row: Batch | PlanRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}
