"""Rows to learn from know nothing of the days they foretell."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.profiles import FEATURES
from offersmith.profiles.build import build
from offersmith.profiles.purchase.learning import rows_before, together
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS

FIRST, DAYS = datetime(2024, 1, 1, 8), 10


@pytest.fixture
def analytics(tmp_path):
    """Ann buys every five days, bob twice at the start, cyn only looks."""
    days = [("ann", day, "purchase") for day in range(0, 60, 5)]
    days += [("bob", day, "purchase") for day in (0, 3)] + [("cyn", day, "view_item") for day in range(0, 60, 2)]
    rows = [
        {"event_id": str(place), "event": event, "time": FIRST + timedelta(days=day), "utc_offset": 0,
         "customer_id": who, "order_id": str(place) if event == "purchase" else None, "amount": 100}
        for place, (who, day, event) in enumerate(days)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
    with Analytics(threads=1) as opened:
        opened.use_events([tmp_path / "events.parquet"])
        yield opened


def profiles(analytics):
    return lambda moment: build(analytics, moment, features={name: FEATURES[name] for name in ("orders", "recency")})


def test_stretches_follow_each_other_and_end_at_the_moment(analytics) -> None:
    asked = []

    def profile(moment):
        asked.append(moment)
        return profiles(analytics)(moment)

    found = rows_before(analytics, FIRST + timedelta(days=60), DAYS, profile, most=3)
    assert asked == [FIRST + timedelta(days=day) for day in (50, 40, 30)]
    for one, days in zip(found, (50, 40, 30), strict=True):
        assert one.profiles["customer_id"].to_pylist() == ["ann", "bob"]
        assert one.bought.tolist() == [True, False]
        assert one.profiles["orders"].to_pylist() == [days // 5, 2]
    assert len(together(found)) == 6


def test_a_young_shop_has_no_rows(analytics) -> None:
    assert rows_before(analytics, FIRST + timedelta(days=2 * DAYS), DAYS, profiles(analytics)) == []
    one = rows_before(analytics, FIRST + timedelta(days=3 * DAYS), DAYS, profiles(analytics))
    assert len(one) == 1


def test_later_events_change_nothing(analytics, tmp_path) -> None:
    at = FIRST + timedelta(days=40)
    before = rows_before(analytics, at, DAYS, profiles(analytics))
    late = {"event_id": "late", "event": "purchase", "time": at, "utc_offset": 0, "customer_id": "bob", "amount": 5}
    pq.write_table(pa.Table.from_pylist([late], schema=EVENTS), tmp_path / "late.parquet")
    analytics.use_events([tmp_path / "events.parquet", tmp_path / "late.parquet"])
    after = rows_before(analytics, at, DAYS, profiles(analytics))
    assert [one.bought.tolist() for one in before] == [one.bought.tolist() for one in after]
    assert all(one.profiles.equals(two.profiles) for one, two in zip(before, after, strict=True))
