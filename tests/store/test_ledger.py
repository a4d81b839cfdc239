from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from offersmith.errors import StorageError
from offersmith.store import migrations
from offersmith.store.ledger import Batch, Ledger, PlanRow
from offersmith.store.tables import METADATA

BATCH = Batch("f" * 64, "m" * 64, "s.csv", "e.parquet", None, {"read": 3}, datetime(2024, 5, 1))
PLAN = PlanRow("p1", "plans/p1", "a" * 64, datetime(2024, 5, 1), datetime(2024, 5, 2), {"profit": 1.5})


def test_what_is_recorded_is_there_after_reopening(place: str, tmp_path: Path) -> None:
    with Ledger.open(place, root=tmp_path / "store") as ledger:
        assert ledger.batches() == []
        ledger.record_batch(BATCH)
        ledger.record_plan(PLAN)
    with Ledger.open(place, root=tmp_path / "store") as ledger:
        assert ledger.batches() == [BATCH]
        assert ledger.plans() == [replace(PLAN, made_at=PLAN.created_at)]
        assert ledger.event_files() == [tmp_path / "store" / "events" / "e.parquet"]
        assert ledger.quarantine_files() == []
        assert ledger.known(BATCH.fingerprint)
        assert ledger.known(BATCH.fingerprint, BATCH.mapping)
        assert not ledger.known(BATCH.fingerprint, "other")
        assert not ledger.known("other")


def test_a_source_is_there_once_and_another_mapping_replaces_it(ledger: Ledger) -> None:
    ledger.record_batch(BATCH)
    with pytest.raises(StorageError, match="has that already"):
        ledger.record_batch(replace(BATCH, source="again.csv"))
    assert ledger.batches() == [BATCH]
    other = replace(BATCH, mapping="n" * 64, events_file="n.parquet")
    ledger.record_batch(other)
    assert ledger.batches() == [other]


def test_what_a_batch_replaces_goes_in_the_same_moment(ledger: Ledger) -> None:
    grown = replace(BATCH, fingerprint="g" * 64, events_file="g.parquet")
    other = replace(BATCH, fingerprint="o" * 64, source="other.csv", events_file="o.parquet")
    for batch in (BATCH, grown, other):
        ledger.record_batch(batch)
    corrected = replace(grown, mapping="n" * 64, events_file="n.parquet")
    with pytest.raises(StorageError):
        ledger.record_batch(replace(corrected, source=None), [BATCH, grown])  # type: ignore[arg-type]
    assert ledger.batches() == [BATCH, grown, other]
    ledger.record_batch(corrected, [BATCH, grown])
    assert ledger.batches() == [other, corrected]


def test_a_plan_is_recorded_once_and_made_again_it_is_the_newest(ledger: Ledger) -> None:
    ledger.record_plan(PLAN)
    ledger.record_plan(replace(PLAN, plan_version="p6", created_at=datetime(2024, 5, 3)))
    assert [plan.plan_version for plan in ledger.plans()] == ["p1", "p6"]
    ledger.record_plan(replace(PLAN, created_at=datetime(2024, 5, 4)))
    first, last = ledger.plans()
    assert (first.plan_version, last.plan_version) == ("p6", "p1")
    assert (last.created_at, last.made_at) == (PLAN.created_at, datetime(2024, 5, 4))


def test_a_plan_written_anew_is_known_by_its_new_file(tmp_path: Path) -> None:
    path = tmp_path / PLAN.file
    path.parent.mkdir()
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        for data in (b"one writer", b"another writer"):
            path.write_bytes(data)
            ledger.record_plan(replace(PLAN, sha256=hashlib.sha256(data).hexdigest()))
            (row,) = ledger.plans()
            assert ledger.verify(row) == path
        with path.open("ab") as file:
            file.write(b"!")
        with pytest.raises(StorageError, match="checksum differs") as fault:
            ledger.verify(row)
        assert "plan again" in fault.value.hint
        path.unlink()
        with pytest.raises(StorageError, match="cannot be read"):
            ledger.verify(row)


