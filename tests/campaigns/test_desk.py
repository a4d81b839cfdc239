"""The desk: every step by somebody, in its order, with its audit row; and who comes second is told."""

from datetime import timedelta

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

from offersmith.campaigns.codes import ALPHABET
from offersmith.campaigns.shown import show
from offersmith.campaigns.states import Action
from offersmith.errors import InputError, SettingsError, StateError

DRAFT = {
    "name": "June",
    "starts": "2026-06-12",
    "ends": "2026-06-20",
    "promotions": [percent("ten", 10, needs_code=True), amount("five", "5.00")],
    "limits": [{"name": "once", "count": 1, "per": "customer"}, {"name": "all", "count": 9}],
    "budgets": [{"name": "pot", "amount": "50.00"}],
}


def walk(desk: Shopkeeper, *actions: str, actor: str = "ann") -> list[str]:
    return [desk.move("june", Action(action), actor=actor, at=AT).code for action in actions]


def draft(desk: Shopkeeper) -> None:
    assert desk.create("june", DRAFT, author="ann", at=AT).code == "created"


def simulated(desk: Shopkeeper) -> None:
    draft(desk)
    assert desk.simulate("june", [], actor="ann", at=AT, margin_rate=0.3).code == "moved"


def test_a_whole_life_and_its_audit(desk: Shopkeeper) -> None:
    simulated(desk)
    assert walk(desk, "submit", "approve") == ["moved", "own_work"]
    assert walk(desk, "approve", "schedule", actor="bob") == ["moved", "moved"]
    assert desk.tick(AT) == []
    assert desk.till.quote(desk.order(customer="c"), AT).effects.off == 0
    start = AT + timedelta(days=2)
    # A scheduled campaign counts from its start on, whether or not the clock came by.
    assert desk.till.quote(desk.order(customer="c"), start).effects.off == 500
    assert [one.code for one in desk.tick(start)] == ["moved"]
    assert walk(desk, "pause", "resume", "stop", "archive") == ["moved"] * 4
    assert [(row.action, row.actor, row.after) for row in desk.audit("june")] == [
        ("create", "ann", "draft"), ("simulate", "ann", "simulated"), ("submit", "ann", "in_review"),
        ("approve", "bob", "approved"), ("schedule", "bob", "scheduled"), ("start", "offersmith", "live"),
        ("pause", "ann", "paused"), ("resume", "ann", "live"), ("stop", "ann", "stopped"),
        ("archive", "ann", "archived"),
    ]  # fmt: skip


def test_an_edit_after_approval_is_a_draft_of_its_editor(desk: Shopkeeper) -> None:
    simulated(desk)
    walk(desk, "submit")
    walk(desk, "approve", actor="bob")
    edited = desk.edit("june", {**DRAFT, "name": "Later"}, actor="bob", at=AT)
    assert (edited.code, edited.campaign.state, edited.campaign.revision) == ("revised", "draft", 2)
    desk.simulate("june", [], actor="bob", at=AT, margin_rate=0.3)
    walk(desk, "submit")
    assert walk(desk, "approve", actor="bob") == ["own_work"]
    assert walk(desk, "approve", actor="ann") == ["moved"], "the author of the first revision may"


def test_an_approval_is_of_the_revision_that_was_looked_at(desk: Shopkeeper) -> None:
    simulated(desk)
    submit = desk.move("june", Action.SUBMIT, actor="ann", at=AT, revision=1)
    assert submit.code == "moved"
    # While bob reads, ann makes it dearer and hands it in once more.
    assert desk.edit("june", {**DRAFT, "name": "Dearer"}, actor="ann", at=AT).done
    desk.simulate("june", [], actor="ann", at=AT, margin_rate=0.3)
    late = desk.move("june", Action.SUBMIT, actor="ann", at=AT, revision=1)
    assert (late.code, late.done, late.campaign.revision) == ("changed_meanwhile", False, 2)
    walk(desk, "submit")
    late = desk.move("june", Action.APPROVE, actor="bob", at=AT, revision=1)
    assert (late.code, late.done, late.campaign.state) == ("changed_meanwhile", False, "in_review")
    assert "meanwhile" in late.text()
    assert "revision 2" in late.text()
    assert desk.move("june", Action.APPROVE, actor="bob", at=AT, revision=2).done
    assert desk.move("nosuch", Action.APPROVE, actor="bob", at=AT, revision=2).code == "unknown_campaign"


