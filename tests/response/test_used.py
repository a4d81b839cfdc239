"""What uses of an offer cost as far as it is on record: null where nobody says it, 0 where somebody says 0."""

from datetime import timedelta

import numpy as np
import pyarrow.compute as pc
import pytest

from offersmith.response.base import flags, floats, strings
from offersmith.response.history import build
from offersmith.response.unrecorded import Untold, filled

SAYS = ("discount", "coupon_discount")


def rewritten(rows, **columns):
    """Return events with some columns of purchases and uses replaced; None drops what was said."""
    return [{**row, **(columns if row["event"] in ("purchase", "redeem") else {})} for row in rows]


@pytest.fixture
def asked(season, tmp_path):
    """Return a function from events to the history of the made shop."""

    def ask(rows):
        with season.bound(tmp_path, rows) as analytics:
            return build(analytics, season.as_of, profile=season.profiles(analytics), horizon_days=28, currency="USD")

    return ask


@pytest.fixture
def known(season, asked):
    return asked(season.events())


def test_a_cost_is_null_where_nobody_recorded_it_and_nowhere_else(season, asked, known):
    found = asked(rewritten(season.events(), discount=None, coupon_discount=None))
    used = flags(found.table, "redeemed")
    assert (used == flags(known.table, "redeemed")).all()
    assert (np.isnan(floats(found.table, "cost")) == used).all()
    assert (floats(found.table, "cost_told") == 0).all()
    assert used.sum() > 50
    untold = Untold.of(found.table)
    assert sorted(set(untold.row.tolist())) == np.flatnonzero(used).tolist()
    assert np.isnan(untold.most).all()
    for use in found.campaigns:
        mine = (strings(found.table, "campaign_id") == use.campaign_id)[untold.row]
        assert use.unrecorded == untold.uses[mine].sum() >= use.redeemers


def test_the_unknown_is_filled_from_the_terms_of_the_basket_it_was_used_on(season, asked):
    """Ten percent of the basket before: a ninth of what was paid that day, and revenue rises by as much."""
    found = asked(rewritten(season.events(), discount=None, coupon_discount=None))
    full = filled(found, season.offers)
    untold = Untold.of(found.table)
    expected = np.bincount(untold.row, untold.paid / 9, found.table.num_rows)
    assert floats(full.table, "cost") == pytest.approx(expected)
    added = floats(full.table, "revenue") - floats(found.table, "revenue")
    assert added == pytest.approx(expected)
    paid = [row for row in season.events() if row["event"] == "purchase"]
    assert untold.paid.min() >= min(row["amount"] for row in paid) / 100


def test_a_recorded_nothing_is_nothing(season, asked, known):
    found = asked(rewritten(season.events(), discount=0, coupon_discount=0))
    assert found.table["cost"].null_count == 0
    assert pc.sum(found.table["cost"]).as_py() == 0
    assert flags(found.table, "redeemed").sum() == flags(known.table, "redeemed").sum()
    assert [use.unrecorded for use in found.campaigns] == [0, 0]
    assert filled(found, season.offers) is found


def test_some_uses_may_be_on_record_and_others_not(season, asked, known):
    rows = [
        {**row, **dict.fromkeys(SAYS if row["event"] == "purchase" and row["customer_id"] < "c0200" else ())}
        for row in season.events()
    ]
    found = asked(rows)
    early = np.array(found.table["customer_id"].to_pylist()) < "c0200"
    cost, used = floats(found.table, "cost"), flags(found.table, "redeemed")
    assert (np.isnan(cost) == (used & early)).all()
    assert cost[~early] == pytest.approx(floats(known.table, "cost")[~early])


def test_an_event_of_use_may_say_what_it_took_off(season, asked, known):
    rows = [
        {**row, "discount": 150 if row["event"] == "redeem" else None, "coupon_discount": None}
        for row in season.events()
    ]
    found = asked(rows)
    assert found.table["cost"].null_count == 0
    assert floats(found.table, "cost") == pytest.approx(floats(known.table, "cost"))
    assert floats(found.table, "revenue") == pytest.approx(floats(known.table, "revenue"))


