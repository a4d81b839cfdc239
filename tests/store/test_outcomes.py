from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS

_at = datetime.fromisoformat
LATE = _at("2021-01-01")


def _event(event, time, customer, **values):
    return {"event": event, "time": time, "customer_id": customer, "utc_offset": 0, **values}


def _ask(tmp_path, rows):
    named = [{"event_id": f"e{number}", **row} for number, row in enumerate(rows)]
    file = tmp_path / "events.parquet"
    pq.write_table(pa.Table.from_pylist(named, schema=EVENTS), file)
    analytics = Analytics(threads=1)
    analytics.use_events([file])
    return analytics


@pytest.fixture
def season(tmp_path):
    day = [_at(f"2020-01-{number:02d}") for number in range(1, 10)]
    rows = [
        _event("view_promotion", day[0], "ann", offer_id="ten", campaign_id="c1"),
        _event("view_promotion", day[2], "ann", offer_id="ten", campaign_id="c1"),
        _event("view_promotion", day[1], "bob", offer_id="ten"),
        _event("view_promotion", day[1], None, offer_id="ten", campaign_id="c1"),
        _event("view_promotion", day[8], "cat", offer_id="ten", campaign_id="c1"),
        _event("purchase", day[3], "ann", order_id="1", amount=500, discount=90, coupon_discount=60),
        _event("purchase", day[3], "ann", order_id="1", amount=300, discount=0, coupon_discount=0),
        _event("refund", day[4], "ann", order_id="1", amount=100),
        _event("purchase", day[4], "bob", order_id="2", amount=700),
        _event("purchase", day[4], None, order_id="3", amount=900),
        _event("redeem", day[3], "ann", offer_id="ten", campaign_id="c1"),
        _event("redeem", day[3], "ann", offer_id="ten", campaign_id="c1"),
        _event("redeem", day[3], "ann", offer_id="ten", campaign_id="c2"),
        _event("redeem", day[5], "bob", offer_id="ten"),
    ]
    with _ask(tmp_path, rows) as analytics:
        yield analytics


def test_the_first_exposure_counts_and_only_before_the_moment(season):
    rows = outcomes.exposures(season, _at("2020-01-09")).to_pylist()
    assert rows == [
        {"campaign_id": "c1", "offer_id": "ten", "customer_id": "ann", "time": _at("2020-01-01")},
        {"campaign_id": "ten", "offer_id": "ten", "customer_id": "bob", "time": _at("2020-01-02")},
    ]


def test_refunds_are_taken_off_and_strangers_left_out(season):
    rows = outcomes.outcomes(season, _at("2020-01-01"), LATE).to_pylist()
    assert rows == [
        {"customer_id": "ann", "orders": 1, "revenue": 700, "discount": 90, "coupon_discount": 60},
        {"customer_id": "bob", "orders": 1, "revenue": 700, "discount": 0, "coupon_discount": 0},
    ]


def test_purchases_without_an_order_s_number_are_orders_by_their_moment(tmp_path):
    day = [_at(f"2020-01-{number:02d}") for number in range(1, 4)]
    rows = [
        _event("purchase", day[0], "ann", amount=500),
        _event("purchase", day[0], "ann", amount=200),
        _event("purchase", day[1], "ann", amount=300),
        _event("purchase", day[2], "bob", order_id="7", amount=100),
        _event("refund", day[2], "ann", amount=50),
    ]
    with _ask(tmp_path, rows) as analytics:
        found = outcomes.outcomes(analytics, _at("2020-01-01"), LATE).to_pylist()
    assert [(row["customer_id"], row["orders"], row["revenue"]) for row in found] == [("ann", 2, 950), ("bob", 1, 100)]


def test_the_stretch_is_half_open(season):
    assert outcomes.outcomes(season, _at("2020-01-04"), _at("2020-01-05"))["revenue"].to_pylist() == [800]
    assert outcomes.outcomes(season, _at("2020-01-06"), LATE).num_rows == 0