def test_plans_of_an_older_ledger_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for version, moment in (("late", "2024-02-01"), ("early", "2024-01-01")):
            connection.exec_driver_sql(
                "INSERT INTO plan (plan_version, file, sha256, as_of, created_at, summary) "
                f"VALUES ('{version}', 'f', 's', '{moment} 00:00:00.000000', '{moment} 00:00:00.000000', '{{}}')"
            )
    engine.dispose()
    with Ledger.open(path) as ledger:
        early, late = ledger.plans()
        assert (early.plan_version, late.plan_version) == ("early", "late")
        assert late.made_at == late.created_at == datetime(2024, 2, 1)


@pytest.mark.parametrize("turn", range(2))
def test_processes_that_open_a_new_ledger_at_once_all_get_it(place: str, tmp_path: Path, turn: int) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from offersmith.store.ledger import Ledger\n"
        "(Path(sys.argv[1]) / f'ready-{sys.argv[2]}').touch()\n"
        "while not (Path(sys.argv[1]) / 'go').exists(): time.sleep(0.001)\n"
        "with Ledger.open(sys.argv[3]) as ledger: print(len(ledger.plans()))\n"
    )
    argv = [sys.executable, "-c", script, str(tmp_path)]
    made = [subprocess.Popen([*argv, str(n), place], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for n in range(3)]
    while len(list(tmp_path.glob("ready-*"))) < len(made):
        assert all(process.poll() is None for process in made), turn
        time.sleep(0.01)
    (tmp_path / "go").touch()
    for process in made:
        out, faults = process.communicate(timeout=60)
        assert (process.returncode, out, faults) == (0, b"0\n", b"")


def test_the_migrations_make_exactly_the_tables_the_code_speaks_of(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        _compare(sa.inspect(connection), connection.dialect)


def _compare(found: sa.Inspector, dialect: sa.Dialect) -> None:
    assert set(found.get_table_names()) == {*METADATA.tables, "alembic_version"}
    for name, table in METADATA.tables.items():
        made = {
            column["name"]: (column["type"].compile(dialect), column["nullable"]) for column in found.get_columns(name)
        }
        meant = {column.name: (column.type.compile(dialect), bool(column.nullable)) for column in table.columns}
        assert made == meant
        indexes = [index for index in found.get_indexes(name) if "duplicates_constraint" not in index]
        indexed = {(index["name"], *index["column_names"]) for index in indexes}
        assert indexed == {(index.name, *(column.name for column in index.columns)) for index in table.indexes}
        checked = {constraint["name"] for constraint in found.get_check_constraints(name)}
        assert checked == {check.name for check in table.constraints if isinstance(check, sa.CheckConstraint)}
    unique = [constraint["column_names"] for constraint in found.get_unique_constraints("batch")]
    assert unique == [["fingerprint"]]


def test_head_is_the_newest_step() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]


def test_the_file_is_in_write_ahead_mode_and_keeps_foreign_keys(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger, ledger.transaction() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_what_is_no_ledger_or_a_newer_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(StorageError, match="not a database"):
        Ledger.open(tmp_path / "text")
    path = tmp_path / "newer.sqlite"
    Ledger.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="newer version"):
        Ledger.open(path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        Ledger.open(tmp_path / "file" / "ledger.sqlite")


def test_a_batch_that_fails_half_way_leaves_the_old_one(ledger: Ledger) -> None:
    ledger.record_batch(BATCH)
    with pytest.raises(StorageError):
        ledger.record_batch(replace(BATCH, mapping="n" * 64, source=None))  # type: ignore[arg-type]
    assert ledger.batches() == [BATCH]


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder with a ledger that this process may read and not write, whoever runs it."""
    folder = Path(tempfile.mkdtemp())
    user = os.geteuid()
    try:
        with Ledger.open(folder / "ledger.sqlite") as ledger:
            ledger.record_batch(BATCH)
        (folder / "ledger.sqlite").chmod(0o444)
        folder.chmod(0o555)
        if user == 0:
            os.seteuid(65534)
        yield folder
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_ledger_that_may_not_be_written_is_read_and_says_why_it_is_not_written(locked: Path) -> None:
    with Ledger.open(locked / "ledger.sqlite") as ledger:
        assert ledger.batches() == [BATCH]
        assert ledger.plans() == []
        with pytest.raises(StorageError, match="cannot be written: no permission") as fault:
            ledger.record_plan(PLAN)
        assert "writable" in fault.value.hint
    assert [path.name for path in locked.iterdir()] == ["ledger.sqlite"]
    with pytest.raises(StorageError, match="cannot be written: no permission"):
        Ledger.open(locked / "new.sqlite")
