"""Days of customers, the latest ones only, what they were about, and what came next."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.store.analytics import Analytics
from offersmith.store.sequences import days, next_things, things
from offersmith.vocabulary import EVENTS

AT = datetime(2024, 2, 1)


def line(who, day, event="purchase", product="tea", amount=100, hour=12, **more):
    time = datetime(2024, 1, 1, hour) + timedelta(days=day - 1)
    about = {"product_id": product, "category": product and "drinks", "amount": amount}
    return {"customer_id": who, "event": event, "time": time, "utc_offset": 0, **about, **more}


@pytest.fixture
def asked(tmp_path):
    def ask(question, lines):
        rows = [{"event_id": str(place), **one} for place, one in enumerate(lines)]
        pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
        with Analytics(threads=1) as analytics:
            analytics.use_events([tmp_path / "events.parquet"])
            return analytics.run(question).to_pylist()

    return ask


def test_lines_of_a_day_are_counted_by_kind(asked) -> None:
    lines = [
        line("ann", 30), line("ann", 30, amount=250, hour=14), line("ann", 30, "view_item", amount=None),
        line("ann", 31, "add_to_cart", amount=None), line("ann", 31, "refund"), line("ann", 31, "view_promotion"),
    ]  # fmt: skip
    first, second = asked(days(AT, 8), lines)
    assert {name: first[name] for name in ("bought", "carted", "returned", "shown", "looked", "paid")} == {
        "bought": 2, "carted": 0, "returned": 0, "shown": 0, "looked": 1, "paid": 350
    }  # fmt: skip
    assert first["hour"] == pytest.approx((12 + 14 + 12) / 3)
    assert first["before"] == pytest.approx(1 + 10 / 24)
    assert [second[name] for name in ("bought", "carted", "returned", "shown", "paid")] == [0, 1, 1, 1, 0]
    assert second["day"] - first["day"] == 1


def test_the_latest_days_only_and_nothing_of_the_moment(asked) -> None:
    lines = [line("ann", day) for day in range(1, 31)] + [line("ann", 32, hour=0), line("bob", 40)]
    found = asked(days(AT, 3), lines)
    assert [round(row["before"], 6) for row in found] == [3.5, 2.5, 1.5]
    assert {row["customer_id"] for row in found} == {"ann"}


def test_a_day_is_one_of_the_shops_clock(asked) -> None:
    east = {"utc_offset": 600}
    found = asked(days(AT, 8), [line("ann", 5, hour=13, **east), line("ann", 5, hour=15, **east)])
    assert [row["hour"] for row in found] == [23, 1]


def test_days_are_about_what_was_paid_for_the_dearest_first(asked) -> None:
    lines = [
        line("ann", 5, product="tea", amount=100), line("ann", 5, product="wine", amount=900),
        line("ann", 5, "view_item", product="ale", amount=None), line("ann", 5, "refund", product="rum", amount=999),
        line("ann", 6, product=None), line("ann", 6, product="tea"),
    ]  # fmt: skip
    found = asked(things(AT, 8, 2), lines)
    assert [row["product_id"] for row in found] == ["wine", "tea", "tea"]
    assert {row["category"] for row in found} == {"drinks"}
    assert [row["product_id"] for row in asked(things(AT, 1, 8), lines)] == ["tea"]


def test_next_is_the_first_day_of_buying_from_a_moment_on(asked) -> None:
    lines = [
        line("ann", 5, product="tea"), line("ann", 10, "view_item", product="ale"), line("ann", 12, product="wine"),
        line("ann", 12, product="rum", amount=500), line("ann", 14, product="gin"), line("bob", 30, product="tea"),
    ]  # fmt: skip
    question = next_things(datetime(2024, 1, 8), datetime(2024, 1, 20), 8)
    assert [(row["customer_id"], row["product_id"]) for row in asked(question, lines)] == [
        ("ann", "rum"),
        ("ann", "wine"),
    ]


def test_a_hundred_thousand_events_are_as_many_steps_as_days(asked) -> None:
    lines = [line("bot", 1 + place % 20, "view_item", f"p{place % 500}", None) for place in range(100_000)]
    assert len(asked(days(AT, 8), lines)) == 8
    assert len(asked(things(AT, 8, 4), lines)) == 32


def test_moments_have_no_zone() -> None:
    for question in (days, lambda moment, most: things(moment, most, 2)):
        with pytest.raises(InputError, match="naive UTC"):
            question(datetime(2024, 1, 1, tzinfo=UTC), 4)
