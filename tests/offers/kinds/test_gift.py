import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

TERMS = {"sku": "goodie", "value": "4.00"}


def test_a_gift_is_a_line_whose_price_is_taken_off():
    effects = price("gift", basket(Line("shirt", 1, 1999)), TERMS | {"quantity": 2, "category": "mugs", "cost": "1.10"})
    gift = effects.basket.lines[1]
    assert (gift.product_id, gift.quantity, gift.unit_price, gift.gift_of) == ("goodie", 2, 400, "it")
    assert (gift.category, gift.cost) == ("mugs", 110)
    assert (effects.lines, effects.total) == ((0, 800), 1999)


def test_pricing_again_neither_doubles_nor_keeps_a_gift():
    shirt = [{"kind": "spend", "min": "10.00"}]
    given = promotion("gift", TERMS, conditions=tuple(shirt))
    effects = evaluate(basket(Line("shirt", 1, 1000)), [given])
    assert evaluate(effects.basket, [given]) == effects
    left = evaluate(basket(Line("pen", 1, 100), *effects.basket.lines[1:]), [given])
    assert [line.product_id for line in left.basket.lines] == ["pen"]


def test_a_gift_counts_toward_no_minimum():
    order = promotion("spend_save", {"tiers": [{"from": "20.00", "amount": "5.00"}]}, name="order")
    assert evaluate(basket(Line("shirt", 1, 1999)), [promotion("gift", TERMS), order]).total == 1999


def test_an_empty_basket_gets_none():
    assert why(price("gift", basket(), TERMS))[0] == "gives_nothing"
    assert price("gift", basket(shipping={"post": 300}), TERMS).basket.lines == ()


@pytest.mark.parametrize(("currency", "text", "value"), [("JPY", "400", 400), ("KWD", "0.400", 400)])
def test_currencies_without_and_with_three_decimals(currency, text, value):
    effects = price("gift", basket(Line("a", 1, 1), currency=currency), TERMS | {"value": text})
    assert effects.basket.lines[1].unit_price == value


@pytest.mark.parametrize("changed", [{"sku": ""}, {"sku": None}, {"value": None}, {"value": "-1"}, {"quantity": 0}])
def test_impossible_terms_are_refused(changed):
    with pytest.raises(SettingsError, match=next(iter(changed))):
        KINDS["gift"].check(TERMS | changed, "USD")
