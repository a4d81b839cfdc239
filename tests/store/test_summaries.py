"""The shop in numbers: known customers and anonymous sales stay apart, and only goods are products."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.store.analytics import Analytics
from offersmith.store.summaries import by_category, by_event, by_month, by_product, totals
from offersmith.vocabulary import EVENTS

START = datetime(2024, 1, 31, 23)
HOURS_AHEAD = 2


def line(number: int, **values: Any) -> dict[str, Any]:
    moment = START + timedelta(days=number)
    return {"event_id": f"e{number}", "event": "purchase", "time": moment, "utc_offset": HOURS_AHEAD * 60, **values}


def write(path: Path, *lines: dict[str, Any]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(lines), schema=EVENTS), path)
    return path


def local(number: int) -> datetime:
    return START + timedelta(days=number, hours=HOURS_AHEAD)


def test_a_shop_in_numbers(tmp_path: Path) -> None:
    path = write(
        tmp_path / "events.parquet",
        line(0, customer_id="a", order_id="1", product_id="p", category="k", amount=100),  # 1 February on the clock
        line(0, customer_id="a", order_id="1", product_id="q", category="l", amount=50),
        line(1, customer_id="a", product_id="p", category="k", amount=25),
        line(30, customer_id=None, product_id="p", category="k", amount=10),
        line(31, customer_id="a", event="refund", product_id="p", amount=40),
        line(40, customer_id="b", event="view_item", product_id="z"),
        line(-30, customer_id="a", event="view_promotion"),
    )
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        assert totals(analytics).to_pylist() == [
            {
                "events": 7, "anonymous": 1, "customers": 2, "buyers": 1, "products": 2,
                "revenue": 185, "anonymous_revenue": 10, "refunds": 40,
                "first_time": START - timedelta(days=30), "last_time": START + timedelta(days=40),
                "first_sale": local(0), "last_sale": local(30),
                "orders": 3, "known_orders": 2, "anonymous_orders": 1,
            }
        ]  # fmt: skip
        assert by_month(analytics).to_pylist() == [
            {"month": "2024-02", "revenue": 175, "refunds": 0, "orders": 2, "customers": 1},
            {"month": "2024-03", "revenue": 10, "refunds": 40, "orders": 1, "customers": 0},
        ]
        assert by_category(analytics, top=1).to_pylist() == [
            {"category": "k", "revenue": 135, "lines": 3, "customers": 1}
        ]
        assert by_event(analytics, START + timedelta(days=31)).to_pylist() == [
            {"event": "purchase", "rows": 4, "anonymous": 1},
            {"event": "view_promotion", "rows": 1, "anonymous": 0},
        ]


def test_an_empty_shop() -> None:
    with Analytics(threads=1) as analytics:
        only = totals(analytics).to_pylist()
        assert len(only) == 1
        assert only[0]["events"] == only[0]["revenue"] == only[0]["orders"] == 0
        assert only[0]["known_orders"] == only[0]["anonymous_orders"] == only[0]["buyers"] == 0
        assert only[0]["first_time"] is None
        assert only[0]["first_sale"] is None
        assert by_month(analytics).num_rows == by_category(analytics).num_rows == by_event(analytics).num_rows == 0
        assert by_product(analytics).num_rows == 0


def goods(folder: Path) -> Path:
    return write(
        folder / "events.parquet",
        line(0, customer_id="a", product_id="p", product_name="Cup", amount=100),
        line(1, customer_id=None, product_id="p", product_name="Cup", amount=100),
        line(2, customer_id="b", product_id="p", product_name="A cup (damaged)", amount=1),
        line(3, customer_id="b", product_id="q", product_name="Bowl", amount=50),
        line(4, customer_id="b", product_id="q", product_name="A bowl", amount=50),
        line(5, customer_id="b", product_id="q", event="refund", product_name="A bowl", amount=50),
        line(6, customer_id="b", product_id="nameless", amount=500),
        line(7, customer_id="b", product_name="Postage", amount=900),
    )


def test_goods_go_by_their_commonest_name_and_postage_is_none(tmp_path: Path) -> None:
    with Analytics(threads=1) as analytics:
        analytics.use_events([goods(tmp_path)])
        assert by_product(analytics).to_pylist() == [
            {"product_id": "p", "product_name": "Cup", "revenue": 201, "lines": 3, "customers": 2},
            {"product_id": "q", "product_name": "A bowl", "revenue": 100, "lines": 2, "customers": 1},
        ]
        assert by_product(analytics, START + timedelta(days=1), 1)["revenue"].to_pylist() == [100]
