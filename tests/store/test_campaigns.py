"""Campaigns in the ledger, on both databases: who acts on what is no longer so, is told."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from offersmith.errors import StorageError
from offersmith.store.campaigns import Campaigns, Change, Kept, digest
from offersmith.store.ledger import Ledger
from offersmith.store.tables import CAMPAIGN_REVISIONS

NOON = datetime(2026, 6, 19, 12)
LATER = NOON + timedelta(hours=1)
FIRST = {"name": "Sommer 夏", "limits": [{"count": 3}], "share": 0.1, "none": None}
SECOND = {"name": "Summer", "limits": []}


def made(ledger: Ledger) -> Campaigns:
    campaigns = Campaigns(ledger)
    kept = campaigns.create("c1", FIRST, name="Sommer", state="draft", author="ada", at=NOON, plan_version="p1")
    assert kept.code == "created"
    return campaigns


def change(action: str, before: str, after: str, revision: int = 1, **more: Any) -> Change:
    return Change(action, before, revision, after, more.pop("actor", "bo"), LATER, **more)


def test_a_campaign_is_kept_as_it_was_made(ledger: Ledger) -> None:
    campaigns = made(ledger)
    row = campaigns.get("c1")
    assert row is not None
    assert (row.state, row.revision, row.author, row.plan_version) == ("draft", 1, "ada", "p1")
    assert (row.created_at, row.updated_at) == (NOON, NOON)
    found = campaigns.definition("c1")
    assert found is not None
    assert (found.definition, found.author, found.made_at) == (FIRST, "ada", NOON)
    [step] = campaigns.steps("c1")
    assert (step.action, step.before, step.after, step.actor, step.at) == ("create", None, "draft", "ada", NOON)


def test_a_name_is_taken_once(ledger: Ledger) -> None:
    campaigns = made(ledger)
    again = campaigns.create("c1", SECOND, name="Other", state="draft", author="bo", at=LATER)
    assert (again.code, again.done) == ("campaign_exists", False)
    assert again.campaign == campaigns.get("c1")
    assert len(campaigns.steps("c1")) == 1


def test_a_move_leaves_a_row_of_who_and_why(ledger: Ledger) -> None:
    campaigns = made(ledger)
    kept = campaigns.move("c1", change("simulate", "draft", "simulated", note="June", facts={"cost": "12.50"}))
    assert kept.code == "moved"
    assert kept.campaign == campaigns.get("c1")
    assert kept.campaign is not None
    assert (kept.campaign.state, kept.campaign.updated_at) == ("simulated", LATER)
    step = campaigns.steps("c1")[-1]
    assert (step.actor, step.action, step.before, step.after) == ("bo", "simulate", "draft", "simulated")
    assert (step.note, step.facts, step.revision) == ("June", {"cost": "12.50"}, 1)


@pytest.mark.parametrize(("before", "revision"), [("simulated", 1), ("draft", 2)])
def test_what_is_no_longer_as_it_was_seen_is_not_moved(ledger: Ledger, before: str, revision: int) -> None:
    campaigns = made(ledger)
    seen = campaigns.get("c1")
    assert campaigns.move("c1", change("submit", before, "in_review", revision)) == Kept("changed_meanwhile", seen)
    assert (
        campaigns.revise("c1", SECOND, change("edit", before, "draft", revision), name="x").code == "changed_meanwhile"
    )
    assert campaigns.get("c1") == seen
    assert len(campaigns.steps("c1")) == 1
    assert campaigns.definition("c1", 3) is None


def test_a_campaign_that_is_not_there_is_told(ledger: Ledger) -> None:
    campaigns = Campaigns(ledger)
    assert campaigns.get("c9") is None
    assert campaigns.definition("c9") is None
    assert campaigns.steps("c9") == []
    assert campaigns.move("c9", change("submit", "draft", "in_review")) == Kept("unknown_campaign", None)
    assert campaigns.revise("c9", SECOND, change("edit", "draft", "draft"), name="x").code == "unknown_campaign"


def test_an_edit_is_a_new_revision_by_who_made_it(ledger: Ledger) -> None:
    campaigns = made(ledger)
    campaigns.move("c1", change("approve", "draft", "approved"))
    kept = campaigns.revise("c1", SECOND, change("edit", "approved", "draft"), name="Summer")
    assert kept.code == "revised"
    assert kept.campaign is not None
    assert (kept.campaign.revision, kept.campaign.author, kept.campaign.name) == (2, "bo", "Summer")
    now, then = campaigns.definition("c1"), campaigns.definition("c1", 1)
    assert now is not None
    assert then is not None
    assert (now.definition, now.revision, now.author) == (SECOND, 2, "bo")
    assert (then.definition, then.author) == (FIRST, "ada")
    assert [(step.revision, step.action) for step in campaigns.steps("c1")] == [
        (1, "create"), (1, "approve"), (2, "edit"),
    ]  # fmt: skip


def test_campaigns_are_listed_by_state(ledger: Ledger) -> None:
    campaigns = made(ledger)
    campaigns.create("c0", SECOND, name="Zero", state="draft", author="ada", at=LATER)
    campaigns.move("c0", change("simulate", "draft", "simulated"))
    assert [row.campaign_id for row in campaigns.all()] == ["c1", "c0"]
    assert [row.campaign_id for row in campaigns.all("simulated")] == ["c0"]
    assert campaigns.all("live") == []


def test_a_definition_changed_by_hand_is_told(ledger: Ledger) -> None:
    campaigns = made(ledger)
    with ledger.transaction(writing=True) as connection:
        connection.execute(sa.update(CAMPAIGN_REVISIONS).values(definition=FIRST | {"limits": [{"count": 300}]}))
    with pytest.raises(StorageError, match="revision 1 is not what was recorded"):
        campaigns.definition("c1")


def test_a_digest_is_of_the_values_and_not_of_their_order() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": (1, 2), "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest({"b": [1, 2]}) != digest({"b": [2, 1]})


def test_of_many_who_move_a_campaign_at_once_one_does(place: str, ledger: Ledger) -> None:
    made(ledger)
    start, codes = threading.Barrier(8), []

    def move(number: int) -> None:
        with Ledger.open(place) as mine:
            start.wait()
            codes.append(Campaigns(mine).move("c1", change("simulate", "draft", f"state{number}")).code)

    threads = [threading.Thread(target=move, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["changed_meanwhile"] * 7 + ["moved"]
    assert len(Campaigns(ledger).steps("c1")) == 2
