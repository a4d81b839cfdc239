"""The same order reserved again: the customer changed the basket, or the till lost its key."""

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

from offersmith.words import say


def used(desk: Shopkeeper) -> dict[str, int]:
    assert desk.books().balanced
    return {one.name: one.used for one in desk.totals("c")}


def test_an_order_does_not_compete_with_itself(desk: Shopkeeper) -> None:
    limits = [{"name": "once", "count": 1, "per": "customer"}]
    budgets = [{"name": "pot", "amount": "6.00", "rule": "refuse"}]
    desk.live(percent("ten", 10, needs_code=True), limits=limits, budgets=budgets)
    desk.share("c", "ten", "ONCE", at=AT, uses=1)
    first = desk.till.reserve(desk.order("ONCE", customer="ann", order_id="1"), "k1", AT)
    bigger = desk.order("ONCE", customer="ann", order_id="1", price="60.00")
    assert desk.till.quote(bigger, AT).effects.off == 600, "a quote says what a reservation would come to"
    second = desk.till.reserve(bigger, "k2", AT)
    assert (first.facts["off"], second.facts["off"], second.outcome.code) == (500, 600, "reserved")
    assert used(desk) == {"once": 1, "pot": 600, "voucher": 1}
    assert desk.till.confirm(first.outcome.redemption_id, "p1", AT).code == "not_reserved"
    assert desk.till.confirm(second.outcome.redemption_id, "p2", AT).done
    assert used(desk) == {"once": 1, "pot": 600, "voucher": 1}


def test_what_the_order_held_is_a_clamped_budget_s_rest(desk: Shopkeeper) -> None:
    desk.live(percent("half", 50), budgets=[{"name": "pot", "amount": "30.00", "rule": "clamp"}])
    desk.till.reserve(desk.order(price="20.00"), "other", AT)
    assert desk.till.reserve(desk.order(order_id="1"), "k1", AT).facts["off"] == 2000
    assert desk.till.reserve(desk.order(order_id="1", price="40.00"), "k2", AT).facts["off"] == 2000
    assert desk.till.reserve(desk.order(order_id="1", price="10.00"), "k3", AT).facts["off"] == 500
    assert used(desk) == {"pot": 1500}


@pytest.mark.parametrize("more", [{"customer": "bob"}, {}])
def test_nobody_gets_what_another_customer_s_order_holds(desk: Shopkeeper, more: dict[str, str]) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 1}])
    first = desk.till.reserve(desk.order(customer="ann", order_id="1"), "k1", AT)
    assert desk.till.reserve(desk.order(order_id="1", **more), "k2", AT).facts["off"] == 0
    assert desk.till.confirm(first.outcome.redemption_id, "p", AT).done


def test_a_confirmed_order_is_not_reserved_again(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"))
    name = desk.till.reserve(desk.order(order_id="1"), "k1", AT).outcome.redemption_id
    assert desk.till.confirm(name, "p", AT).done
    again = desk.till.reserve(desk.order(order_id="1"), "k2", AT)
    assert (again.outcome.code, again.outcome.done, again.facts) == ("order_confirmed", False, {})
    for language in ("en", "zh"):
        assert again.text(language) == say("campaigns.redeem_order_confirmed", language, redemption=name)