def test_a_discount_of_which_no_part_is_called_a_coupon_s_bounds_the_cost(season, asked, known):
    """Its terms would take more than 1.50 off these baskets; without terms all of the discount is its cost."""
    found = asked(rewritten(season.events(), coupon_discount=None))
    uses = Untold.of(found.table).uses.sum()
    assert sum(use.unrecorded for use in found.campaigns) == uses >= flags(found.table, "redeemed").sum()
    for offers in (season.offers, ()):
        full = filled(found, offers)
        cost = floats(full.table, "cost")
        assert np.isfinite(cost).all()
        assert (cost <= floats(known.table, "cost") + 1e-9).all()
    assert cost == pytest.approx(floats(known.table, "cost"))


def test_a_use_without_a_purchase_that_day_takes_nothing_only_where_coupons_are_written_down(season, asked):
    rows = season.events()
    bought = {(row["customer_id"], row["time"].date()) for row in rows if row["event"] == "purchase"}
    start = season.first.toordinal() + season.campaigns["spring"]
    lonely = next(
        (row["customer_id"], day)
        for row in rows
        if row["event"] == "view_promotion"
        for day in [season.first.fromordinal(start + 9)]
        if (row["customer_id"], day.date()) not in bought
        and any(season.first.fromordinal(start + 10) < r["time"] < season.first.fromordinal(start + 27)
                for r in rows if r["event"] == "purchase" and r["customer_id"] == row["customer_id"])
        and not any(r["event"] == "redeem" and r["customer_id"] == row["customer_id"] for r in rows)
        and row["campaign_id"] == "spring"
    )  # fmt: skip
    use = {"event_id": "lonely", "event": "redeem", "time": lonely[1], "utc_offset": 0, "customer_id": lonely[0],
           "offer_id": "ten", "campaign_id": "spring"}  # fmt: skip
    for says, cost in ((True, 0.0), (False, None)):
        events = [*rows, use] if says else rewritten([*rows, use], discount=None, coupon_discount=None)
        found = asked(events)
        row = [
            one for one in found.table.to_pylist() if (one["customer_id"], one["campaign_id"]) == (lonely[0], "spring")
        ]
        assert row[0]["cost"] == cost
    spent = row[0]["revenue"] / sum(
        one["event"] == "purchase" and one["customer_id"] == lonely[0]
        and season.first.fromordinal(start) <= one["time"] < season.first.fromordinal(start + 28) for one in rows
    )  # fmt: skip
    assert row[0]["untold"] == [{"paid": pytest.approx(spent), "most": None, "uses": 1.0}]


def test_without_any_event_of_use_whoever_bought_may_have_used_it(season, asked, known):
    rows = [row for row in season.events() if row["event"] != "redeem"]
    found = asked(rewritten(rows, discount=None, coupon_discount=None))
    treated = strings(found.table, "offer_id") != "none"
    bought = flags(found.table, "bought")
    assert (np.isnan(floats(found.table, "cost")) == (treated & bought)).all()
    untold = Untold.of(found.table)
    assert (untold.uses == 1).all()
    assert (untold.paid <= floats(found.table, "revenue")[untold.row] + 1e-9).all()
    assert sum(use.unrecorded for use in found.campaigns) == (treated & bought).sum()
    # Where coupons are written down, they are what it cost, whoever used what.
    told = asked(rows)
    assert told.table["cost"].null_count == 0
    assert pc.sum(told.table["cost"]).as_py() == pytest.approx(pc.sum(known.table["cost"]).as_py(), rel=0.05)