def test_everybody_may_have_a_stretch_of_their_own(season):
    entered = pa.table({"customer_id": ["ann", "bob", "cat"], "moment": [_at("2020-01-04"), _at("2020-01-05"), LATE]})
    day = timedelta(days=1)
    rows = outcomes.outcomes_after(season, entered, day).to_pylist()
    assert [(row["customer_id"], row["revenue"]) for row in rows] == [("ann", 800), ("bob", 700)]
    assert outcomes.outcomes_after(season, entered, 2 * day)["revenue"].to_pylist() == [700, 700]
    used = outcomes.uses_after(season, entered, day).to_pylist()
    assert [(row["campaign_id"], row["customer_id"], row["n"], row["coupon"]) for row in used] == [
        ("c1", "ann", 2, 60), ("c2", "ann", 1, 60),
    ]  # fmt: skip
    assert outcomes.uses_after(season, entered, 2 * day)["customer_id"].to_pylist() == ["ann", "ann", "bob"]
    whole = outcomes.outcomes(season, _at("2020-01-01"), LATE)
    same = entered.set_column(1, "moment", pa.array([_at("2020-01-01")] * 3, pa.timestamp("us")))
    assert outcomes.outcomes_after(season, same, LATE - _at("2020-01-01")) == whole


def test_what_nobody_says_of_a_use_is_null_and_what_is_said_to_be_nothing_is_0(tmp_path):
    day = [_at(f"2020-01-{number:02d}") for number in range(1, 8)]
    rows = [
        _event("redeem", day[0], "ann", offer_id="ten", campaign_id="c1"),
        _event("redeem", day[0], "ann", offer_id="ten", campaign_id="c1"),
        _event("redeem", day[0], "ann", offer_id="ten", campaign_id="c2", discount=45),
        _event("purchase", day[0], "ann", order_id="1", amount=900),
        _event("purchase", day[0], "ann", order_id="1", amount=100),
        _event("redeem", day[1], "ann", offer_id="ten", campaign_id="c1"),
        _event("purchase", day[1], "ann", order_id="2", amount=500, discount=30, coupon_discount=0),
        _event("redeem", day[2], "bob", offer_id="ten", campaign_id="c1"),
        _event("purchase", day[3], "bob", amount=700, discount=12),
    ]
    entered = pa.table({"customer_id": ["ann", "bob"], "moment": [day[0], day[0]]})
    said = ("campaign_id", "customer_id", "n", "said", "own", "all_n", "all_own", "coupon", "discount", "paid")
    with _ask(tmp_path, rows) as analytics:
        assert outcomes.coupons_told(analytics, LATE)
        assert not outcomes.coupons_told(analytics, day[1])
        assert outcomes.uses_untold(analytics) is None
        found = outcomes.uses_after(analytics, entered, timedelta(days=7)).to_pylist()
        first = outcomes.first_orders_after(analytics, entered, timedelta(days=7)).to_pylist()
    assert [tuple(row[name] for name in said) for row in found] == [
        ("c1", "ann", 2, 0, None, 3, 45, None, None, 1000),
        ("c1", "ann", 1, 0, None, 1, None, 0, 30, 500),
        ("c1", "bob", 1, 0, None, 1, None, None, None, None),
        ("c2", "ann", 1, 1, 45, 3, 45, None, None, 1000),
    ]
    assert first == [
        {"customer_id": "ann", "paid": 1000, "coupon": 0, "discount": 30},
        {"customer_id": "bob", "paid": 700, "coupon": None, "discount": 12},
    ]


def test_uses_of_which_nothing_says_what_they_took_off_are_counted(tmp_path):
    used = [_event("redeem", LATE, name, offer_id="ten") for name in ("ann", "bob")]
    with _ask(tmp_path, [*used, _event("purchase", LATE, "ann", order_id="1", amount=900)]) as analytics:
        assert outcomes.uses_untold(analytics) == 2
        assert not outcomes.coupons_told(analytics, LATE + timedelta(days=1))


def test_who_used_what_is_counted_by_campaign(season):
    rows = outcomes.redemptions(season, _at("2020-01-01"), LATE).to_pylist()
    assert rows == [
        {"campaign_id": "c1", "customer_id": "ann", "offer_id": "ten", "n": 2},
        {"campaign_id": "c2", "customer_id": "ann", "offer_id": "ten", "n": 1},
        {"campaign_id": "ten", "customer_id": "bob", "offer_id": "ten", "n": 1},
    ]


