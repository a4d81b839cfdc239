"""The Complete Journey as events: exact counts and sums of the year, against the tables themselves."""

import importlib.util
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith.events.base import OURS, Registered
from offersmith.events.examples import EXAMPLES, complete_journey
from offersmith.events.examples.journey_files import PACKAGE, campaigns, table_path
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec(PACKAGE) is None, reason="needs the extra demo"),
]


@pytest.fixture(scope="module")
def events() -> pa.Table:
    batches = []
    for source in EXAMPLES["complete-journey"](SourceSettings(), Path()):
        mine = list(source.batches())
        assert sum(batch.num_rows for batch in mine) == source.rows
        batches += mine
    for batch in batches:
        batch.validate(full=True)
        assert batch.schema.equals(EVENTS)
        for field in EVENTS:
            assert field.nullable or batch[field.name].null_count == 0, field.name
    return pa.Table.from_batches(batches)


def of(events: pa.Table, name: str) -> pa.Table:
    return events.filter(pc.equal(events["event"], name))


def test_every_row_of_the_tables_is_an_event(events: pa.Table) -> None:
    counts = {row["values"]: row["counts"] for row in pc.value_counts(events["event"]).to_pylist()}
    assert counts == {"purchase": 1_469_307, "view_promotion": 6_589, "redeem": 2_102}
    assert pc.count_distinct(events["event_id"]).as_py() == events.num_rows


def test_money_adds_up_to_the_cent(events: pa.Table) -> None:
    sums = {name: pc.sum(events[name]).as_py() for name in ("amount", "discount", "coupon_discount")}
    sales, retail, coupon, match, overdrawn = 459_603_958, 79_165_064, 2_635_990, 454_265, 686_977
    assert sums == {
        "amount": sales - coupon + overdrawn,
        "discount": retail + match + coupon,
        "coupon_discount": coupon,
    }
    bought = of(events, "purchase")
    assert pc.min(bought["amount"]).as_py() == 0
    assert pc.sum(pc.greater(bought["coupon_discount"], 0)).as_py() == 21_889
    assert bought["quantity"].null_count == 8_869
    assert pc.max(bought["quantity"]).as_py() == 89_638


def test_the_year_is_a_year_on_the_shop_s_clock(events: pa.Table) -> None:
    bought = of(events, "purchase")
    minutes = pc.multiply(bought["utc_offset"].cast(pa.int64()), 60_000_000).cast(pa.duration("us"))
    span = pc.min_max(pc.add(bought["time"], minutes)).as_py()
    assert span == {
        "min": datetime.fromisoformat("2017-01-01T06:53:26"),
        "max": datetime.fromisoformat("2017-12-31T23:01:20"),
    }
    assert set(pc.unique(events["utc_offset"]).to_pylist()) == {-300, -240}
    before = bought.filter(pc.less(bought["time"], datetime.fromisoformat("2017-10-30T04:00:00")))
    assert pc.count_distinct(before["customer_id"]).as_py() == 2_452


def test_campaign_18_as_the_demo_meets_it(events: pa.Table) -> None:
    sent, used = (
        mine.filter(pc.equal(mine["campaign_id"], "18"))
        for mine in (of(events, "view_promotion"), of(events, "redeem"))
    )
    recipients, redeemers = (set(mine["customer_id"].to_pylist()) for mine in (sent, used))
    assert (len(recipients), len(redeemers)) == (1_133, 214)
    assert redeemers <= recipients
    assert set(sent["time"].to_pylist()) == {datetime.fromisoformat("2017-10-30T04:00:00")}
    assert pc.min(used["time"]).as_py() > datetime.fromisoformat("2017-10-30T04:00:00")
    assert set(sent["offer_id"].to_pylist()) == set(used["offer_id"].to_pylist()) == {"campaign-type-a"}


def test_placement_agrees_with_a_plain_join(events: pa.Table) -> None:
    week = 10
    shown = pq.read_table(table_path("promotions"), filters=[("week", "=", week)])
    where = {}
    for row in shown.to_pylist():
        key = (str(row["product_id"]), str(row["store_id"]))
        bits = (row["mailer_location"] != "0") + 2 * (row["display_location"] != "0")
        where[key] = where.get(key, 0) | bits
    names = (None, "mailer", "display", "mailer+display")
    lines = pq.read_table(table_path("transactions"), columns=["week"])["week"]
    mine = of(events, "purchase").filter(pc.equal(lines, week)).select(["product_id", "place", "placement"]).to_pylist()
    assert len(mine) > 20_000
    assert [row["placement"] for row in mine] == [
        names[where.get((row["product_id"], row["place"]), 0)] for row in mine
    ]


def test_the_register_is_everybody_with_a_card() -> None:
    source = complete_journey.Purchases(OURS)
    assert isinstance(source, Registered)
    register = source.register()
    assert register is not None
    assert register.num_rows == pc.count_distinct(register["customer_id"]).as_py() == 2_469
    assert {field.type for field in register.schema} == {pa.string()}
    assert register.num_rows - register["age"].null_count == 801


def test_campaigns_and_their_types() -> None:
    table = campaigns()
    assert table.num_rows == 27
    assert {row["values"]: row["counts"] for row in pc.value_counts(table["type"]).to_pylist()} == {
        "a": 4,
        "b": 17,
        "c": 6,
    }


def test_fingerprints_are_stable_and_differ() -> None:
    first, again = ([s.fingerprint() for s in EXAMPLES["complete-journey"](SourceSettings(), Path())] for _ in range(2))
    assert first == again
    assert len(set(first)) == 3
