from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.profiles import FEATURES
from offersmith.profiles import build as profiles
from offersmith.response.base import flags
from offersmith.response.history import build


@pytest.fixture
def history(season, tmp_path):
    with season.bound(tmp_path, season.events()) as analytics:
        yield (
            build(analytics, season.as_of, profile=season.profiles(analytics), horizon_days=28, currency="USD"),
            season.events(),
        )


def test_outcomes_add_up_to_the_events_of_the_horizon(season, history):
    found, rows = history
    for use in found.campaigns:
        part = found.table.filter(pc.equal(found.table["campaign_id"], use.campaign_id))
        known = set(part["customer_id"].to_pylist())
        end = use.start + timedelta(days=28)
        assert end <= season.as_of
        bought = [row for row in rows if row["event"] == "purchase" and use.start <= row["time"] < end]
        gross = sum(row["amount"] + row["coupon_discount"] for row in bought if row["customer_id"] in known)
        assert pc.sum(part["revenue"]).as_py() == pytest.approx(gross / 100)
        assert use.treated + use.controls == part.num_rows
        used = [row for row in rows if row["event"] == "redeem" and row["campaign_id"] == use.campaign_id]
        assert use.redeemers == len({row["customer_id"] for row in used if row["time"] < end} & known)
        assert part["redeemed"].null_count == part["cost"].null_count == 0


def test_treated_were_shown_it_and_only_they_redeem_and_cost(history):
    table = history[0].table
    table = table.filter(table["redeemed"].is_valid())
    given = np.array(table["offer_id"].to_pylist())
    redeemed, cost = flags(table, "redeemed"), table["cost"].to_numpy()
    assert set(given) == {"none", "ten"}
    assert not redeemed[given == "none"].any()
    assert (cost[given == "none"] == 0).all()
    assert redeemed.any()
    assert (cost[redeemed] >= 1.5).all()


def test_neither_label_nor_cost_depends_on_when_it_is_asked(season, tmp_path):
    """A coupon used within the horizon is a label and costs what it took off; after it, neither, but it is counted."""
    rows = season.events()
    start = season.first + timedelta(days=season.campaigns["spring"])
    sent = sorted({row["customer_id"] for row in rows if row.get("campaign_id") == "spring"})
    never = [one for one in sent if not any(r["event"] == "redeem" and r["customer_id"] == one for r in rows)][:20]
    for number, (day, customer) in enumerate((day, one) for day in (20, 40) for one in never):
        if day == 40 and customer in never[:10]:
            continue
        if day == 20 and customer in never[10:]:
            continue
        common = {"time": start + timedelta(days=day), "utc_offset": 0, "customer_id": customer}
        rows.append({**common, "event_id": f"u{number}", "event": "redeem", "offer_id": "ten", "campaign_id": "spring"})
        rows.append({**common, "event_id": f"b{number}", "event": "purchase", "order_id": f"x{number}", "amount": 500,
                     "coupon_discount": 300, "discount": 300, "quantity": 1.0})  # fmt: skip
    found = []
    with season.bound(tmp_path, rows) as analytics:
        for later in (0, 30):
            as_of = start + timedelta(days=28 + later)
            history = build(analytics, as_of, profile=season.profiles(analytics), horizon_days=28, currency="USD")
            (spring,) = (use for use in history.campaigns if use.campaign_id == "spring")
            assert spring.used_later == (10 if later else 0)
            found.append(history.table.filter(pc.equal(history.table["campaign_id"], "spring")))
    assert found[0] == found[1]
    inside = pc.is_in(found[0]["customer_id"], pa.array(never))
    late = found[0].filter(inside)
    found_of = {row["customer_id"]: (row["redeemed"], row["cost"]) for row in late.to_pylist()}
    assert [found_of[one] for one in never] == [(True, 3.0)] * 10 + [(False, 0.0)] * 10


