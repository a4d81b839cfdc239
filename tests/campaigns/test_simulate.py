"""A simulation counts what the till would count: limits, budgets and codes, on orders as they were."""

from datetime import timedelta

import pytest
from tests.campaigns.conftest import AT, amount, percent

from offersmith.campaigns.definition import define
from offersmith.campaigns.past import _pieces
from offersmith.campaigns.simulate import PastOrder, Simulation, simulate
from offersmith.offers.basket import Basket, Line


def orders(count: int, price: int = 5000, customers: int = 5) -> list[PastOrder]:
    basket = Basket((Line("cup", 1, price),), "EUR")
    return [
        PastOrder(f"o{one}", f"c{one % customers}", AT - timedelta(days=20) + timedelta(hours=one), basket)
        for one in range(count)
    ]


def figures(*promotions, past=None, bound=None, open_codes=frozenset(), cost_share=1.0, **more) -> Simulation:
    definition = define({"name": "x", "promotions": list(promotions), **more}, currency="EUR", zone="UTC")
    return simulate(
        definition, "c", past or orders(10), bound or {}, open_codes=open_codes, margin_rate=0.3, cost_share=cost_share
    )


def test_every_order_of_an_automatic_promotion() -> None:
    found = figures(percent("ten", 10))
    assert (found.orders, found.touched, found.customers, found.customers_touched) == (10, 10, 5, 5)
    assert (found.revenue, found.cost, found.margin_before, found.margin_after) == (50_000, 5000, 15_000, 10_000)


def test_what_others_pay_is_not_the_shop_s() -> None:
    found = figures(percent("ten", 10), cost_share=0.25)
    assert (found.cost, found.shop_cost, found.margin_after) == (5000, 1250, 13_750)


@pytest.mark.parametrize(
    ("more", "touched", "cost"),
    [
        ({"limits": [{"name": "n", "count": 3}]}, 3, 1500),
        ({"limits": [{"name": "n", "count": 1, "per": "customer"}]}, 5, 2500),
        ({"budgets": [{"name": "b", "amount": "12.00", "rule": "refuse"}]}, 2, 1000),
        ({"budgets": [{"name": "b", "amount": "12.00", "rule": "clamp"}]}, 3, 1200),
        ({"limits": [{"name": "n", "count": 1, "period": "day"}]}, 1, 500),
    ],
)
def test_limits_and_budgets_count_as_at_the_till(desk, more, touched: int, cost: int) -> None:
    found = figures(amount("five", "5.00"), **more)
    assert (found.touched, found.cost) == (touched, cost)
    desk.live(amount("five", "5.00"), **more)
    off = 0
    for one in orders(10):
        promise = desk.till.reserve(desk.order(customer=one.customer_id), one.order_id, one.at)
        assert desk.till.confirm(promise.outcome.redemption_id, f"{one.order_id}-paid", one.at).done
        off += promise.facts["off"]
    assert off == cost, "the till says the same"


def test_a_personal_code_touches_its_owner_and_an_open_one_everybody() -> None:
    coded = percent("ten", 10, needs_code=True)
    assert figures(coded).touched == 0
    assert figures(coded, bound={"c1": {"ten": "KEY"}}).customers_touched == 1
    assert figures(coded, open_codes=frozenset({"ten"})).touched == 10


def test_the_campaign_s_own_time_does_not_matter() -> None:
    assert figures(percent("ten", 10), starts="2027-01-01", ends="2027-01-31").touched == 10


def test_reasons_are_counted() -> None:
    found = figures(amount("five", "5.00", min_spend="80.00"))
    assert (found.touched, found.reasons) == (0, {"below_min_spend": 10})
    assert "10" in found.text("zh")


@pytest.mark.parametrize(("quantity", "shelf"), [(3.0, 1000), (1.0, 7), (2.5, 999), (7.0, 0), (4.0, 1002)])
def test_the_pieces_of_a_line_add_up_to_what_it_cost(quantity: float, shelf: int) -> None:
    assert sum(pieces * price for pieces, price in _pieces(quantity, shelf)) == shelf
    if quantity.is_integer():
        assert sum(pieces for pieces, _ in _pieces(quantity, shelf)) == quantity


def test_what_past_orders_do_not_know_bounds_nothing() -> None:
    coded, open_codes = percent("ten", 10, needs_code=True), frozenset({"ten"})
    once_each = [{"name": "n", "count": 1, "per": "code"}]
    assert figures(coded, open_codes=open_codes, limits=once_each).touched == 10, "ten customers, ten codes"
    by_device = [{"name": "n", "count": 1, "per": "device"}]
    assert figures(percent("ten", 10), limits=by_device).touched == 10, "ten orders, ten devices"
    both = [*by_device, {"name": "c", "count": 1, "per": "customer"}]
    assert figures(percent("ten", 10), limits=both).touched == 5


def test_a_bound_code_is_used_no_oftener_than_it_may_be(desk) -> None:
    coded = percent("ten", 10, needs_code=True)
    assert desk.create("c", {"name": "c", "promotions": [coded]}, author="ann", at=AT).done
    desk.issue("c", "ten", "once", at=AT, customers=["c0", "c1"])
    desk.issue("c", "ten", "again", at=AT, customers=["c1", "c2"], uses=2)
    desk.issue("c", "ten", "free", at=AT, customers=["c3"], uses=None)
    past = orders(25)
    found = desk.simulate("c", past, actor="ann", at=AT, margin_rate=0.3).simulation
    assert (found.touched, found.cost) == (1 + 3 + 2 + 5, 11 * 500)


def test_figures_are_of_the_revision_they_were_made_of(desk) -> None:
    assert desk.create("c", {"name": "c", "promotions": [percent("ten", 10)]}, author="ann", at=AT).done

    def edited_meanwhile():
        assert desk.edit("c", {"name": "c", "promotions": [percent("half", 50)]}, actor="bob", at=AT).done
        yield from orders(3)

    late = desk.simulate("c", edited_meanwhile(), actor="ann", at=AT, margin_rate=0.3)
    assert (late.code, late.simulation) == ("changed_meanwhile", None)
    assert [row.action for row in desk.audit("c")] == ["create", "edit"]
    assert desk.campaigns.get("c").state == "draft"
