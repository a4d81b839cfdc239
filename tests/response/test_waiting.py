"""Which customers an outcome is still being counted of, and until when."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.response.sent import past_campaigns
from offersmith.response.waiting import waiting
from offersmith.store.decided import DECIDED
from offersmith.store.outcomes import exposures


def _decisions(season, days):
    """Return decisions of campaign `drip`: customer number -> the day they were decided about; every other gets ten."""
    rows = [
        {"campaign_id": "drip", "customer_id": f"c{one:04d}", "offer_id": ("none", "ten")[one % 2], "probability": 0.5,
         "time": season.first + timedelta(days=day), "chances": None}
        for one, day in days.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=DECIDED)


def test_a_campaign_waits_until_its_outcome_is_over(season, tmp_path):
    summer = season.first + timedelta(days=season.campaigns["summer"])
    with season.bound(tmp_path, season.events(customers=300)) as analytics:
        over = summer + timedelta(days=28)
        (found,) = waiting(analytics, over - timedelta(seconds=1), 28)
        assert (found.campaign_id, found.until, found.logged) == ("summer", over, False)
        _, left_out = past_campaigns(analytics, over - timedelta(seconds=1), 28)
        assert left_out == {"summer/ten": "outcome_open"}
        assert waiting(analytics, over, 28) == ()
        assert "summer/ten" not in past_campaigns(analytics, over, 28)[1]


def test_of_decisions_with_moments_of_their_own_the_late_ones_wait(season, tmp_path):
    days = {one: 100 + one % 50 for one in range(300)}
    with season.bound(tmp_path, season.events(customers=300)) as analytics:
        analytics.use_table("decided", _decisions(season, days))
        found = waiting(analytics, season.first + timedelta(days=150), 28)
    drip = next(one for one in found if one.campaign_id == "drip")
    assert drip.logged
    assert drip.customers == sum(day + 28 > 150 for day in days.values())
    assert drip.until == season.first + timedelta(days=149 + 28)
    assert drip.as_dict()["until"] == drip.until.isoformat()


def test_where_the_log_is_not_of_what_was_sent_those_who_were_shown_an_offer_wait(season, tmp_path):
    """Its own moments then say nothing: neither that the campaign is over nor that it is not."""
    summer = season.first + timedelta(days=season.campaigns["summer"])
    with season.bound(tmp_path, season.events(customers=300)) as analytics:
        shown = exposures(analytics, season.as_of)
        customers = pc.unique(shown.filter(pc.equal(shown["campaign_id"], "summer"))["customer_id"]).to_pylist()
        for days in (-60, 60):
            rows = [
                {"campaign_id": "summer", "customer_id": one, "offer_id": "none", "probability": 0.5,
                 "time": summer + timedelta(days=days), "chances": None} for one in customers
            ]  # fmt: skip
            analytics.use_table("decided", pa.Table.from_pylist(rows, schema=DECIDED))
            (found,) = waiting(analytics, summer + timedelta(days=27), 28)
            assert (found.customers, found.logged, found.until) == (len(customers), False, summer + timedelta(days=28))
            late = waiting(analytics, summer + timedelta(days=61), 28)
            assert late == ()


def test_a_chance_that_is_none_is_refused(season, tmp_path):
    rows = _decisions(season, {1: 10}).to_pylist()
    rows[0]["probability"] = 0.0
    with season.bound(tmp_path, season.events(customers=50)) as analytics:
        analytics.use_table("decided", pa.Table.from_pylist(rows, schema=DECIDED))
        with pytest.raises(InputError, match="1 of 1 chances are not above 0"):
            waiting(analytics, season.as_of, 28)


def test_nobody_waits_where_nothing_was_sent(season, tmp_path):
    with season.bound(tmp_path, []) as analytics:
        assert waiting(analytics, season.as_of, 28) == ()
