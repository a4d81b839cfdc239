from datetime import timedelta

import numpy as np
import pyarrow.compute as pc
import pytest

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
        bought = [row for row in rows if row["event"] == "purchase" and use.start <= row["time"] < end]
        gross = sum(row["amount"] + row["coupon_discount"] for row in bought if row["customer_id"] in known)
        assert pc.sum(part["revenue"]).as_py() == pytest.approx(gross / 100)
        assert use.treated + use.controls == part.num_rows
        used = {
            row["customer_id"] for row in rows if row["event"] == "redeem" and row["campaign_id"] == use.campaign_id
        }
        assert use.redeemers == len(used & known)


def test_treated_were_shown_it_and_only_they_redeem_and_cost(history):
    table = history[0].table
    given = np.array(table["offer_id"].to_pylist())
    redeemed, cost = table["redeemed"].to_numpy(), table["cost"].to_numpy()
    assert set(given) == {"none", "ten"}
    assert not redeemed[given == "none"].any()
    assert (cost[~redeemed] == 0).all()
    assert (cost[redeemed] >= 1.5).all()


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
