"""Which promotions apply, in which order, and what the others are told."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
from tests.offers.shelf import BASKET, FIVE, TEN, amount, answer, applied, percent, price
from tests.offers.strategies import NOON, condition, offer

from offersmith.errors import InputError, SettingsError
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context, Customer
from offersmith.offers.programme import Programme
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate
from offersmith.vocabulary import Offer


def test_promotions_stack_by_priority_then_name() -> None:
    effects = price(TEN, FIVE)
    assert applied(effects) == ["five", "ten"]
    assert (effects.subtotal, effects.off, effects.total) == (2999, 500 + 250, 2999 - 750 + 490)
    first = price(percent("ten", 10, priority=1), FIVE)
    assert applied(first) == ["ten", "five"]
    assert first.off == 300 + 500


def test_phases_come_in_their_order_whatever_the_priority() -> None:
    effects = price(
        percent("order", 10, priority=9),
        amount("item", "1.00", terms={"on": "unit"}, priority=5),
        Promotion(offer("catalogue_price", "shelf", percent=50)),
        Promotion(offer("shipping_off", "post", percent=100), priority=99),
        Promotion(offer("points_earned", "points", points=1, per="1.00"), priority=99),
    )
    assert applied(effects) == ["shelf", "item", "order", "post", "points"]
    # 2 x 500 and 500 (999 less half is 500, its price rounded up); 3 x 100 off; 10 % of 1200.
    assert effects.lines == (1000 + 200 + 80, 499 + 100 + 40)
    assert (effects.total, effects.shipping_off, effects.points_earned) == (1080, 490, 10)


def test_an_offer_may_be_moved_between_item_and_order() -> None:
    effects = price(percent("a", 10, phase="item"), amount("b", "5.00", terms={"on": "items"}, phase="order"))
    assert applied(effects) == ["a", "b"]
    with pytest.raises(SettingsError, match=r"'catalogue_price' belongs to 'catalogue'; allowed: catalogue$"):
        price(Promotion(offer("catalogue_price", percent=10), phase="order"))
    with pytest.raises(SettingsError, match="allowed: order, item, order"):
        price(percent("a", 10, phase="shipping"))


def test_a_window_is_half_open() -> None:
    one = percent("a", 10, starts=NOON, ends=NOON + timedelta(hours=1))
    codes = [
        answer(price(one, context=Context(NOON + timedelta(microseconds=step))), "a").code
        for step in (-1, 0, 3_599_999_999, 3_600_000_000)
    ]
    assert codes == ["not_started", "applied", "applied", "expired"]
    assert answer(price(one), "a").applied
    assert answer(price(one, context=Context(NOON - timedelta(days=1))), "a").facts == {"starts": "2026-11-22T12:00:00"}


def test_codes_and_limits_come_from_the_context() -> None:
    coded = percent("a", 10, needs_code=True)
    assert answer(price(coded), "a").code == "code_needed"
    assert price(coded, context=Context(unlocked={"a": "SPRING"})).off == 300
    used_up = price(coded, FIVE, context=Context(unlocked={"a": "SPRING"}, blocked={"a": "usage_limit"}))
    assert answer(used_up, "a").code == "usage_limit"
    assert used_up.off == 500


def test_a_budget_cuts_what_is_taken_or_refuses_what_cannot_be_cut() -> None:
    effects = price(percent("a", 10), context=Context(caps={"a": 100}))
    assert effects.lines == (67, 33)
    assert price(percent("a", 10), context=Context(caps={"a": 0})).refused == (("a", "budget_used_up"),)
    gift = Promotion(offer("gift", sku="goodie", value="4.00"))
    assert price(gift, context=Context(caps={"gift": 399})).refused == (("gift", "budget_used_up"),)
    assert price(gift, context=Context(caps={"gift": 400})).off == 400
    shipping = Promotion(offer("shipping_off", percent=100))
    assert price(shipping, context=Context(caps={"shipping_off": 7})).shipping == (7,)


def test_points_are_never_spent_for_less_than_they_are_worth() -> None:
    points = Promotion(offer("points_spent", value="0.01"))
    context = Context(customer=Customer(points=500), spend_points=500)
    assert price(points, context=context).points_spent == price(points, context=context).off == 500
    capped = Context(customer=context.customer, spend_points=500, caps={"points_spent": 100})
    assert price(points, context=capped).points_spent == 0


def test_an_exclusive_promotion_is_the_only_one_of_the_cart() -> None:
    offered = [
        percent("small", 1, exclusive=True),
        amount("large", "9.00"),
        Promotion(offer("catalogue_price", "shelf", percent=10)),
        Promotion(offer("shipping_off", "post", percent=100)),
        Promotion(offer("points_earned", "points", points=1, per="1.00")),
    ]
    effects = price(*offered)
    assert applied(effects) == ["shelf", "small", "points"]
    assert (answer(effects, "post").code, answer(effects, "post").facts) == ("exclusive_applied", {"by": "small"})


def test_the_exclusive_one_with_the_highest_priority_that_does_something_wins() -> None:
    far = amount("far", "50.00", exclusive=True, priority=9, terms={"min_spend": 100})
    offered = [far, amount("b", "1.00", exclusive=True, priority=5), amount("a", "9.00", exclusive=True)]
    effects = price(*offered)
    assert applied(effects) == ["b"]
    assert effects.refused == (("a", "exclusive_applied"), ("far", "below_min_spend"))


def test_an_exclusive_one_reads_prices_after_the_catalogue() -> None:
    """29.99 on the shelf, 24.00 after the catalogue: below its threshold an exclusive one shuts nobody out."""
    floor = condition("spend", min="25.00", basis="phase")
    offered = [
        Promotion(offer("catalogue_price", "shelf", percent=20)),
        percent("alone", 50, exclusive=True, conditions=(floor,)),
        amount("five", "5.00"),
    ]
    assert applied(price(*offered)) == ["shelf", "five"]


def test_an_exclusive_catalogue_offer_has_its_lines_to_itself() -> None:
    offered = [
        Promotion(offer("catalogue_price", "tea", percent=10, items={"sku": "tea"}), exclusive=True, priority=-5),
        Promotion(offer("catalogue_price", "all", percent=50), priority=5),
        Promotion(offer("catalogue_price", "also-tea", percent=50, items={"sku": "tea"}), priority=5),
    ]
    effects = price(*offered)
    assert effects.lines == (200, 499)
    assert (answer(effects, "also-tea").code, answer(effects, "also-tea").facts) == ("exclusive_applied", {"by": "tea"})


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (None, None, True), (frozenset(), None, False), (None, frozenset(), False),
        (frozenset({"b"}), None, True), (frozenset({"b"}), frozenset({"a"}), True),
        (frozenset({"b"}), frozenset({"c"}), False), (frozenset({"order"}), frozenset({"percent_off"}), True),
        (frozenset({"g"}), frozenset({"g"}), True), (frozenset({"item"}), None, False),
    ],
)  # fmt: skip
def test_two_combine_only_if_both_agree(
    first: frozenset[str] | None, second: frozenset[str] | None, together: bool
) -> None:
    offered = [
        percent("a", 10, combines_with=first, group="g"),
        amount("b", "1.00", combines_with=second, group="g", priority=-1),
    ]
    effects = price(*offered)
    assert applied(effects) == (["a", "b"] if together else ["a"])
    if not together:
        assert (answer(effects, "b").code, answer(effects, "b").facts) == ("not_combinable", {"with": "a"})


def test_a_condition_that_fails_is_named_with_what_would_help() -> None:
    conditions = (condition("quantity", min=1), condition("quantity", min=5), condition("spend", min="50.00"))
    effects = price(percent("a", 10, conditions=conditions))
    told = answer(effects, "a")
    assert (told.code, told.condition, told.facts, told.hint) == (
        "too_few_items", 1, {"least": 5, "is": 3}, {"add_more": 2},
    )  # fmt: skip


def test_full_price_only_looks_at_the_catalogue_phase_everywhere() -> None:
    full = {"full_price_only": True}
    offered = [
        Promotion(offer("catalogue_price", "shelf", percent=10, items={"sku": "tea"})),
        Promotion(offer("catalogue_price", "many", percent=90), conditions=(condition("quantity", min=9, items=full),)),
        percent("full", 10, terms={"on": "items", "items": full}),
        percent("sale", 50, terms={"on": "items", "items": {"exclude": full}}),
        percent("spent", 1, conditions=(condition("spend", min="9.99", basis="list", items=full),)),
        percent("short", 1, conditions=(condition("spend", min="10.00", basis="list", items=full),)),
    ]
    effects = price(*offered)
    by = {one.promotion_id: one.lines for one in effects.applied}
    assert answer(effects, "many").facts == {"least": 9, "is": 3}
    assert by["full"] == (0, 100)
    assert by["sale"] == (900, 0)
    assert "spent" in by
    assert answer(effects, "short").facts == {"least": 1000, "is": 999}


def test_what_the_catalogue_leaves_is_counted_to_the_cent() -> None:
    """Of 50 % the budget leaves one cent: 29.99 meets the threshold of 29.99."""
    basket = Basket((Line("a", 3, 1000),), "USD")
    offered = [
        Promotion(offer("catalogue_price", "shelf", percent=50)),
        percent("b", 10, conditions=(condition("spend", min="29.99"),)),
    ]
    assert applied(price(*offered, basket=basket, context=Context(caps={"shelf": 1}))) == ["shelf", "b"]


def test_the_newest_version_of_an_offer_counts() -> None:
    newer = Promotion(Offer("ten", "percent_off", MappingProxyType({"percent": 20}), version=2))
    for offered in ([TEN, newer], [newer, TEN]):
        assert price(*offered).off == 600


def test_of_one_id_the_same_rules_count_in_any_order() -> None:
    twice = [percent("a", 10, conditions=(condition("quantity", min=least),)) for least in (1, 9)]
    assert price(*twice) == price(*reversed(twice))


def test_an_empty_basket_costs_nothing_less() -> None:
    effects = price(TEN, FIVE, basket=Basket((), "USD"))
    assert effects.off == effects.total == 0
    assert effects.refused == (("five", "gives_nothing"), ("ten", "gives_nothing"))


@pytest.mark.parametrize(("currency", "off"), [("JPY", 100), ("KWD", 12_345)])
def test_other_currencies_have_other_minor_units(currency: str, off: int) -> None:
    text = {"JPY": "100", "KWD": "12.345"}[currency]
    basket = Basket((Line("a", 3, 5000), Line("b", 1, 2000)), currency)
    effects = evaluate(basket, [Promotion(offer("amount_off", currency=currency, amount=text))])
    assert (effects.off, effects.total) == (off, 17_000 - off)
    assert sum(effects.lines) == off


def test_faults_name_what_is_allowed() -> None:
    with pytest.raises(SettingsError, match="promotion 'a': group = 'x' is not there; allowed: g"):
        price(percent("a", 10, group="x"))
    for wrong, named in (
        ({"mode": "any"}, "mode = 'any'"),
        ({"scope": "unit"}, "scope = 'unit'"),
        ({"limit": 0}, "limit = 0"),
    ):
        with pytest.raises(SettingsError, match=f"group 'g': {named}"):
            price(percent("a", 10, group="g"), **wrong)
    with pytest.raises(SettingsError, match="promotion 'x': kind = 'wish' is unknown; allowed: none, percent_off"):
        price(Promotion(Offer("x", "wish")))
    with pytest.raises(SettingsError, match=r"promotion 'a': condition = 'moon' is unknown; allowed: .*spend"):
        price(percent("a", 10, conditions=({"kind": "moon"},)))
    part = {"kind": "amount_off", "terms": {"amount": "1.00"}}
    for one in (FIVE, Promotion(offer("several", parts=[part]))):
        with pytest.raises(SettingsError, match="currency = 'USD', but the baskets are in EUR"):
            Programme([one], "EUR")
    with pytest.raises(InputError, match=r"'USD'.*EUR"):
        evaluate(BASKET, Programme([], "EUR"))
    for line in ({"quantity": 0}, {"unit_price": -1}, {"floor": -1}):
        with pytest.raises(InputError, match=next(iter(line))):
            Line(**{"product_id": "a", "quantity": 1, "unit_price": 1, **line})
    with pytest.raises(InputError, match="amount"):
        Shipping("post", -1)
