import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

THREE = basket(shipping={"express": 25_000, "standard": 15_000, "snail": 20_000})
TWO = {"methods": ["express", "standard"]}


@pytest.mark.parametrize(
    ("terms", "offs"),
    [
        ({"percent": 100}, (25_000, 15_000, 20_000)),
        ({"percent": 10} | TWO, (2500, 1500, 0)),
        ({"percent": 10, "max_off": "10.00"} | TWO, (625, 375, 0)),
        ({"amount": "200"} | TWO, (20_000, 15_000, 0)),
        ({"amount": "200", "together": True} | TWO, (12_500, 7500, 0)),
        ({"amount": "900", "together": True}, (25_000, 15_000, 20_000)),
        ({"price": "180"}, (7000, 0, 2000)),
        ({"price": "0"}, (25_000, 15_000, 20_000)),
    ],
)
def test_each_delivery_or_all_together(terms, offs):
    effects = price("shipping_off", THREE, terms)
    assert effects.shipping == offs
    assert effects.total == 60_000 - sum(offs)


def test_two_offers_compound():
    offers = [promotion("shipping_off", {"percent": 10} | TWO, name=name) for name in "ab"]
    effects = evaluate(basket(shipping={"express": 50_000, "standard": 10_000, "snail": 20_000}), offers)
    assert effects.shipping == (9500, 1900, 0)


def test_goods_are_not_touched_and_order_offers_do_not_reach_deliveries():
    bought = basket(Line("a", 1, 1000), shipping={"post": 345})
    assert price("shipping_off", bought, {"percent": 100}).total == 1000
    assert price("amount_off", bought, {"amount": "50.00"}).total == 345


def test_there_must_be_a_delivery_that_costs_something():
    assert why(price("shipping_off", basket(Line("a", 1, 1000)), {"percent": 100})) == ("no_delivery", {}, {})
    assert why(price("shipping_off", THREE, {"percent": 1, "methods": "boat"}))[:2] == (
        "no_delivery", {"methods": ["boat"]},
    )  # fmt: skip
    assert why(price("shipping_off", basket(shipping={"post": 0}), {"percent": 100}))[0] == "gives_nothing"


def test_halves_go_to_the_customer_in_every_currency():
    assert price("shipping_off", basket(shipping={"post": 345}, currency="JPY"), {"percent": 50}).shipping == (173,)
    assert price("shipping_off", basket(shipping={"post": 1000}, currency="KWD"), {"amount": "0.001"}).shipping == (1,)


@pytest.mark.parametrize(
    "terms", [{}, {"percent": 5, "amount": "1"}, {"percent": 5, "together": True}, {"percent": 5, "methods": []}]
)
def test_impossible_terms_are_refused(terms):
    with pytest.raises(SettingsError, match=r"exactly one|together|methods"):
        KINDS["shipping_off"].check(terms, "USD")