def test_a_live_campaign_is_not_edited(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"))
    refused = desk.edit("c", DRAFT, actor="ann", at=AT)
    assert (refused.code, refused.done) == ("pause_first", False)
    assert "pause" in refused.text()
    assert desk.definition("c").name == "c"


def test_a_wrong_edit_writes_nothing(desk: Shopkeeper) -> None:
    draft(desk)
    with pytest.raises(SettingsError, match="kind"):
        desk.edit("june", {**DRAFT, "promotions": [{"promotion_id": "x", "kind": "free"}]}, actor="ann", at=AT)
    assert len(desk.audit("june")) == 1


def test_ids_and_authors_that_cannot_be_meant(desk: Shopkeeper) -> None:
    for wrong in ("", "a b", "a/b", "é", "x" * 65, "-"):
        with pytest.raises(InputError, match="allowed"):
            desk.create(wrong, DRAFT, author="ann", at=AT)
    with pytest.raises(InputError, match="author"):
        desk.create("june", DRAFT, author="  ", at=AT)
    assert desk.campaigns.all() == []


def test_what_is_not_there(desk: Shopkeeper) -> None:
    assert desk.move("nosuch", Action.PAUSE, actor="ann", at=AT).code == "unknown_campaign"
    assert desk.edit("nosuch", DRAFT, actor="ann", at=AT).code == "unknown_campaign"
    assert "nosuch" in desk.move("nosuch", Action.PAUSE, actor="ann", at=AT).text("zh")
    for call in (desk.definition, desk.audit, lambda name: show(desk, name, AT)):
        with pytest.raises(StateError, match="there are: none yet"):
            call("nosuch")


def test_codes_hold_for_days_and_never_longer_than_their_campaign(desk: Shopkeeper) -> None:
    draft(desk)
    desk.issue("june", "ten", "short", at=AT, count=3, days=2)
    desk.issue("june", "ten", "long", at=AT, count=2, days=300, uses=None, prefix="x")
    found = {one.batch: one for one in desk.vouchers.export("june")}
    assert found["short"].ends == AT + timedelta(days=2)
    assert found["long"].ends == desk.definition("june").ends
    assert found["long"].uses is None
    assert found["long"].code.startswith("X-")
    assert set(found["short"].code_key) <= set(ALPHABET)
    assert len(found["short"].code_key) >= 10


def test_numbers_of_codes_out_of_range(desk: Shopkeeper) -> None:
    draft(desk)
    for more in ({"count": 0}, {"count": -1}, {"count": 1, "uses": 0}, {"count": 1, "days": 0}, {"customers": []}):
        with pytest.raises(InputError, match="allowed"):
            desk.issue("june", "ten", "b", at=AT, **more)
    with pytest.raises(InputError, match="takes no codes"):
        desk.issue("june", "five", "b", at=AT, count=1)
    with pytest.raises(InputError, match="no code"):
        desk.share("june", "ten", "***", at=AT)
    with pytest.raises(InputError, match="uses"):
        desk.share("june", "ten", "FINE", at=AT, uses=0)
    assert desk.vouchers.counts("june") == []


def test_a_shared_code_is_written_once(desk: Shopkeeper) -> None:
    draft(desk)
    assert desk.share("june", "ten", "June 10", at=AT).code == "issued"
    assert desk.share("june", "ten", "JUNE-10", at=AT).code == "batch_exists"
    desk.live(percent("x", 5, needs_code=True))
    taken = desk.share("c", "x", "june10", at=AT)
    assert (taken.code, taken.taken) == ("codes_taken", ("JUNE10",))


def test_a_look_at_what_is_used_and_left(desk: Shopkeeper) -> None:
    desk.live(*DRAFT["promotions"], limits=DRAFT["limits"], budgets=DRAFT["budgets"])
    for number, customer in enumerate(("a", "b")):
        assert desk.till.reserve(desk.order(customer=customer), f"k{number}", AT).facts["off"] == 500
    gauges = {one.name: one for one in show(desk, "c", AT).gauges}
    assert (gauges["all"].used, gauges["all"].left) == (2, 7)
    assert (gauges["once"].used, gauges["once"].left) == (2, None)
    assert (gauges["pot"].used, gauges["pot"].left) == (1000, 4000)
    assert "40.00 EUR left" in show(desk, "c", AT).text()
    assert "剩余 40.00 EUR" in show(desk, "c", AT).text("zh")


def test_a_sole_owner_approves_their_own_and_that_is_recorded(desk: Shopkeeper) -> None:
    owner = Shopkeeper(desk._ledger, currency="EUR", zone="UTC", sole_owner="ann")
    simulated(owner)
    assert walk(owner, "submit", "approve") == ["moved", "moved"]
    assert owner.audit("june")[-1].facts == {"self_approved": True}


def test_two_people_at_once(desk: Shopkeeper) -> None:
    simulated(desk)
    seen = desk.campaigns.get("june")
    assert walk(desk, "submit") == ["moved"]
    assert desk.campaigns.get("june").state == "in_review"
    assert seen.state == "simulated"
    assert walk(desk, "submit") == ["not_allowed"]
    assert len(desk.audit("june")) == 3


def test_a_code_without_days_holds_as_long_as_its_campaign_whenever_that_ends(desk: Shopkeeper) -> None:
    coded = percent("ten", 10, needs_code=True)
    desk.live(coded, campaign_id="d", ends="2026-06-12")
    desk.issue("d", "ten", "b", at=AT, customers=["kim"])
    desk.share("d", "ten", "SUMMER", at=AT)
    after = AT + timedelta(days=5)
    assert [why for _, why in desk.wallet("kim", AT)] == [""]
    assert [why for _, why in desk.wallet("kim", after)] == ["code_expired"]
    quote = desk.till.quote(desk.order("summer"), after)
    assert (quote.effects.off, quote.entered.rejected) == (0, {"summer": "code_expired"})
    desk.move("d", Action.PAUSE, actor="ann", at=AT)
    longer = {"name": "d", "ends": "2026-06-20", "promotions": [coded]}
    assert desk.edit("d", longer, actor="ann", at=AT).done
    desk.simulate("d", [], actor="ann", at=AT, margin_rate=0.3)
    for action, actor in (("submit", "ann"), ("approve", "bob"), ("schedule", "ann")):
        assert desk.move("d", Action(action), actor=actor, at=AT).done
    assert [why for _, why in desk.wallet("kim", after)] == [""]
    assert desk.till.quote(desk.order("summer"), after).effects.off == 500


def test_edits_and_simulations_are_no_mere_steps(desk: Shopkeeper) -> None:
    draft(desk)
    for action in ("edit", "simulate"):
        with pytest.raises(InputError, match="allowed"):
            walk(desk, action)
    assert [row.action for row in desk.audit("june")] == ["create"]


def test_the_clock_passes_over_what_it_cannot_move(desk: Shopkeeper) -> None:
    draft(desk)
    desk.live(amount("five", "5.00"), campaign_id="d", ends="2026-06-12")
    with desk._ledger.transaction(writing=True) as connection:
        connection.exec_driver_sql("UPDATE campaign_revision SET sha256 = 'x' WHERE campaign_id = 'june'")
    assert [one.campaign_id for one in desk.tick(AT + timedelta(days=9))] == ["d"]


def test_a_scheduled_campaign_whose_start_has_come_is_paused_and_not_edited(desk: Shopkeeper) -> None:
    simulated(desk)
    walk(desk, "submit")
    walk(desk, "approve", "schedule", actor="bob")
    start = AT + timedelta(days=2)
    assert desk.edit("june", DRAFT, actor="ann", at=start).code == "pause_first"
    paused = desk.move("june", Action.PAUSE, actor="ann", at=start)
    assert (paused.code, paused.campaign.state) == ("moved", "paused")
    assert [row.action for row in desk.audit("june")][-2:] == ["start", "pause"]


def test_money_of_another_currency_is_named(desk: Shopkeeper) -> None:
    simulated(desk)
    elsewhere = type(desk)(desk._ledger, currency="USD", zone=desk.zone)
    with pytest.raises(StateError, match="campaign june: its money is in EUR, but the shop's currency is USD now"):
        elsewhere.definition("june")


def test_a_misspelt_per_is_no_identifier(desk: Shopkeeper) -> None:
    wrong = {**DRAFT, "limits": [{"count": 1, "per": "custmer"}]}
    with pytest.raises(SettingsError, match=r"per = 'custmer'.*did you mean 'customer'"):
        desk.create("june", wrong, author="ann", at=AT)
