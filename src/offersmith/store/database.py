"""One database and its transactions: SQLite in write-ahead mode, or PostgreSQL through psycopg 3 (extra `postgres`).

On SQLite a transaction that writes has the file to itself from its first statement on. On PostgreSQL rows are held and
not the ledger: statements that change a contended row carry their own condition, and rows are always taken in the same
order. One that must be alone all the same (new tables, a batch that replaces others) says so.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from offersmith.errors import InputError, MissingExtraError, StorageError

_T = TypeVar("_T")

_POSTGRESQL = ("postgresql", "postgres")
"""How people write it; psycopg 3 is what speaks to it."""

_LOCK = 0x0FFE25
"""Key of PostgreSQL's advisory lock that stands for "somebody has this ledger to themselves"."""

PATIENCE = 30
"""How long a transaction waits for what another one holds, in seconds."""

_PAUSE = 0.005
"""Seconds between two tries at what SQLite refuses without waiting."""

_TRIES = 8
"""How often a piece of work is begun again where the database had to choose between two."""

_CHOSEN = frozenset(("40001", "40P01"))
"""SQLSTATE: could not serialise, deadlock. The transaction did nothing and may be begun again."""

_LOCKED = ("database is locked", "lock timeout")
_FORBIDDEN = ("readonly database", "unable to open database file")
_TWICE = ("UNIQUE constraint", "duplicate key")

_EFFECTIVE = os.access in os.supports_effective_ids


class Database:
    """A SQLite file or a PostgreSQL server. Made by `Database.open`.

    Args:
        engine: what SQLAlchemy speaks through.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, path: Path | str) -> Database:
        """Return the database at `path`; nothing is connected yet.

        Args:
            path: a file (its folder is made when missing), or a URL (a text with `://` in it). A file that is there and
                may not be written is opened for reading; whatever would write raises.

        Raises:
            StorageError: the folder cannot be made, or the URL is neither SQLite's nor PostgreSQL's.
            MissingExtraError: the URL needs psycopg, which is not installed.
        """
        if isinstance(path, str) and "://" in path:
            return cls(_served(path))
        file = Path(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise StorageError(f"the ledger {path} cannot be made: {fault.strerror}") from fault
        url = sa.URL.create("sqlite", database=str(path))
        if _fixed(file):
            engine = sa.create_engine(url, poolclass=sa.NullPool, creator=partial(_reader, file))
            sa.event.listen(engine, "begin", _begin)
            return cls(engine)
        return cls(_file(url))

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def transaction(self, *, writing: bool = False, alone: bool = False) -> Iterator[sa.Connection]:
        """Do everything in here or nothing.

        Args:
            writing: it may write. One that does not sees one moment of the database, however many questions it asks.
            alone: nobody else who asks for it is in here at the same time. SQLite lets one writer in at a time anyway.

        Raises:
            StorageError: the database refused; nothing was written.
            InputError: a text cannot be written in UTF-8; nothing was written.
        """
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(writing=writing, alone=alone)
                with connection.begin():
                    yield connection
        except (DBAPIError, sa.exc.TimeoutError) as fault:
            raise self._said(fault) from fault
        except UnicodeEncodeError as fault:
            # Half of a surrogate pair: JSON can spell one, and a command line that is no UTF-8 becomes some.
            raise InputError(
                f"{fault.object!r:.80} cannot be kept; allowed: text that can be written in UTF-8"
            ) from fault

    def change(self, work: Callable[[sa.Connection], _T], *, alone: bool = False) -> _T:
        """Do `work` in one writing transaction, again from the start where the database had to choose between two.

        Args:
            work: is given the connection; it may be called several times and must change nothing but the database.
            alone: as in `transaction`.

        Raises:
            StorageError: the database refused, or chose the others every time; nothing was written.
        """
        for attempt in range(1, _TRIES):
            try:
                return self._once(work, alone)
            except StorageError as fault:
                if not _chosen(fault.__cause__):
                    raise
            time.sleep(0.01 * attempt)
        return self._once(work, alone)

    def _once(self, work: Callable[[sa.Connection], _T], alone: bool) -> _T:
        with self.transaction(writing=True, alone=alone) as connection:
            return work(connection)

    def _said(self, fault: DBAPIError | sa.exc.TimeoutError) -> StorageError:
        """Say in a person's words what the database refused."""
        reason = str(getattr(fault, "orig", None) or fault).strip()
        first = reason.splitlines()[0] if reason else type(fault).__name__
        name = self._engine.url.render_as_string()
        if isinstance(fault, IntegrityError):
            said = "has that already" if any(text in reason for text in _TWICE) else "refuses that"
            return StorageError(f"the ledger {said}: {first}")
        if any(text in reason for text in _LOCKED):
            return StorageError(
                f"the ledger {name} was held by somebody else for more than {PATIENCE} seconds",
                hint="try again when what holds it is done",
            )
        if self._engine.dialect.name != "sqlite":
            return StorageError(
                f"the ledger {name} failed: {first}",
                hint="check the server, the ledger's URL, and that its user may write there",
            )
        if any(text in reason for text in _FORBIDDEN):
            return StorageError(
                f"the ledger {name} cannot be written: no permission",
                hint="make the workspace's .offersmith folder and the files in it writable for you, "
                "or work in a copy of the workspace",
            )
        return StorageError(
            f"the ledger {name} failed: {first}", hint="check the disk, and that the file is the workspace's ledger"
        )


