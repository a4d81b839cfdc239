"""A campaign's whole life on one workspace: what was planned, what was promised and what was spent are one number."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from offersmith.campaigns.states import Action
from offersmith.office import Office
from offersmith.shop import Shop

WRITER, APPROVER = "wei", "anna"
REDEMPTIONS = 500
BUDGET = 6000


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop.open(shutil.copytree(learned, tmp_path_factory.mktemp("life") / "shop"))
    shop.plan(BUDGET)
    return shop


def the_day_after(shop: Shop) -> datetime:
    with shop.office() as office:
        row = office.plan_row()
    return row.as_of + timedelta(hours=9)


def order(number: int, customer_id: str, code: str, price: str = "39.99") -> dict[str, object]:
    return {
        "order_id": f"o-{number}",
        "lines": [
            {"line_id": "cups", "product_id": "cup", "quantity": 2, "unit_price": price},
            {"line_id": "tea", "product_id": "tea", "quantity": 1, "unit_price": "7.30"},
        ],
        "customer": {"customer_id": customer_id},
        "codes": [code],
    }


def run_to_live(office: Office, campaign_id: str, at: datetime) -> None:
    rehearsed = office.rehearse(campaign_id, actor=WRITER, at=at, days=30)
    figures = rehearsed.simulation
    assert rehearsed.done
    assert figures is not None
    assert figures.orders > 0
    assert 0 < figures.customers_touched <= figures.customers
    assert figures.cost > 0
    assert figures.margin_after == figures.margin_before - figures.shop_cost
    assert office.move(campaign_id, Action.SUBMIT, actor=WRITER, at=at).done
    own = office.move(campaign_id, Action.APPROVE, actor=WRITER, at=at)
    assert (own.code, own.done) == ("own_work", False)
    assert office.move(campaign_id, Action.APPROVE, actor=APPROVER, at=at).done
    assert office.move(campaign_id, Action.SCHEDULE, actor=WRITER, at=at).done
    assert [one.code for one in office.tick(at)] == ["moved"]


def test_a_campaign_from_plan_to_balanced_books(shop: Shop) -> None:
    at = the_day_after(shop)
    launched = shop.launch(author=WRITER, at=at)
    campaign_id = launched.moved.campaign_id
    assert launched.moved.done
    with shop.office() as office:
        held = [one for one in office.vouchers.export(campaign_id) if one.customer_id]
        assert len(held) == sum(launched.vouchers.values()) > 100
        walk_in = [f"walk-in-{number}" for number in range(REDEMPTIONS - len(held))]
        offer = min(launched.vouchers)
        assert office.issue(campaign_id, offer, "at the door", at=at, customers=walk_in, days=30).count == len(walk_in)
        held += list(office.vouchers.export(campaign_id, "at the door"))
        first = office.till.order(order(0, held[0].customer_id or "", held[0].code))
        draft = office.till.quote(first, at)
        assert (draft.effects.off, dict(draft.entered.rejected)) == (0, {held[0].code: "campaign_not_live"})
        run_to_live(office, campaign_id, at)
        spent = paid = 0
        outcomes: Counter[str] = Counter()
        redeemed = []
        for number, one in enumerate(held[:REDEMPTIONS]):
            now = at + timedelta(minutes=number)
            promise = office.till.reserve(
                office.till.order(order(number, one.customer_id or "", one.code)), f"reserve-{number}", now
            )
            outcomes[office.till.confirm(promise.outcome.redemption_id, f"pay-{number}", now).code] += 1
            assert promise.facts["off"] > 0
            spent += promise.facts["off"]
            paid += promise.facts["total"]
            redeemed.append(promise.outcome.redemption_id)
        assert outcomes == {"confirmed": REDEMPTIONS}
        used_up = office.till.quote(office.till.order(order(900, held[0].customer_id or "", held[0].code)), now)
        assert used_up.entered.rejected == {held[0].code: "code_used_up"}
        back = office.till.take_back(redeemed[0], {"cups": 1}, "return-0", now)
        assert back.outcome.code == "given_back"
        assert 0 < back.refund < 3999
        gone = office.till.take_back(redeemed[1], {"cups": 2, "tea": 1}, "return-1", now)
        assert office.till.take_back(redeemed[1], {"cups": 2, "tea": 1}, "return-1", now).refund == gone.refund
        given_back = (2 * 3999 + 730 - gone.refund) + (3999 - back.refund)
        assert office.move(campaign_id, Action.STOP, actor=APPROVER, at=now).done
        stopped = office.till.quote(office.till.order(order(901, held[-1].customer_id or "", held[-1].code)), now)
        assert stopped.effects.off == 0
        books = office.books(campaign_id)
        assert books.balanced, books.differences
        money = next(one for one in books.meters if one.unit == "money")
        assert (money.taken, money.given_back) == (spent, given_back)
        assert paid == REDEMPTIONS * (2 * 3999 + 730) - spent
        budget = launched.budget
        assert budget is not None
        assert money.taken - money.given_back <= budget.minor == BUDGET * 100
        audit = [(row.action, row.actor) for row in office.audit(campaign_id)]
        assert audit == [
            ("create", WRITER),
            ("simulate", WRITER),
            ("submit", WRITER),
            ("approve", APPROVER),
            ("schedule", WRITER),
            ("start", "offersmith"),
            ("stop", APPROVER),
        ]


def test_a_shop_without_a_past_can_run_its_first_campaign(tmp_path: Path) -> None:
    Shop.init(tmp_path / "new", example="synthetic")
    opening = {
        "name": "opening",
        "promotions": [{"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}],
    }
    at = datetime(2026, 6, 1)
    with Shop.open(tmp_path / "new").office() as office:
        assert office.create("opening", opening, author=WRITER, at=at).done
        rehearsed = office.rehearse("opening", actor=WRITER, at=at)
        assert rehearsed.simulation is not None
        assert rehearsed.simulation.orders == 0
        for action in (Action.SUBMIT, Action.APPROVE, Action.SCHEDULE):
            assert office.move("opening", action, actor=APPROVER, at=at).done
        quote = office.till.quote(office.till.order(order(1, "c", "none")), at)
        assert quote.effects.off == 873