def test_a_column_of_zeros_does_not_make_uses_free(season, asked, known):
    """Events of use say 0, the purchases they belong to say that 1.50 was taken off: the 0 is no cost."""
    zeros = [
        {**row, "coupon_discount": None, **({"discount": 0} if row["event"] == "redeem" else {})}
        for row in season.events()
    ]
    found, silent = asked(zeros), asked(rewritten(season.events(), coupon_discount=None))
    used = flags(found.table, "redeemed")
    assert (np.isnan(floats(found.table, "cost")) == used).all()
    assert Untold.of(found.table).most == pytest.approx(Untold.of(silent.table).most)
    full = floats(filled(found, season.offers).table, "cost")
    assert full == pytest.approx(floats(filled(silent, season.offers).table, "cost"))
    assert full.sum() == pytest.approx(floats(known.table, "cost").sum(), rel=0.05)


def test_a_purchase_on_another_day_keeps_its_coupon(season, asked, known):
    """By the number of the order it is the use's own; without one nobody knows, and the coupon bounds the cost."""
    rows, order = season.events(), {}
    late = []
    for row in rows:
        if row["event"] == "redeem":
            order[row["customer_id"], row["time"]] = None
    for row in rows:
        moved = row["event"] == "purchase" and (row["customer_id"], row["time"]) in order
        if moved:
            order[row["customer_id"], row["time"]] = row["order_id"]
        late.append({**row, "time": row["time"] + timedelta(hours=24)} if moved else row)
    numbered = [
        {**row, "order_id": order[row["customer_id"], row["time"]]} if row["event"] == "redeem" else row for row in late
    ]
    # The last day's purchases leave the horizon, with their spending.
    by_number = asked(numbered)
    kept = np.abs(floats(by_number.table, "revenue") - floats(known.table, "revenue")) < 1e-6
    assert kept.mean() > 0.9
    assert floats(by_number.table, "cost")[kept] == pytest.approx(floats(known.table, "cost")[kept])
    by_day = asked(late)
    used = flags(by_day.table, "redeemed")
    assert np.isnan(floats(by_day.table, "cost"))[used & kept].mean() > 0.9
    assert not np.isnan(floats(by_day.table, "cost"))[~used].any()
    full = filled(by_day, season.offers)
    assert floats(full.table, "cost")[kept].sum() == pytest.approx(floats(known.table, "cost")[kept].sum(), rel=0.1)
    # Spending before the offer holds that coupon once.
    assert (floats(full.table, "revenue")[kept] <= floats(known.table, "revenue")[kept] + 1e-6).all()
    assert floats(full.table, "revenue")[kept].sum() == pytest.approx(
        floats(known.table, "revenue")[kept].sum(), rel=0.01
    )


def test_a_second_use_without_a_record_is_not_free(season, asked, known):
    bare = rewritten(season.events(), discount=None, coupon_discount=None)
    twice = [*bare]
    twice += [{**row, "event_id": row["event_id"] + "x", "discount": 1} for row in bare if row["event"] == "redeem"]
    found, alone = asked(twice), asked(bare)
    one, two = Untold.of(alone.table), Untold.of(found.table)
    assert two.uses.tolist() == one.uses.tolist()
    assert two.paid == pytest.approx(one.paid / 2)
    assert floats(found.table, "cost_told").sum() == pytest.approx(0.01 * one.uses.sum())
    assert [use.unrecorded for use in found.campaigns] == [use.unrecorded for use in alone.campaigns]


def test_a_shop_that_records_uses_is_not_billed_for_campaigns_nobody_used(season, asked):
    rows = [row for row in rewritten(season.events(), discount=None, coupon_discount=None) if row["event"] != "redeem"]
    one = {"event_id": "z", "event": "redeem", "time": season.first + timedelta(days=20), "utc_offset": 0,
           "customer_id": "c0001", "offer_id": "old", "campaign_id": "old"}  # fmt: skip
    found, without = asked([*rows, one]), asked(rows)
    assert (found.recorded, without.recorded) == (True, False)
    assert floats(filled(found, season.offers).table, "cost").tolist() == [0.0] * found.table.num_rows
    assert [use.unrecorded for use in found.campaigns] == [0, 0]
    assert floats(filled(without, season.offers).table, "cost").sum() > 100
