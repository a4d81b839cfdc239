"""Which plans were sent, when, and under which names is one answer for all who ask."""

from datetime import datetime

import pytest

from offersmith.store.campaigns import Campaigns, Change
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.sent import STILL_TO_COME, by_name, sendings, went_out

MADE = datetime(2024, 3, 1)


def day(number):
    return datetime(2024, 3, number)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        for version in ("v1", "v2"):
            opened.record_plan(PlanRow(version, f"{version}.parquet", "0", MADE, MADE, {}))
        yield opened


def campaign(ledger, name, version, *steps):
    """Make a campaign of a plan and take it through (action, state), a step a day from the second on."""
    books = Campaigns(ledger)
    books.create(name, {}, name=name, state="draft", author="ann", at=MADE, plan_version=version)
    before = "draft"
    for number, (action, after) in enumerate(steps, 2):
        assert books.move(name, Change(action, before, 1, after, "ann", day(number))).code == "moved"
        before = after
    return went_out(books, books.get(name))


def test_a_plan_has_the_names_of_its_own_and_those_of_its_campaigns(ledger):
    campaign(ledger, "spring", "v1")
    campaign(ledger, "by hand", None)
    campaign(ledger, "plan-v1", "v2")
    first, second = sendings(ledger)
    assert first.names == ("v1", "plan-v1", "spring")
    assert first.seen({"spring", "x"})
    assert not first.seen({"by hand", "v2"})
    assert {name: row.plan_version for name, row in by_name([first, second]).items()} == {
        "v1": "v1", "v2": "v2", "plan-v2": "v2", "spring": "v1", "plan-v1": "v2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "moment", "over"),
    [
        ((), None, False),
        ((("approve", "approved"),), None, False),
        ((("schedule", "scheduled"),), STILL_TO_COME, False),
        ((("schedule", "scheduled"), ("edit", "draft")), None, False),
        ((("schedule", "scheduled"), ("start", "live")), day(3), False),
        ((("schedule", "scheduled"), ("start", "live"), ("pause", "paused"), ("resume", "live")), day(3), False),
        ((("start", "live"), ("pause", "paused"), ("edit", "draft")), day(2), False),
        ((("start", "live"), ("stop", "stopped"), ("archive", "archived")), day(2), True),
        ((("schedule", "scheduled"), ("stop", "stopped")), None, True),
        ((("schedule", "scheduled"), ("end", "stopped")), day(3), True),
    ],
)
def test_a_campaign_went_out_when_it_first_was_live(ledger, steps, moment, over):
    assert campaign(ledger, "spring", "v1", *steps) == moment
    assert sendings(ledger)[0].over is over
