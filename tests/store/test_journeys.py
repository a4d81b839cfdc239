"""Sessions: by id or by pauses, over midnight and changed clocks, before and after somebody logs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.store.analytics import Analytics
from offersmith.store.journeys import IDLE, sessions
from offersmith.vocabulary import EVENTS

AS_OF = datetime(2024, 6, 1)


def found(
    path: Path, rows: Sequence[dict[str, Any]], as_of: datetime = AS_OF, since: datetime | None = None
) -> list[dict[str, Any]]:
    full = [{"event_id": f"e{i:04d}", "utc_offset": 0, "event": "view_item", "customer_id": "c", **row}
            for i, row in enumerate(rows)]  # fmt: skip
    file = path / "events.parquet"
    pq.write_table(pa.Table.from_pylist(full, schema=EVENTS), file)
    with Analytics(threads=1) as analytics:
        analytics.use_events([file])
        rows_found: list[dict[str, Any]] = analytics.run(sessions(as_of, since)).to_pylist()
        return rows_found


def at(minutes: float, day: datetime = datetime(2024, 5, 1)) -> datetime:
    return day + timedelta(minutes=minutes)


def test_a_pause_longer_than_half_an_hour_begins_a_session(tmp_path: Path) -> None:
    rows = [{"time": at(0)}, {"time": at(30)}, {"time": at(60) + timedelta(microseconds=1)}, {"time": at(70)}]
    assert [row["events"] for row in found(tmp_path, rows)] == [2, 2]


def test_midnight_and_a_changed_clock_begin_none(tmp_path: Path) -> None:
    night = datetime(2024, 3, 30, 23, 50)
    rows = [{"time": night + timedelta(minutes=20 * i), "utc_offset": 60 if i < 4 else 120} for i in range(8)]
    only = found(tmp_path, rows)
    assert [(row["events"], row["begin"], row["utc_offset"]) for row in only] == [(8, night, 60)]


def test_an_id_goes_before_pauses(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"time": at(0), "session_id": "a"}, {"time": at(500), "session_id": "a"}, {"time": at(501), "session_id": "b"},
    ]  # fmt: skip
    assert [(row["session_id"], row["events"]) for row in found(tmp_path, rows)] == [("a", 2), ("b", 1)]


def test_what_happened_before_the_login_is_the_customers(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"time": at(0), "session_id": "a", "customer_id": None},
        {"time": at(1), "session_id": "a"},
        {"time": at(0), "session_id": "kiosk", "customer_id": None},
        {"time": at(1), "session_id": "kiosk"},
        {"time": at(2), "session_id": "kiosk", "customer_id": "d"},
        {"time": at(3), "customer_id": None},
    ]
    seen = {(row["customer_id"], row["session_id"]): row["events"] for row in found(tmp_path, rows)}
    assert seen == {("c", "a"): 2, (None, "kiosk"): 1, ("c", "kiosk"): 1, ("d", "kiosk"): 1}


def test_only_visits_before_the_moment_count(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"time": AS_OF - timedelta(microseconds=1)}, {"time": AS_OF}, {"time": datetime(2199, 1, 1)},
        {"time": at(0), "event": "refund"}, {"time": at(1), "event": "view_promotion"},
        {"time": at(2), "event": "review"},
    ]  # fmt: skip
    assert [row["events"] for row in found(tmp_path, rows)] == [1]


def test_a_window_holds_the_sessions_that_begin_in_it(tmp_path: Path) -> None:
    rows = [{"time": at(20 * i)} for i in range(10)] + [{"time": at(600)}]
    assert [row["begin"] for row in found(tmp_path, rows, since=at(60))] == [at(600)]
    assert [row["begin"] for row in found(tmp_path, rows, since=at(0))] == [at(0), at(600)]


def test_an_empty_shop_has_no_sessions(tmp_path: Path) -> None:
    assert found(tmp_path, []) == []


def by_hand(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    out: list[tuple[str, int, int]] = []
    for who in sorted({name for name, _ in rows}):
        minutes = sorted(minute for name, minute in rows if name == who)
        start, last, count = minutes[0], minutes[0], 0
        for minute in minutes:
            if timedelta(minutes=minute - last) > IDLE:
                out.append((who, start, count))
                start, count = minute, 0
            last, count = minute, count + 1
        out.append((who, start, count))
    return sorted(out, key=lambda one: (one[1], one[0]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), min_size=1, max_size=40))
def test_sessions_are_those_of_a_plain_walk(tmp_path: Path, rows: list[tuple[str, int]]) -> None:
    got = found(tmp_path, [{"customer_id": who, "time": at(minute)} for who, minute in rows])
    assert [(row["customer_id"], row["begin"], row["events"]) for row in got] == [
        (who, at(start), count) for who, start, count in by_hand(rows)
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"as_of": datetime.fromisoformat("2024-06-01T00:00:00+00:00")}, "as_of"),
        ({"as_of": AS_OF, "since": AS_OF}, "since"),
        ({"as_of": AS_OF, "idle": timedelta(0)}, "idle"),
    ],
)
def test_wrong_questions_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        sessions(**changes)
    assert caught.value.facts["field"] == field
