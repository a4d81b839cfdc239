"""Promises over a campaign's edits, and how long they hold."""

from datetime import timedelta
from typing import Any

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, percent
from tests.campaigns.test_till import overtaken

from offersmith.campaigns.definition import define
from offersmith.campaigns.states import State
from offersmith.errors import InputError
from offersmith.store.campaigns import Change


def revise(desk: Shopkeeper, **more: Any) -> None:
    """Let another definition count, as if it had been approved again."""
    raw = {"name": "c", "promotions": [percent("ten", 10)], **more}
    seen = desk.campaigns.get("c")
    assert seen is not None
    change = Change("edit", State.LIVE, seen.revision, State.LIVE, "ann", AT)
    source = define(raw, currency="EUR", zone="UTC").source
    assert desk.campaigns.revise("c", source, change, name="c").done


def bought(desk: Shopkeeper, key: str) -> int:
    promise = desk.till.reserve(desk.order(), key, AT)
    assert desk.till.confirm(promise.outcome.redemption_id, f"{key}-paid", AT).done
    return sum(one["off"] for one in promise.facts["applied"])


@pytest.mark.parametrize("rule", ["refuse", "clamp"])
def test_more_budget_counts_from_the_edit_on(desk: Shopkeeper, rule: str) -> None:
    def pot(amount: str) -> dict[str, Any]:
        return {"budgets": [{"name": "pot", "amount": amount, "rule": rule}]}

    desk.live(percent("ten", 10), **pot("5.00"))
    assert [bought(desk, key) for key in "ab"] == [500, 0]
    revise(desk, **pot("10.00"))
    assert [bought(desk, key) for key in "cd"] == [500, 0]
    revise(desk, **pot("1.00"))
    assert bought(desk, "e") == 0, "less than what is spent is nothing left, and no fault"
    assert desk.books("c").balanced


def test_more_uses_count_from_the_edit_on(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), limits=[{"name": "few", "count": 1}])
    assert [bought(desk, key) for key in "ab"] == [500, 0]
    revise(desk, limits=[{"name": "few", "count": 2}])
    assert [bought(desk, key) for key in "cd"] == [500, 0]


def test_a_promise_holds_as_long_as_the_campaigns_that_give_it(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), reserve_minutes=60)
    desk.live(percent("coded", 5, needs_code=True), campaign_id="d", reserve_minutes=1)
    promise = desk.till.reserve(desk.order(), "k", AT)
    kept = desk.till.redemptions.find(promise.outcome.redemption_id)
    assert kept is not None
    assert kept.expires_at == AT + timedelta(minutes=60)


def test_half_a_surrogate_pair_is_a_fault_or_kept_and_never_a_crash(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10))
    half = "\ud800"
    with pytest.raises(InputError, match="author"):
        desk.create("d", {"name": "d", "promotions": [percent("ten", 10)]}, author=half, at=AT)
    with pytest.raises(InputError, match="campaign_id"):
        desk.audit(half)
    with pytest.raises(InputError, match="key"):
        desk.till.reserve(desk.order(), half, AT)
    lines = [{"product_id": "cup", "quantity": 1, "unit_price": "50.00", "attributes": {half: "x"}}]
    assert desk.till.reserve(desk.order(lines=lines, device=half), "k", AT).facts["off"] == 500


@pytest.mark.parametrize(("budget", "code"), [("5.00", "reservation_expired"), ("50.00", "confirmed")])
def test_a_late_payment_is_held_against_the_budget_of_today(desk: Shopkeeper, budget: str, code: str) -> None:
    desk.live(percent("ten", 10), budgets=[{"name": "pot", "amount": "10.00"}])
    late = desk.till.reserve(desk.order(), "late", AT).outcome.redemption_id
    assert desk.till.sweep(AT + timedelta(hours=2)) == 1
    assert [bought(desk, key) for key in "ab"] == [500, 500]
    revise(desk, budgets=[{"name": "pot", "amount": budget}])
    assert desk.till.confirm(late, "paid", AT + timedelta(hours=3)).code == code
    assert desk.books("c").balanced


def test_a_late_payment_finds_a_budget_that_was_lowered_meanwhile(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), budgets=[{"name": "pot", "amount": "30.00"}])
    late = desk.till.reserve(desk.order(), "late", AT).outcome.redemption_id
    assert desk.till.sweep(AT + timedelta(hours=2)) == 1
    assert bought(desk, "a") == 500
    revise(desk, budgets=[{"name": "pot", "amount": "5.00"}])
    assert desk.till.confirm(late, "paid", AT + timedelta(hours=3)).code == "reservation_expired"


def test_a_campaign_that_is_paused_before_the_reservation_gives_nothing(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), budgets=[{"name": "pot", "amount": "50.00"}])
    overtaken(desk, lambda: desk.move("c", "pause", actor="ann", at=AT))
    promise = desk.till.reserve(desk.order(), "k", AT)
    assert (promise.outcome.code, promise.facts["off"]) == ("reserved", 0)
    assert [one.used for one in desk.books("c").meters] == []


def test_a_campaign_that_is_edited_before_the_reservation_gives_what_it_says_now(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), limits=[{"name": "few", "count": 1}])
    assert bought(desk, "first") == 500

    def edit() -> None:
        revise(desk, promotions=[percent("ten", 20)], limits=[{"name": "few", "count": 2}])

    desk.live(percent("five", 5), campaign_id="d")
    overtaken(desk, edit)
    promise = desk.till.reserve(desk.order(), "k", AT)
    assert promise.facts["off"] == 250, "what gives nothing is not asked about"
    desk.live(percent("one", 1), campaign_id="e")
    overtaken(desk, lambda: revise(desk, promotions=[percent("ten", 40)], limits=[{"name": "few", "count": 2}]))
    late = desk.till.reserve(desk.order(), "later", AT)
    assert {one["promotion_id"]: one["off"] for one in late.facts["applied"]}["c/ten"] >= 1800
    kept = desk.till.redemptions.find(late.outcome.redemption_id)
    assert kept is not None
    assert kept.facts["campaigns"]["c"] == 3
    assert desk.books("c").balanced


def test_a_scheduled_campaign_whose_start_has_come_is_reserved(desk: Shopkeeper) -> None:
    raw = {"name": "c", "promotions": [percent("ten", 10)], "starts": "2026-06-10T08:00"}
    source = define(raw, currency="EUR", zone="UTC").source
    assert desk.campaigns.create("c", source, name="c", state=State.SCHEDULED, author="ann", at=AT).done
    assert bought(desk, "k") == 500


def test_a_repeated_promise_says_where_it_stands_now(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10))
    first = desk.till.reserve(desk.order(), "k", AT)
    desk.till.roll_back(first.outcome.redemption_id, "back", AT)
    again = desk.till.reserve(desk.order(), "k", AT)
    assert again.outcome.repeated
    assert again.text().endswith("nothing was done; it stands at: rolled back")
    assert again.text("zh").endswith("当前状态：已撤销")