def insert(dialect: str, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that may say what happens where the row is there already, in the database's own dialect."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _served(text: str) -> sa.Engine:
    """Return the engine of a URL."""
    try:
        url = sa.make_url(text)
    except ArgumentError as fault:
        raise StorageError(
            "the ledger's URL cannot be read", hint="it looks like postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from fault
    if url.drivername in _POSTGRESQL:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return _file(url)
    if url.get_backend_name() != "postgresql":
        raise StorageError(
            f"a ledger in {url.get_backend_name()} is not supported", hint="use a SQLite file, or postgresql://…"
        )
    try:
        # Connections that a restarted server dropped are noticed before they are used.
        engine = sa.create_engine(url, pool_pre_ping=True)
    except ImportError as fault:
        raise MissingExtraError(
            "a ledger on PostgreSQL needs the extra `postgres`",
            hint="pip install 'offersmith[postgres]'",
            extra="postgres",
        ) from fault
    sa.event.listen(engine, "connect", _patience)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _file(url: sa.URL) -> sa.Engine:
    """Return the engine of a SQLite file; its connections stay open, as opening one costs more than what it does."""
    engine = sa.create_engine(url, poolclass=sa.QueuePool, max_overflow=-1)
    sa.event.listen(engine, "connect", _pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _fixed(path: Path) -> bool:
    """Say whether a SQLite file is there and may not be written; its folder must take the write-ahead log."""
    # By the effective user, as the files are opened.
    return path.is_file() and not all(os.access(p, os.W_OK, effective_ids=_EFFECTIVE) for p in (path, path.parent))


def _reader(path: Path) -> sqlite3.Connection:
    """Connect for reading alone; without a log beside the file nobody writes it, and none can be made to be read."""
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{alone}", uri=True, check_same_thread=False)
    connection.isolation_level = None
    return connection


def _pragmas(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction starts; the driver would wait for a change.
    # The patience comes first: changing the journal's mode already needs the file to itself.
    patience = f"busy_timeout = {int(PATIENCE * 1000)}"
    connection.execute(f"PRAGMA {patience}").close()
    _write_ahead(connection)
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _write_ahead(connection: Any) -> None:
    """Set the journal's mode; where several change that of a new file at once, SQLite refuses some without waiting."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _patience(connection: Any, _: Any) -> None:
    connection.autocommit = True  # What a transaction sets is forgotten when it is rolled back.
    connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.autocommit = False


def _begin(connection: sa.Connection) -> None:
    """Start a transaction; one that must be alone waits for its turn here, and not in the middle of its work."""
    options = connection.get_execution_options()
    writing = options.get("writing", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif not writing:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    elif options.get("alone", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _chosen(fault: BaseException | None) -> bool:
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) in _CHOSEN
