from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from offersmith.errors import StateError, StorageError
from offersmith.store import migrations
from offersmith.store.ledger import Batch, Ledger, PlanRow
from offersmith.store.tables import METADATA

BATCH = Batch("f" * 64, "m" * 64, "s.csv", "e.parquet", None, {"read": 3}, datetime(2024, 5, 1))
PLAN = PlanRow("p1", "plans/p1", "a" * 64, datetime(2024, 5, 1), datetime(2024, 5, 2), {"profit": 1.5})


def test_what_is_recorded_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "store" / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        assert ledger.batches() == []
        ledger.record_batch(BATCH)
        ledger.record_plan(PLAN)
    with Ledger.open(path) as ledger:
        assert ledger.batches() == [BATCH]
        assert ledger.plans() == [PLAN]
        assert ledger.event_files() == [tmp_path / "store" / "events" / "e.parquet"]
        assert ledger.quarantine_files() == []
        assert ledger.known(BATCH.fingerprint)
        assert ledger.known(BATCH.fingerprint, BATCH.mapping)
        assert not ledger.known(BATCH.fingerprint, "other")
        assert not ledger.known("other")


def test_a_source_is_there_once_and_another_mapping_replaces_it(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.record_batch(BATCH)
        with pytest.raises(StorageError, match="has that already"):
            ledger.record_batch(replace(BATCH, source="again.csv"))
        assert ledger.batches() == [BATCH]
        other = replace(BATCH, mapping="n" * 64, events_file="n.parquet")
        ledger.record_batch(other)
        assert ledger.batches() == [other]


def test_a_plan_is_recorded_once(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.record_plan(PLAN)
        ledger.record_plan(PLAN)
        ledger.record_plan(replace(PLAN, plan_version="p0", created_at=datetime(2024, 1, 1)))
        assert [plan.plan_version for plan in ledger.plans()] == ["p0", "p1"]
        with pytest.raises(StateError, match="other content"):
            ledger.record_plan(replace(PLAN, sha256="b" * 64))


def test_the_migrations_make_exactly_the_tables_the_code_speaks_of(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger.open(path).close()
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    found = sa.inspect(engine)
    assert set(found.get_table_names()) == {*METADATA.tables, "alembic_version"}
    for name, table in METADATA.tables.items():
        made = {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(name)}
        meant = {column.name: (str(column.type), bool(column.nullable)) for column in table.columns}
        assert made == meant
    unique = [constraint["column_names"] for constraint in found.get_unique_constraints("batch")]
    assert unique == [["fingerprint"]]


def test_head_is_the_newest_step() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]


def test_the_file_is_in_write_ahead_mode_and_keeps_foreign_keys(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger, ledger._transaction() as connection:
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


def test_a_batch_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.record_batch(BATCH)
        with pytest.raises(StorageError):
            ledger.record_batch(replace(BATCH, mapping="n" * 64, source=None))  # type: ignore[arg-type]
        assert ledger.batches() == [BATCH]