def test_what_is_not_over_is_left_out_and_no_zero(season, tmp_path):
    """A moment before the horizon is over nothing is known of a campaign; the next one all of it is."""
    rows = season.events()
    over = season.first + timedelta(days=season.campaigns["spring"] + 28)
    with season.bound(tmp_path, rows) as analytics:
        found = [
            build(analytics, as_of, profile=season.profiles(analytics), horizon_days=28, currency="USD")
            for as_of in (over - timedelta(microseconds=1), over)
        ]
    assert (found[0].table.num_rows, found[0].left_out) == (0, {"spring/ten": "outcome_open"})
    assert (found[1].table.num_rows > 0, found[1].left_out) == (True, {})


def test_a_model_expects_every_use_to_cost_what_it_did(season, tmp_path):
    """Half of the coupons are used late: a plan that took those for free would spend twice its budget."""
    rows = [row for row in season.events() if row["event"] != "redeem"]
    start = season.first + timedelta(days=season.campaigns["spring"])
    sent = sorted({row["customer_id"] for row in rows if row.get("campaign_id") == "spring"})
    for number, customer in enumerate(sent[:100]):
        common = {"time": start + timedelta(days=10 if number % 2 else 27), "utc_offset": 0, "customer_id": customer}
        rows.append({**common, "event_id": f"u{number}", "event": "redeem", "offer_id": "ten", "campaign_id": "spring"})
        rows.append({**common, "event_id": f"b{number}", "event": "purchase", "order_id": f"x{number}", "amount": 500,
                     "coupon_discount": 300, "discount": 300, "quantity": 1.0})  # fmt: skip
    with season.bound(tmp_path, rows) as analytics:
        profile = season.profiles(analytics)
        history = build(analytics, season.as_of, profile=profile, horizon_days=28, currency="USD")
        labelled = history.table.filter(history.table["redeemed"].is_valid())
        paid = pc.sum(labelled["cost"]).as_py() / pc.sum(labelled["redeemed"].cast("int64")).as_py()
        assert paid >= 3.0
        for model in ("constant", "boosting"):
            expected = season.learn(analytics, model).estimate(profile(season.as_of), season.offers)
            each = pc.sum(expected["cost"]).as_py() / pc.sum(expected["redemption"]).as_py()
            assert each == pytest.approx(paid, rel=0.1)


def test_nobody_is_a_control_because_they_came_later(season, tmp_path):
    """A register knows them all; only who had done something before the start can be compared."""
    rows = [row for row in season.events() if row["time"] < season.as_of]
    start = season.first + timedelta(days=season.campaigns["spring"])
    late = [
        {"event_id": f"n{number}", "event": "purchase", "time": start + timedelta(days=3), "utc_offset": 0,
         "customer_id": f"n{number:03d}", "order_id": f"n{number}", "amount": 5000, "quantity": 1.0}
        for number in range(50)
    ]  # fmt: skip
    register = pa.table({"customer_id": sorted({row["customer_id"] for row in (*rows, *late)})})
    features = {name: FEATURES[name] for name in ("recency", "orders_90d")}
    with season.bound(tmp_path, [*rows, *late]) as analytics:
        found = build(
            analytics,
            season.as_of,
            profile=lambda moment: profiles.build(analytics, moment, register, features=features),
            horizon_days=28,
            currency="USD",
        )
    spring = found.table.filter(pc.equal(found.table["campaign_id"], "spring"))
    before = {row["customer_id"] for row in rows if row["time"] < start}
    assert set(spring["customer_id"].to_pylist()) <= before


def test_features_are_as_of_the_start(season, tmp_path, history):
    found, rows = history
    start = season.first + timedelta(days=season.campaigns["spring"])
    part = found.table.filter(pc.equal(found.table["campaign_id"], "spring"))
    last = {}
    for row in rows:
        if row["event"] == "purchase" and row["time"] < start:
            last[row["customer_id"]] = max(row["time"], last.get(row["customer_id"], row["time"]))
    for customer, recency in zip(part["customer_id"].to_pylist(), part["recency"].to_pylist(), strict=True):
        if customer in last:
            assert recency == pytest.approx((start - last[customer]) / timedelta(days=1), abs=1e-6)
        else:
            assert recency is None
