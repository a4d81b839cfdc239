"""Who was treated, who is a control, and who is neither."""

from datetime import datetime, timedelta

import pyarrow.compute as pc

from offersmith.response.base import CampaignUse
from offersmith.response.history import build
from offersmith.response.sent import past_campaigns

FIRST = datetime.fromisoformat("2024-01-01")
AS_OF = FIRST + timedelta(days=200)
DAY = 60


def _events(shown):
    """Return 900 customers' purchases every twenty days and these exposures: (campaign, offer, day, customer)."""
    rows = [
        {"event": "purchase", "day": 20 * turn + customer % 20 / 40, "customer_id": f"c{customer:03d}",
         "order_id": f"{customer}-{turn}", "amount": 1000 + customer, "quantity": 1.0}
        for customer in range(900) for turn in range(10)
    ]  # fmt: skip
    for campaign, offer, day, customer in shown:
        rows.append({"event": "view_promotion", "day": day, "customer_id": f"c{customer:03d}",
                     "campaign_id": campaign, "offer_id": offer})  # fmt: skip
    return [
        {**{key: value for key, value in row.items() if key != "day"}, "event_id": f"e{number}", "utc_offset": 0,
         "time": FIRST + timedelta(days=row["day"])}
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _history(season, folder, shown):
    with season.bound(folder, _events(shown)) as analytics:
        return build(analytics, AS_OF, profile=season.profiles(analytics), horizon_days=28, currency="USD")


def _given(history, campaign):
    part = history.table.filter(pc.equal(history.table["campaign_id"], campaign))
    customers = part["customer_id"].to_pylist()
    assert len(set(customers)) == len(customers)
    return dict(zip(customers, part["offer_id"].to_pylist(), strict=True))


def test_a_campaign_of_several_offers_is_one_block(season, tmp_path):
    """Who was sent another offer of it is no control, and who was sent several, or a rare one, is left aside."""
    shown = [("m", "ten", DAY, one) for one in range(200)] + [("m", "five", DAY, one) for one in range(190, 400)]
    shown += [("m", "rare", DAY, one) for one in range(500, 540)]
    found = _history(season, tmp_path, shown)
    given = _given(found, "m")
    assert [sum(offer == name for offer in given.values()) for name in ("ten", "five", "none")] == [190, 200, 460]
    assert "c195" not in given
    assert "c510" not in given
    assert found.left_out == {"m/rare": "too_few_recipients"}
    assert {(use.offer_id, use.treated, use.controls, use.set_aside) for use in found.campaigns} == {
        ("ten", 190, 460, 50), ("five", 200, 460, 50),
    }  # fmt: skip


def test_who_was_sent_two_campaigns_at_the_same_time_is_an_example_of_neither(season, tmp_path):
    shown = [("a", "ten", DAY, one) for one in range(200)] + [("b", "ten", DAY, one) for one in range(150, 400)]
    found = _history(season, tmp_path, shown)
    first, second = _given(found, "a"), _given(found, "b")
    assert {one for one, offer in first.items() if offer == "ten"} == {f"c{one:03d}" for one in range(150)}
    assert {one for one, offer in second.items() if offer == "ten"} == {f"c{one:03d}" for one in range(200, 400)}
    assert {one for one, offer in first.items() if offer == "none"} == {f"c{one:03d}" for one in range(400, 900)}
    assert {one for one, offer in second.items() if offer == "none"} == {f"c{one:03d}" for one in range(400, 900)}
    assert [(use.treated, use.controls, use.set_aside) for use in found.campaigns] == [(150, 500, 250), (200, 500, 200)]


def test_a_campaign_sent_only_together_with_another_is_not_compared(season, tmp_path):
    """Its recipients show what both do; the other still has recipients of its own."""
    shown = [("a", "ten", DAY, one) for one in range(200)] + [("b", "ten", DAY + 0.5, one) for one in range(20, 400)]
    found = _history(season, tmp_path, shown)
    assert found.left_out == {"a/ten": "sent_together"}
    assert [(use.campaign_id, use.treated, use.set_aside) for use in found.campaigns] == [("b", 200, 200)]


def test_who_is_sent_one_later_stays_and_is_counted(season, tmp_path):
    shown = [("a", "ten", DAY, one) for one in range(200)] + [("b", "ten", DAY + 20, one) for one in range(150, 400)]
    found = _history(season, tmp_path, shown)
    assert len(_given(found, "a")) == len(_given(found, "b")) == 900
    assert [(use.set_aside, use.sent_later) for use in found.campaigns] == [(0, 200), (0, 0)]
    assert CampaignUse.of(found.campaigns[0].as_dict()) == found.campaigns[0]


def test_who_was_sent_one_that_still_runs_stays_and_is_counted(season, tmp_path):
    """The first runs still when the second starts; both are over when the third does."""
    shown = [("a", "ten", DAY, one) for one in range(200)] + [("b", "five", DAY + 20, one) for one in range(150, 400)]
    shown += [("c", "deal", DAY + 50, one) for one in range(100)]
    found = _history(season, tmp_path, shown)
    assert len(_given(found, "b")) == len(_given(found, "c")) == 900
    assert [(use.campaign_id, use.set_aside, use.sent_before) for use in found.campaigns] == [
        ("a", 0, 0), ("b", 0, 200), ("c", 0, 0),
    ]  # fmt: skip
    assert CampaignUse.of(found.campaigns[1].as_dict()).sent_before == 200


def test_of_another_offers_recipients_only_the_others_are_counted(season, tmp_path):
    shown = [("a", "ten", DAY, one) for one in range(100)] + [("b", "five", DAY + 5, one) for one in range(150)]
    shown += [("b", "deal", DAY + 5, one) for one in range(150, 300)]
    found = _history(season, tmp_path, shown)
    assert {use.offer_id: use.sent_before for use in found.campaigns} == {"ten": 0, "five": 100, "deal": 0}


def test_a_running_campaign_sets_nobody_aside(season, tmp_path):
    """Who sees it is a matter of who comes: without them the controls would be those who stayed away."""
    shown = [("a", "ten", DAY, one) for one in range(200)]
    shown += [("shelf", "ten", DAY + one % 25, one) for one in range(300, 600)]
    found = _history(season, tmp_path, shown)
    assert found.campaigns[0].set_aside == 0
    assert len(_given(found, "a")) == 900
    assert found.left_out == {"shelf/ten": "rolling_exposure"}


def test_a_few_latecomers_are_not_treated(season, tmp_path):
    shown = [("a", "ten", DAY, one) for one in range(200)] + [("a", "ten", DAY + 5, one) for one in range(200, 210)]
    given = _given(_history(season, tmp_path, shown), "a")
    assert given["c199"] == "ten"
    assert given["c205"] == "none"


def test_each_offer_of_a_campaign_has_its_own_reason(season, tmp_path):
    shown = [("old", "ten", 30, one) for one in range(200)] + [("old", "five", 30, one) for one in range(200, 250)]
    shown += [(f"new-{day}", "ten", day, one) for day in (60, 100) for one in range(200)]
    shown += [("open", "ten", 190, one) for one in range(200)]
    with season.bound(tmp_path, _events(shown)) as analytics:
        campaigns, left_out = past_campaigns(analytics, AS_OF, 28)
    assert [campaign.campaign_id for campaign in campaigns] == ["new-60", "new-100"]
    assert left_out == {"old/five": "too_few_recipients", "old/ten": "older", "open/ten": "outcome_open"}