def test_the_day_is_the_one_on_the_shop_s_clock(tmp_path):
    rows = [
        _event("redeem", _at("2020-01-02T03"), "ann", offer_id="ten", utc_offset=-300),
        _event("purchase", _at("2020-01-01T20"), "ann", amount=1, coupon_discount=50, utc_offset=-300),
        _event("purchase", _at("2020-01-02T20"), "ann", amount=3, coupon_discount=70, utc_offset=-300),
    ]
    (found,) = _uses(tmp_path, rows)
    assert (found["coupon"], found["by_order"], found["loose_coupon"], found["loose_paid"]) == (50, False, 70, 3)


def _uses(tmp_path, rows):
    entered = pa.table({"customer_id": ["ann"], "moment": [_at("2020-01-01")]})
    with _ask(tmp_path, rows) as analytics:
        return outcomes.uses_after(analytics, entered, timedelta(days=28)).to_pylist()


def test_a_use_belongs_to_the_order_it_names_whatever_the_day_and_to_no_other(tmp_path):
    """Across midnight; beside a dearer order of the same day; and where the order named is not on record."""
    use = {"offer_id": "ten", "campaign_id": "m"}
    rows = [
        _event("redeem", _at("2020-01-02T23:59:58"), "ann", order_id="1", **use),
        _event("purchase", _at("2020-01-03T00:00:01"), "ann", order_id="1", amount=9000, coupon_discount=1000),
        _event("redeem", _at("2020-01-05T10"), "ann", order_id="2", **use),
        _event("purchase", _at("2020-01-05T10"), "ann", order_id="2", amount=900),
        _event("redeem", _at("2020-01-05T15"), "ann", **use),
        _event("purchase", _at("2020-01-05T15"), "ann", order_id="3", amount=90000),
        _event("redeem", _at("2020-01-07"), "ann", order_id="8", **use),
        _event("purchase", _at("2020-01-07"), "ann", order_id="9", amount=70, coupon_discount=5),
        _event("purchase", _at("2020-01-03"), "bob", order_id="1", amount=1),
    ]
    found = _uses(tmp_path, rows)
    assert [(row["day"].day, row["by_order"], row["paid"], row["coupon"]) for row in found] == [
        (2, True, 9000, 1000), (5, False, 90000, None), (5, True, 900, None), (7, False, None, None),
    ]  # fmt: skip
    assert {(row["loose_coupon"], row["loose_paid"]) for row in found} == {(5, 70)}


def test_events_of_use_are_counted_by_what_they_say(tmp_path):
    use = {"offer_id": "ten", "campaign_id": "m"}
    says = [{"discount": 5}, {"coupon_discount": 0, "discount": 7}, {"coupon_discount": 0}, {"discount": 0}, {}]
    (found,) = _uses(tmp_path, [_event("redeem", _at("2020-01-02"), "ann", **use, **one) for one in says])
    assert [found[name] for name in ("n", "said", "nothing", "own", "paid")] == [5, 2, 2, 12, None]


def test_whether_a_shop_records_uses_is_asked_as_of_a_moment(season):
    assert outcomes.uses_told(season, LATE)
    assert not outcomes.uses_told(season, _at("2020-01-04"))


def test_the_usual_coupon_and_the_first_purchase(season):
    assert outcomes.median_coupon(season, LATE) == 60
    assert outcomes.median_coupon(season, _at("2020-01-02")) == 0
    assert outcomes.first_time(season) == _at("2020-01-04")


def test_a_shop_without_events_has_no_outcomes():
    with Analytics(threads=1) as analytics:
        assert outcomes.exposures(analytics, LATE).num_rows == 0
        assert outcomes.outcomes(analytics, _at("2020-01-01"), LATE).num_rows == 0
        assert outcomes.redemptions(analytics, _at("2020-01-01"), LATE).num_rows == 0
        assert outcomes.first_time(analytics) is None
        assert outcomes.uses_untold(analytics) == 0
        assert outcomes.median_coupon(analytics, LATE) == 0
