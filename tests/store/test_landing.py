from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import StateError, StorageError
from offersmith.store.landing import QUARANTINE, ROWS_PER_GROUP, STAGED, Landing
from offersmith.store.resolution import Resolution
from offersmith.vocabulary import EVENTS

START = datetime(2024, 5, 1)


def rows(*made: dict[str, Any]) -> pa.RecordBatch:
    base = {"event": "purchase", "time": START, "utc_offset": 0}
    whole = [{"row": number, **base, **row} for number, row in enumerate(made, 1)]
    return pa.RecordBatch.from_pylist(whole, schema=STAGED)


def land(root: Path, key: str, batch: pa.RecordBatch, existing: Sequence[Path] = ()) -> tuple[Resolution, Path | None]:
    with Landing(root, threads=1, memory_mb=256).stage("s", key) as stage:
        stage.add(batch)
        resolution = stage.resolve(existing)
        return resolution, stage.land(resolution)[0]


def test_events_land_by_time_in_our_schema(tmp_path: Path) -> None:
    batch = rows({"time": START + timedelta(days=1), "amount": 5}, {"amount": 7, "customer_id": "c"})
    resolution, path = land(tmp_path, "k", batch)
    assert path == tmp_path / "events" / "k.parquet"
    table = pq.read_table(path)
    assert table.schema.equals(EVENTS)
    assert [field.metadata for field in table.schema] == [field.metadata for field in EVENTS]
    assert table["amount"].to_pylist() == [7, 5]
    assert all(len(name) == 32 for name in table["event_id"].to_pylist())
    assert (resolution.kept, resolution.first_time, resolution.events_by_name) == (2, START, {"purchase": 2})
    assert not any((tmp_path / "scratch").iterdir())


def test_an_id_depends_on_the_content_alone(tmp_path: Path) -> None:
    def ids(key: str, *made: dict[str, Any]) -> list[str]:
        path = land(tmp_path, key, rows(*made))[1]
        assert path is not None
        found: list[str] = pq.read_table(path)["event_id"].to_pylist()
        return found

    one = {"amount": 5, "customer_id": "c", "quantity": 1.5}
    (alone,) = ids("a", one)
    assert alone in ids("b", {"amount": 6}, one)
    assert ids("c", {**one, "utc_offset": 60}) == [alone]
    for changed in ({"amount": 6}, {"quantity": 1.25}, {"customer_id": None}, {"offer_id": "c"}, {"event": "refund"}):
        assert ids("d", {**one, **changed}) != [alone]
    assert ids("e", {"product_id": "x"}) != ids("f", {"category": "x"})


def test_the_id_of_a_known_row_never_changes(tmp_path: Path) -> None:
    """Ids are kept on disk: another way to make them would take every known event for a new one."""
    row = {"amount": 5, "customer_id": "c", "quantity": 1.5, "listed_product": "p", "product_id": "p"}
    path = land(tmp_path, "a", rows(row, row))[1]
    assert path is not None
    first, second = pq.read_table(path)["event_id"].to_pylist()
    assert second == f"{first}-1"
    micros = int((START - datetime(1970, 1, 1)).total_seconds()) * 1_000_000
    content = ["event=purchase", f"time={micros}", "customer_id=c", "product_id=p", "quantity=1.5", "amount=5"]
    assert first == hashlib.md5("\x1f".join(content).encode()).digest()[::-1].hex()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2)), max_size=12), st.integers(0, 12))
def test_a_cut_file_then_the_whole_file_is_the_whole_file(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str | None, int]], cut: int
) -> None:
    root = tmp_path_factory.mktemp("store")
    whole = [{"given_id": name, "amount": amount} for name, amount in made]
    part, first = land(root, "part", rows(*whole[:cut]))
    rest, second = land(root, "rest", rows(*whole), [first] if first else [])
    once, alone = land(root, "alone", rows(*whole))
    parts = [pq.read_table(path) for path in (first, second) if path]
    together = pa.concat_tables([EVENTS.empty_table(), *parts]).sort_by("event_id")
    expected = pq.read_table(alone).sort_by("event_id") if alone else EVENTS.empty_table()
    assert together.equals(expected)
    assert part.kept + rest.kept == once.kept
    assert rest.kept + rest.redelivered + len(rest.conflicting) == len(whole)


