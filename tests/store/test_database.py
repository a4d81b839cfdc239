"""Where a ledger is kept: URLs people write, what is said when no database answers, and transactions of a moment."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from offersmith.errors import InputError, MissingExtraError, StorageError
from offersmith.store.database import Database
from offersmith.store.ledger import Ledger
from offersmith.store.tables import PLANS

ROW = {"file": "f", "sha256": "s", "summary": {}, "plan_version": "p"}
ROW |= dict.fromkeys(("as_of", "created_at", "made_at"), sa.func.current_timestamp())


def test_postgresql_without_psycopg_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError) as fault:
        Ledger.open("postgresql://user@host/shop")
    assert "offersmith[postgres]" in fault.value.hint


@pytest.mark.parametrize(
    ("url", "said"), [("mysql://host/shop", "mysql is not supported"), ("x y://", "cannot be read")]
)
def test_a_url_that_cannot_be_meant_is_a_fault(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as fault:
        Ledger.open(url)
    assert "postgresql://" in fault.value.hint


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageError, match=r"shop\?.* failed: connection") as fault:
        Ledger.open(f"{name}://user:secret@/shop?host={tmp_path}")
    assert "secret" not in str(fault.value)
    assert "check the server" in fault.value.hint


def test_a_sqlite_url_is_a_file(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite", root=tmp_path) as ledger:
        assert ledger.plans() == []
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]


def test_who_reads_sees_one_moment_and_writes_nothing(place: str, ledger: Ledger) -> None:
    count = sa.select(sa.func.count()).select_from(PLANS)
    with ledger.transaction() as reading:
        assert reading.execute(count).scalar() == 0
        with Ledger.open(place) as other:
            other.change(lambda connection: connection.execute(sa.insert(PLANS).values(**ROW)))
        assert reading.execute(count).scalar() == 0
    with ledger.transaction() as reading:
        assert reading.execute(count).scalar() == 1


def test_a_fault_in_the_middle_leaves_nothing(ledger: Ledger) -> None:
    def half(connection: sa.Connection) -> None:
        connection.execute(sa.insert(PLANS).values(**ROW))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ledger.change(half)
    assert ledger.plans() == []


def test_what_the_database_refuses_is_said(ledger: Ledger) -> None:
    insert = sa.insert(PLANS).values(**ROW)
    ledger.change(lambda connection: connection.execute(insert))
    with pytest.raises(StorageError, match="has that already"):
        ledger.change(lambda connection: connection.execute(insert))
    with pytest.raises(StorageError, match="refuses that"):
        ledger.change(lambda connection: connection.execute(sa.update(PLANS).values(file=None)))
    with pytest.raises(StorageError, match="failed"), ledger.transaction() as connection:
        connection.execute(sa.text("SELECT * FROM nothing"))


def test_one_that_must_be_alone_waits_for_the_other(place: str, ledger: Ledger) -> None:
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with ledger.transaction(writing=True, alone=True):
            inside.set()
            leave.wait(30)
            order.append("first")

    def second() -> None:
        with Ledger.open(place) as other, other.transaction(writing=True, alone=True):
            order.append("second")

    threads = [threading.Thread(target=job) for job in (first, second)]
    threads[0].start()
    assert inside.wait(30)
    threads[1].start()
    threads[1].join(0.2)
    assert order == []
    leave.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"]


def test_nothing_is_connected_until_it_is_asked(tmp_path: Path) -> None:
    Database.open(tmp_path / "folder" / "ledger.sqlite").close()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_text_that_no_database_keeps_is_a_fault_of_who_wrote_it(ledger: Ledger) -> None:
    for part in ("\ud800", "caf\udce9"):
        with pytest.raises(InputError, match="UTF-8"), ledger.transaction(writing=True) as connection:
            connection.execute(sa.insert(PLANS).values(**{**ROW, "plan_version": part}))
    assert ledger.plans() == []
