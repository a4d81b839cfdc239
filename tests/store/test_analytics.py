"""The analytical engine: what it is bound to, what it says when a file is broken, and a missing extra."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import MissingExtraError, StorageError
from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.spark import SparkAnalytics
from offersmith.vocabulary import EVENTS

START = datetime(2024, 1, 31, 23)


def line(number: int, **values: Any) -> dict[str, Any]:
    moment = START + timedelta(days=number)
    return {"event_id": f"e{number}", "event": "purchase", "time": moment, "utc_offset": 120, **values}


def write(path: Path, *lines: dict[str, Any]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(lines), schema=EVENTS), path)
    return path


def test_events_are_bound_and_bound_again(tmp_path: Path) -> None:
    first = write(tmp_path / "it's a.parquet", line(0), line(1))
    second = write(tmp_path / "b.parquet", line(2))
    count = EVENTS_TABLE.aggregate(n=EVENTS_TABLE.count())
    with Analytics(threads=1) as analytics:
        assert analytics.run(count)["n"].to_pylist() == [0]
        analytics.use_events([first, second])
        assert analytics.run(count)["n"].to_pylist() == [3]
        analytics.use_events([second])
        assert analytics.run(count)["n"].to_pylist() == [1]
        analytics.use_events([])
        assert analytics.run(count).schema == pa.schema([pa.field("n", pa.int64())])


def test_tables_are_replaced_by_name() -> None:
    with Analytics(threads=1) as analytics:
        analytics.use_table("mine", pa.table({"x": [1, 2]}))
        analytics.use_table("mine", pa.table({"x": [3]}))
        assert analytics.execute("SELECT x FROM mine").to_pylist() == [{"x": 3}]


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.parquet", *(line(i) for i in range(50)))
    path.write_bytes(path.read_bytes()[:-40])
    with Analytics(threads=1) as analytics, pytest.raises(StorageError, match=r"cut\.parquet") as fault:
        analytics.use_events([path])
    assert "ingest" in fault.value.hint


def test_a_missing_file_and_a_foreign_one_are_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"colour": ["red"]}), tmp_path / "foreign.parquet")
    with Analytics(threads=1) as analytics:
        with pytest.raises(StorageError, match="gone"):
            analytics.use_events([tmp_path / "gone.parquet"])
        with pytest.raises(StorageError, match="event_id"):
            analytics.use_events([tmp_path / "foreign.parquet"])


def test_too_little_memory_says_which_setting(tmp_path: Path) -> None:
    with Analytics(threads=1, memory_mb=16) as analytics, pytest.raises(StorageError, match="memory") as fault:
        analytics.execute("SELECT list(range) AS x FROM range(20000000)")
    assert "memory_mb" in fault.value.hint


def test_control_c_stops_a_long_question() -> None:
    # A shell's background jobs are started deaf to Ctrl-C; this question would then never end.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with Analytics(threads=1) as analytics, pytest.raises(KeyboardInterrupt):
            analytics.execute("SELECT sum(a.range * b.range) AS x FROM range(10000000) a, range(1000000) b")
    finally:
        signal.signal(signal.SIGINT, before)


def test_no_spark_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtraError) as fault:
        SparkAnalytics()
    assert "offersmith[spark]" in fault.value.hint