def test_the_same_id_with_other_content_is_a_conflict(tmp_path: Path) -> None:
    _, path = land(tmp_path, "a", rows({"given_id": "x", "amount": 1}))
    assert path is not None
    batch = rows({"given_id": "x", "amount": 1}, {"given_id": "x", "amount": 2}, {"given_id": "y", "amount": 2})
    resolution, _ = land(tmp_path, "b", batch, [path])
    assert (resolution.kept, resolution.redelivered, resolution.conflicting.to_pylist()) == (1, 1, [2])


def test_what_is_refused_is_kept_as_it_came(tmp_path: Path) -> None:
    raw = pa.record_batch({"a": ['x"y', None], "b": [1.5, 2.0], "c": pa.array([START, None])})
    with Landing(tmp_path, threads=1).stage("s.csv", "k") as stage:
        stage.refuse(pa.array([4, 2]), pa.array(["bad_time", "bad_number"]), pa.array(["time", None]), raw)
        stage.refuse_lines(pa.array([3]), "malformed_row", pa.array(["1,2,3,4"]))
        events, path = stage.land(stage.resolve([]))
    assert events is None
    assert path is not None
    table = pq.read_table(path)
    assert table.schema.equals(QUARANTINE)
    assert table["row"].to_pylist() == [2, 3, 4]
    assert table["reason"].to_pylist() == ["bad_number", "malformed_row", "bad_time"]
    assert table["raw"].to_pylist() == [
        '{"a":null,"b":2.0,"c":null}',
        "1,2,3,4",
        '{"a":"x\\"y","b":1.5,"c":"2024-05-01 00:00:00"}',
    ]


def test_more_rows_than_a_row_group(tmp_path: Path) -> None:
    count = ROWS_PER_GROUP + 1000
    numbers = pa.array(range(count))
    columns = {
        "row": numbers,
        "event": pa.repeat(pa.scalar("purchase"), count),
        "time": pa.repeat(pa.scalar(START, pa.timestamp("us")), count),
        "utc_offset": pa.repeat(pa.scalar(0, pa.int16()), count),
        "amount": numbers,
    }
    arrays = [columns.get(field.name, pa.nulls(count, field.type)) for field in STAGED]
    resolution, path = land(tmp_path, "k", pa.record_batch(arrays, schema=STAGED))
    assert path is not None
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(group).num_rows for group in range(2)] == [ROWS_PER_GROUP, 1000]
    assert resolution.kept == count
    ids = pq.read_table(path, columns=["event_id"])["event_id"].to_pylist()
    assert ids == sorted(ids)
    file.close()


def test_a_fault_leaves_no_stage_and_no_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Landing(tmp_path, threads=1).stage("s", "k") as stage:
            stage.add(rows({"amount": 1}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_ctrl_c_while_the_engine_works_is_ctrl_c(tmp_path: Path) -> None:
    def long_work() -> None:
        with Landing(tmp_path, threads=1).stage("s", "k") as stage:
            stage.add(rows({"amount": 1}))
            press.start()
            stage.engine.execute("SELECT count(DISTINCT md5(i::VARCHAR)) FROM range(1000000000) AS r(i)")

    press = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            long_work()
    finally:
        signal.signal(signal.SIGINT, before)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sweep_removes_what_nobody_knows(tmp_path: Path) -> None:
    landing = Landing(tmp_path, threads=1)
    _, known = land(tmp_path, "known", rows({"amount": 1}))
    land(tmp_path, "orphan", rows({"amount": 2}))
    (tmp_path / "quarantine" / "x.parquet.part").write_text("half")
    assert known is not None
    landing.sweep([known])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [known]


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    with Landing(tmp_path).alone(), pytest.raises(StateError, match="another ingest"), Landing(tmp_path).alone():
        pass
    with Landing(tmp_path).alone():
        pass


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"), Landing(tmp_path / "file" / "store").alone():
        pass


def test_a_damaged_file_in_the_store_is_a_storage_error(tmp_path: Path) -> None:
    broken = tmp_path / "events" / "broken.parquet"
    broken.parent.mkdir()
    broken.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(StorageError, match="could not finish"):
        land(tmp_path, "k", rows({"amount": 1}), [broken])
    assert not (tmp_path / "events" / "k.parquet").exists()
