"""Days as arrays stand in the order that is asked for, and know nothing of what comes later."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.profiles.sequences.steps import MOST, NUMBERS, joined, read
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS

FIRST = datetime(2024, 1, 1, 12)


@pytest.fixture
def analytics(tmp_path):
    """Ann buys every third day, bob once, cyn never did anything before she bought on day 40."""
    bought = [("ann", day, f"p{day % 2}") for day in range(0, 30, 3)] + [("bob", 7, "p9"), ("cyn", 40, "p1")]
    rows = [
        {"event_id": str(place), "event": "purchase", "time": FIRST + timedelta(days=day), "utc_offset": 0,
         "customer_id": who, "product_id": product, "category": "drinks", "amount": 100}
        for place, (who, day, product) in enumerate(bought)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
    with Analytics(threads=1) as opened:
        opened.use_events([tmp_path / "events.parquet"])
        yield opened


def test_rows_stand_as_asked_and_the_unknown_have_no_days(analytics) -> None:
    found = read(analytics, FIRST + timedelta(days=30), pa.array(["nobody", "bob", "ann", "cyn"]))
    assert len(found) == 4
    assert np.diff(found.ends).tolist() == [0, 1, 10, 0]
    assert found.things.products.to_pylist() == ["p9", *["p0", "p1"] * 5]
    assert np.diff(found.following.ends).tolist() == [0, 0, 0, 0]


def test_gaps_are_within_a_customer(analytics) -> None:
    found = read(analytics, FIRST + timedelta(days=30), pa.array(["bob", "ann"]))
    gaps = found.numbers[:, NUMBERS.index("gap")]
    assert np.expm1(gaps) == pytest.approx([0, 0, *[3] * 9], abs=1e-5)


def test_what_comes_later_changes_no_day_and_is_what_follows(analytics) -> None:
    who = pa.array(["ann", "bob", "cyn"])
    at, end = FIRST + timedelta(days=13), FIRST + timedelta(days=41)
    known, foretold = read(analytics, at, who), read(analytics, at, who, end)
    assert np.array_equal(known.numbers, foretold.numbers)
    assert known.things.products.equals(foretold.things.products)
    assert np.diff(foretold.following.ends).tolist() == [1, 0, 1]
    assert foretold.following.products.to_pylist() == ["p1", "p1"]


def test_joined_rows_are_those_of_all(analytics) -> None:
    at = FIRST + timedelta(days=30)
    one, two = read(analytics, at, pa.array(["ann"])), read(analytics, at, pa.array(["bob", "cyn"]))
    both = joined([one, two])
    whole = read(analytics, at, pa.array(["ann", "bob", "cyn"]))
    assert np.array_equal(both.ends, whole.ends)
    assert np.array_equal(both.numbers, whole.numbers)
    assert np.array_equal(both.things.ends, whole.things.ends)
    assert both.things.products.equals(whole.things.products)


def test_no_more_than_the_latest_days(tmp_path) -> None:
    rows = [{"event_id": str(day), "event": "view_item", "time": FIRST + timedelta(days=day), "utc_offset": 0,
             "customer_id": "ann"} for day in range(3 * MOST)]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), tmp_path / "events.parquet")
    with Analytics(threads=1) as analytics:
        analytics.use_events([tmp_path / "events.parquet"])
        found = read(analytics, FIRST + timedelta(days=2 * MOST), pa.array(["ann"]))
    assert found.numbers.shape == (MOST, len(NUMBERS))
    assert np.expm1(found.numbers[-1, NUMBERS.index("before")]) == pytest.approx(1, abs=1e-5)
