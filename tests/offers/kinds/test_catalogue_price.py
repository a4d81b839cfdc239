import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.context import Context
from offersmith.offers.stacking import evaluate


@pytest.mark.parametrize(
    ("shelf", "percent", "off"),
    [(1050, 15, 157), (2025, 15, 304), (994, 15, 149), (1999, 13, 260), (106, 10, 11), (406, 10, 41), (1, 50, 0)],
)
def test_the_price_is_rounded_and_the_relief_is_the_difference(shelf, percent, off):
    assert price("catalogue_price", basket(Line("a", 3, shelf)), {"percent": percent}).off == 3 * off


def test_amounts_and_prices_are_per_piece():
    bought = basket(Line("a", 3, 1000), Line("b", 2, 150))
    assert price("catalogue_price", bought, {"amount": "2.00"}).lines == (600, 300)
    assert price("catalogue_price", bought, {"price": "2.00"}).lines == (2400, 0)


def test_a_chain_goes_by_priority_each_on_the_price_before():
    chain = [("percent", 25, 10), ("amount", "10.00", 40), ("amount", "5.00", 20), ("percent", 50, 30)]
    offers = [promotion("catalogue_price", {name: value}, name=f"{rank}", priority=rank) for name, value, rank in chain]
    assert evaluate(basket(Line("a", 1, 10_000)), offers).total == 3000


def test_it_keeps_floors_and_lines_it_is_not_for():
    bought = basket(Line("a", 1, 2000, floor=1500), Line("b", 1, 2000, "tea"))
    assert price("catalogue_price", bought, {"percent": 80}).lines == (500, 1600)
    assert price("catalogue_price", bought, {"percent": 80, "items": {"category": "tea"}}).lines == (0, 1600)
    assert why(price("catalogue_price", bought, {"percent": 80, "items": {"sku": "c"}}))[0] == "no_matching_items"


def test_a_later_cut_of_a_price_that_a_budget_left_uneven_adds_up():
    capped = promotion("catalogue_price", {"percent": 50}, name="capped", priority=2)
    then = promotion("catalogue_price", {"percent": 10}, name="then", priority=1)
    effects = evaluate(basket(Line("a", 3, 1000)), [capped, then], Context(caps={"capped": 100}))
    # 1,000 - 33 or 34 each, and of 967 and 966 a tenth is 97: 870, 870, 869.
    assert effects.lines == (100 + 97 + 97 + 97,)
    assert sum(count * off for count, off in effects.units[0]) == effects.off


@pytest.mark.parametrize(("currency", "shelf", "left"), [("JPY", 105, 89), ("KWD", 10_005, 8504)])
def test_the_minor_unit_is_what_is_rounded_to(currency, shelf, left):
    assert price("catalogue_price", basket(Line("a", 1, shelf), currency=currency), {"percent": 15}).total == left


@pytest.mark.parametrize("terms", [{}, {"percent": 10, "price": "1.00"}, {"percent": 101}, {"amount": "0"}])
def test_exactly_one_cut_in_its_range(terms):
    with pytest.raises(SettingsError, match=r"percent|amount"):
        KINDS["catalogue_price"].check(terms, "USD")
