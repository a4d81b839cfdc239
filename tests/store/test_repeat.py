"""Days with a purchase, by the shop's clock, and nothing of what comes after the moment."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.store.analytics import Analytics
from offersmith.store.repeat import REPEAT, repeat
from offersmith.vocabulary import EVENTS

AT = datetime(2024, 3, 1)


def event(customer, day, hour=12, event="purchase", amount=100, offset=0):
    time = datetime(2024, 2, day, hour) if day <= 29 else datetime(2024, 3, day - 29, hour)
    return {"event": event, "customer_id": customer, "time": time, "utc_offset": offset, "amount": amount}


@pytest.fixture
def counted(tmp_path):
    def count(*events):
        rows = [{"event_id": str(place), **one} for place, one in enumerate(events)]
        pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
        with Analytics(threads=1) as analytics:
            analytics.use_events([tmp_path / "events.parquet"])
            found = repeat(analytics, AT)
        assert found.schema.equals(REPEAT)
        return [tuple(row.values()) for row in found.to_pylist()]

    return count


def test_days_count_once_and_refunds_are_taken_off(counted) -> None:
    assert counted(
        event("ann", 1), event("ann", 1, 20), event("ann", 11), event("ann", 21), event("ann", 25, event="refund"),
        event("bob", 20), event("cyn", 3, event="view_item"), event("dan", 4, event="refund"),
    ) == [("ann", 2, 20, 28, 300), ("bob", 0, 0, 9, 100)]  # fmt: skip


def test_more_given_back_than_paid_is_nothing(counted) -> None:
    assert counted(event("ann", 1), event("ann", 2, event="refund", amount=500)) == [("ann", 0, 0, 28, 0)]


def test_nothing_of_the_moment_or_later(counted) -> None:
    assert counted(event("ann", 28), event("ann", 30), event("ann", 31)) == [("ann", 0, 0, 1, 100)]


def test_a_day_is_one_of_the_shops_clock(counted) -> None:
    late, early = event("ann", 10, 23, offset=120), event("ann", 11, 1, offset=120)
    assert counted(late, early) == [("ann", 0, 0, 18, 200)]
    # On the shop's clock the moment is past midnight already.
    assert counted(event("bob", 29, 23, offset=120)) == [("bob", 0, 0, 0, 100)]


def test_events_without_amounts_or_customers(counted) -> None:
    assert counted(event("ann", 1, amount=None), event(None, 2)) == [("ann", 0, 0, 28, 0)]


def test_a_moment_with_a_zone_is_refused() -> None:
    with Analytics(threads=1) as analytics, pytest.raises(InputError, match="naive UTC"):
        repeat(analytics, AT.replace(tzinfo=UTC))
