import pytest
from tests.offers.pricing import basket, price, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line


def test_every_matching_piece_costs_the_price():
    bought = basket(Line("a", 3, 550, "tea"), Line("b", 1, 900, "mugs"))
    assert price("unit_price", bought, {"price": "4.00", "items": {"category": "tea"}}).lines == (450, 0)


def test_it_never_raises_a_price():
    effects = price("unit_price", basket(Line("a", 2, 399)), {"price": "4.00"})
    assert effects.off == 0
    assert why(effects)[0] == "gives_nothing"


def test_some_pieces_the_cheapest_first_and_no_more_than_the_cap():
    bought = basket(Line("a", 3, 500), Line("b", 2, 800))
    assert price("unit_price", bought, {"price": "1.00", "max_pieces": 4}).lines == (1200, 700)
    assert price("unit_price", bought, {"price": "1.00", "max_pieces": 4, "max_off": "9.50"}).lines == (600, 350)


def test_it_keeps_the_floor():
    assert price("unit_price", basket(Line("a", 2, 500, floor=450)), {"price": "4.00"}).lines == (100,)


@pytest.mark.parametrize(("currency", "text", "left"), [("JPY", "300", 300), ("KWD", "1.250", 1250)])
def test_the_currency_says_what_a_minor_unit_is(currency, text, left):
    effects = price("unit_price", basket(Line("a", 2, 2000), currency=currency), {"price": text})
    assert effects.total == 2 * left


@pytest.mark.parametrize("terms", [{}, {"price": "-1"}, {"price": "1.005"}, {"price": "4", "max_pieces": 0}])
def test_impossible_terms_are_refused(terms):
    with pytest.raises(SettingsError, match=r"price|max_pieces"):
        KINDS["unit_price"].check(terms, "USD")


def test_both_languages_say_it():
    terms = KINDS["unit_price"].check({"price": "4", "max_off": "9"}, "USD")
    assert KINDS["unit_price"].says(terms, "en") == "every piece for 4.00 USD, at most 9.00 USD"
    assert KINDS["unit_price"].says(terms, "zh") == "每件只需 4.00 USD，最多减 9.00 USD"
