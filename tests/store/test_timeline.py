"""A customer's timeline tells orders and days, in the shop's own time, and nothing that comes after the moment."""

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.store.analytics import Analytics
from offersmith.store.timeline import TIMELINE, timeline
from offersmith.vocabulary import EVENTS

UNTIL = datetime(2024, 3, 20)


def event(name, time, customer="ann", **more):
    return {"event": name, "customer_id": customer, "time": time, "utc_offset": 0, **more}


def line(order, time, product, amount, **more):
    return event("purchase", time, order_id=order, product_id=product, product_name=product, amount=amount, **more)


@pytest.fixture
def told(tmp_path):
    def tell(events, **asked):
        rows = [{"event_id": f"e{place}", **one} for place, one in enumerate(events)]
        pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
        with Analytics(threads=1) as analytics:
            analytics.use_events([tmp_path / "events.parquet"])
            found = timeline(analytics, "ann", UNTIL, **asked)
        assert found.schema.equals(TIMELINE)
        return found.to_pylist()

    return tell


def test_an_order_is_one_row_named_after_its_dearest_line(told):
    noon = datetime(2024, 3, 2, 12)
    rows = told(
        [
            line("o1", noon, "milk", 120, discount=10),
            line("o1", noon, "wine", 900, discount=0),
            line("o1", noon, "bread", 300),
            line("o2", noon.replace(day=3), "milk", 120),
        ]
    )
    assert [(row["order_id"], row["what"], row["others"], row["amount"], row["count"]) for row in rows] == [
        ("o2", "milk", 0, 120, 1),
        ("o1", "wine", 2, 1320, 3),
    ]
    assert rows[1]["discount"] == 10


def test_views_of_a_day_are_one_row_and_offers_stand_apart(told):
    rows = told(
        [
            event("view_item", datetime(2024, 3, 2, 9), product_name="tea"),
            event("view_item", datetime(2024, 3, 2, 21), product_name="cup"),
            event("view_item", datetime(2024, 3, 3, 1), product_name="tea"),
            event("view_promotion", datetime(2024, 3, 2, 9), offer_id="ten", campaign_id="spring"),
            event("view_promotion", datetime(2024, 3, 2, 10), offer_id="five", campaign_id="spring"),
        ]
    )
    assert [(row["event"], row["time"].day, row["count"], row["offer_id"]) for row in rows] == [
        ("view_item", 3, 1, None),
        ("view_promotion", 2, 1, "five"),
        ("view_item", 2, 2, None),
        ("view_promotion", 2, 1, "ten"),
    ]
    assert rows[0]["amount"] is None


def test_a_day_is_one_of_the_shops_clock(told):
    late = event("view_item", datetime(2024, 3, 2, 23, 30), product_name="tea") | {"utc_offset": 60}
    early = event("view_item", datetime(2024, 3, 3, 0, 30), product_name="tea") | {"utc_offset": 60}
    (row,) = told([late, early])
    assert (row["time"], row["count"], row["others"]) == (datetime(2024, 3, 3, 0, 30), 2, 0)


def test_nothing_of_others_nothing_later_and_the_latest_where_there_is_much(told):
    days = [line(f"o{day}", datetime(2024, 3, day, 9), "milk", 100) for day in range(1, 20)]
    others = [event("purchase", datetime(2024, 3, 5), "bob", amount=5), line("late", UNTIL, "milk", 100)]
    assert [row["order_id"] for row in told([*days, *others], most=3)] == ["o19", "o18", "o17"]
    assert told([event("view_item", datetime(2024, 3, 1), "bob")]) == []
