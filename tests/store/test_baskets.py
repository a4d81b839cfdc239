"""Baskets as numbers, against grouping by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.store import baskets as room
from offersmith.store.analytics import Analytics
from offersmith.store.baskets import Baskets, By, baskets
from offersmith.vocabulary import EVENTS

AS_OF = datetime(2024, 6, 1)


def read(path: Path, rows: list[dict[str, Any]], by: By = "product") -> Baskets:
    full = [{"event_id": f"e{i}", "utc_offset": 0, "event": "purchase", "time": AS_OF - timedelta(days=1), **row}
            for i, row in enumerate(rows)]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(full, schema=EVENTS), path / "events.parquet")
    with Analytics(threads=1) as analytics:
        analytics.use_events([path / "events.parquet"])
        return baskets(analytics, AS_OF, by)


def told(found: Baskets) -> list[tuple[int | None, datetime, list[str]]]:
    """Return customer, moment and products of each basket, in their order."""
    held: dict[int, list[str]] = defaultdict(list)
    for line in found.lines.to_pylist():
        held[line["basket"]].append(found.items[line["item"]].as_py())
    orders = found.orders.to_pylist()
    return [(one["customer"], one["time"], held[at]) for at, one in enumerate(orders)]


def test_an_order_is_a_basket_and_a_product_is_in_it_once(tmp_path: Path) -> None:
    early, late = AS_OF - timedelta(days=9), AS_OF - timedelta(days=2)
    rows: list[dict[str, Any]] = [
        {"order_id": "b", "customer_id": "z", "product_id": "tea", "time": late, "category": "drinks"},
        {"order_id": "b", "customer_id": "z", "product_id": "tea", "time": late - timedelta(hours=1)},
        {"order_id": "b", "customer_id": "z", "product_id": "milk", "time": late},
        {"order_id": "a", "customer_id": "y", "product_id": "milk", "time": early},
        {"order_id": "a", "customer_id": "y", "product_id": "milk", "time": early, "event": "refund"},
        {"order_id": "c", "customer_id": None, "product_id": "milk", "time": late},
        {"order_id": "d", "customer_id": "y", "product_id": "after", "time": AS_OF},
        {"order_id": "d", "customer_id": "y", "product_id": "seen", "event": "view_item"},
        {"order_id": "b", "customer_id": "z", "product_id": None, "time": late},
    ]
    found = read(tmp_path, rows)
    begun = late - timedelta(hours=1)
    assert told(found) == [(0, early, ["milk"]), (1, begun, ["milk", "tea"]), (None, late, ["milk"])]
    assert (found.items.to_pylist(), found.nameless) == (["milk", "tea"], 1)
    assert told(read(tmp_path, rows, "category")) == [(1, late, ["drinks"])]


def test_without_orders_what_a_customer_bought_at_one_moment_is_a_basket(tmp_path: Path) -> None:
    first, second = AS_OF - timedelta(days=9), AS_OF - timedelta(days=2)
    rows: list[dict[str, Any]] = [
        {"customer_id": who, "product_id": what, "time": when}
        for who, what, when in [("a", "x", first), ("a", "y", first), ("b", "x", first), ("a", "x", second)]
    ]
    found = read(tmp_path, [*rows, {"product_id": "x"}, {"product_id": "gone", "order_id": None}])
    assert sorted((one[0] or 0, one[1], one[2]) for one in told(found)) == [
        (0, first, ["x", "y"]), (0, second, ["x"]), (1, first, ["x"])]  # fmt: skip
    assert (found.items.to_pylist(), found.nameless) == (["x", "y"], 2)


LINE = st.fixed_dictionaries({
    "order_id": st.sampled_from([None, "o1", "o2", "o3"]), "customer_id": st.sampled_from([None, "a", "b"]),
    "product_id": st.sampled_from([None, "p", "q", "r"]), "event": st.sampled_from(["purchase", "purchase", "refund"]),
    "time": st.sampled_from([AS_OF + timedelta(hours=h) for h in (-3, -2, 0)]),
})  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(LINE, max_size=20), st.sampled_from([2, 500_000]))
def test_any_lines_are_grouped_as_by_hand(tmp_path: Path, rows: list[dict[str, Any]], part: int) -> None:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        key = row["order_id"] or (row["customer_id"] and (row["customer_id"], row["time"]))
        if row["event"] == "purchase" and row["time"] < AS_OF and key and row["product_id"]:
            groups[key].append(row)
    expected = sorted(
        (min(row["time"] for row in some), sorted({row["product_id"] for row in some})) for some in groups.values()
    )
    usual, room.PART = room.PART, part
    try:
        found = read(tmp_path, rows)
    finally:
        room.PART = usual
    assert sorted((when, items) for _, when, items in told(found)) == expected
    times = [when for _, when, _ in told(found)]
    assert times == sorted(times)
    assert found.items.to_pylist() == sorted({item for _, items in expected for item in items})


def test_an_empty_shop_has_no_baskets_and_a_zone_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, [])
    assert (found.lines.num_rows, found.orders.num_rows, len(found.items), found.nameless) == (0, 0, 0, 0)
    with Analytics(threads=1) as analytics, pytest.raises(InputError, match="UTC"):
        baskets(analytics, datetime.fromisoformat("2024-06-01T00:00:00+00:00"))
