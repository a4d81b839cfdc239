"""Which customers an outcome is still being counted of, and until when."""

from datetime import timedelta

import pyarrow as pa

from offersmith.response.sent import past_campaigns
from offersmith.response.waiting import waiting
from offersmith.store.decided import DECIDED


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


def test_nobody_waits_where_nothing_was_sent(season, tmp_path):
    with season.bound(tmp_path, []) as analytics:
        assert waiting(analytics, season.as_of, 28) == ()
