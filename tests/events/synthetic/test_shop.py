"""The synthetic shop: repeatable, in its days, in our words, and honest about what its offers do."""

from datetime import datetime, timedelta
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.events.synthetic import Shop, Switches, make
from offersmith.events.synthetic.promotions import ARMS, CHANCES, VALID_DAYS
from offersmith.vocabulary import EVENT_NAMES, EVENTS, NO_OFFER


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make(customers=500, days=90, seed=11)


@pytest.fixture(scope="module")
def events(shop: Shop) -> pa.Table:
    return pa.Table.from_batches(shop.batches())


def of(events: pa.Table, name: str) -> pa.Table:
    return events.filter(pc.equal(events["event"], name))


def test_every_batch_is_in_the_schema_of_events(shop: Shop) -> None:
    for batch in shop.batches():
        batch.validate(full=True)
        assert batch.schema.equals(EVENTS)
        for field in EVENTS:
            assert field.nullable or batch[field.name].null_count == 0, field.name


def test_everything_a_shop_writes_down_is_there(events: pa.Table) -> None:
    wanted = {"view_item", "search", "add_to_cart", "purchase", "refund", "review", "view_promotion", "redeem"}
    assert set(pc.unique(events["event"]).to_pylist()) == wanted
    assert wanted <= set(EVENT_NAMES)
    assert of(events, "view_item")["dwell_ms"].null_count == 0
    assert of(events, "search")["search_term"].null_count == 0
    assert pc.min_max(of(events, "review")["rating"]).as_py() == {"min": 1.0, "max": 5.0}


def test_event_ids_are_unique(events: pa.Table) -> None:
    assert len(pc.unique(events["event_id"])) == events.num_rows


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(shop: Shop, events: pa.Table) -> None:
    assert pa.Table.from_batches(make(500, 90, 11).batches()).equals(events)
    assert make(500, 90, 11).truth().equals(shop.truth())
    assert not pa.Table.from_batches(make(500, 90, 12).batches()).equals(events)


def test_no_event_lies_outside_the_days(shop: Shop, events: pa.Table) -> None:
    first = datetime.combine(shop.start, datetime.min.time())
    span = pc.min_max(events["time"]).as_py()
    assert first <= span["min"]
    assert span["max"] < first + timedelta(days=shop.days)


def test_amounts_are_whole_and_what_the_offer_says(shop: Shop, events: pa.Table) -> None:
    sold = of(events, "purchase")
    shelf = pc.add(sold["amount"], sold["discount"])
    orders = pa.table({"order_id": sold["order_id"], "shelf": shelf, "off": sold["discount"]})
    orders = orders.group_by("order_id").aggregate([("shelf", "sum"), ("off", "sum")])
    used = dict(zip(*(of(events, "redeem")[name].to_pylist() for name in ("order_id", "offer_id")), strict=True))
    off = dict.fromkeys(ARMS, 0)
    for row in orders.to_pylist():
        offer, total = used.get(row["order_id"], NO_OFFER), row["shelf_sum"]
        expected = {
            NO_OFFER: 0,
            "save-10": (total * 10 + 50) // 100,
            "save-20": (total * 20 + 50) // 100,
            "five-off": 500,
        }
        assert row["off_sum"] == expected[offer], row
        off[offer] += row["off_sum"]
    assert all(off[arm] > 0 for arm in ARMS[1:])
    assert pc.min(sold["amount"]).as_py() > 0


def test_a_refund_gives_back_what_was_paid_for_the_line(events: pa.Table) -> None:
    paid = {
        row["event_id"].removeprefix("buy-"): (row["amount"], row["product_id"], row["time"])
        for row in of(events, "purchase").select(["event_id", "amount", "product_id", "time"]).to_pylist()
    }
    refunds = of(events, "refund").to_pylist()
    assert refunds
    for row in refunds:
        amount, product, time = paid[row["event_id"].removeprefix("ref-")]
        assert (row["amount"], row["product_id"]) == (amount, product)
        assert row["time"] > time


def test_an_offer_is_used_once_and_only_while_it_holds_by_who_was_sent_it(shop: Shop, events: pa.Table) -> None:
    key = ["campaign_id", "customer_id"]
    sent = {tuple(row[k] for k in key): row for row in of(events, "view_promotion").to_pylist()}
    used = of(events, "redeem").to_pylist()
    assert len({tuple(row[k] for k in key) for row in used}) == len(used)
    for row in used:
        exposure = sent[row["campaign_id"], row["customer_id"]]
        assert row["offer_id"] == exposure["offer_id"]
        assert exposure["time"] < row["time"] < exposure["time"] + timedelta(days=VALID_DAYS)


def test_the_lots_are_what_was_sent_and_their_chances_are_known(shop: Shop, events: pa.Table) -> None:
    drawn = shop.assignments()
    assert drawn.num_rows == shop.customers * len(shop.campaigns())
    assert set(zip(drawn["offer_id"].to_pylist(), drawn["probability"].to_pylist(), strict=True)) == set(
        zip(ARMS, CHANCES, strict=True)
    )
    sent = of(events, "view_promotion")
    names = ["campaign_id", "customer_id", "offer_id"]
    given = drawn.filter(pc.not_equal(drawn["offer_id"], NO_OFFER)).select(names)
    assert sent.select(names).sort_by([(n, "ascending") for n in names]).to_pylist() == given.to_pylist()


@pytest.mark.parametrize("by", ["orders", "rotation"])
def test_the_chances_on_record_are_those_of_all_arms_before_the_draw(by: Literal["orders", "rotation"]) -> None:
    shop = make(400, 106, 3, switches=Switches(logging=1.0, logged_by=by))
    told, drawn = shop.decided(), shop.assignments()
    assert told is not None
    assert told.select(drawn.column_names).cast(drawn.schema).equals(drawn)
    assert told["time"].null_count == told.num_rows
    for row in told.to_pylist():
        chances = dict(row["chances"])
        assert list(chances) == list(ARMS)
        assert sum(chances.values()) == pytest.approx(1)
        assert chances[row["offer_id"]] == row["probability"]
    assert len({row["probability"] for row in told.to_pylist()}) > len(ARMS)


def test_chances_that_are_not_on_record_or_not_of_customers_are_not_told() -> None:
    assert make(100, 60, switches=Switches(chances_known=False)).decided() is None
    assert make(300, 60, drawn_by="town").decided() is None


def test_a_shop_larger_than_a_block_has_all_its_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offersmith.events.synthetic.shop.BLOCK", 40)
    shop = make(customers=100, days=30, seed=3)
    register = shop.register()
    assert len(pc.unique(register["customer_id"])) == 100
    events = pa.Table.from_batches(shop.batches())
    assert set(pc.unique(events["customer_id"].drop_null()).to_pylist()) <= set(register["customer_id"].to_pylist())
    assert len(pc.unique(events["event_id"])) == events.num_rows


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"days": 0}, {"seed": -1}])
def test_a_size_out_of_range_is_named(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        make(**wrong)


def test_the_smallest_shop_works() -> None:
    events = pa.Table.from_batches(make(customers=1, days=1).batches(), EVENTS)
    assert events.num_rows < 50
