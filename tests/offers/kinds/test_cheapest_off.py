import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate


def test_one_piece_of_the_cheapest_line_once():
    assert price("cheapest_off", basket(Line("a", 4, 400), Line("b", 4, 200)), {}).lines == (0, 200)
    assert price("cheapest_off", basket(Line("a", 1, 1333), Line("b", 1, 1666)), {"amount": "4.44"}).lines == (444, 0)
    assert price("cheapest_off", basket(Line("a", 2, 400), Line("b", 1, 200)), {"times": 2}).lines == (400, 200)


def test_the_cheapest_that_is_meant_and_not_free_already():
    bought = basket(Line("a", 1, 1500), Line("b", 1, 500), Line("c", 1, 0))
    assert price("cheapest_off", bought, {"amount": "2.00", "items": {"sku": "a"}}).lines == (200, 0, 0)
    assert price("cheapest_off", bought, {}).lines == (0, 500, 0)
    assert why(price("cheapest_off", bought, {"items": {"sku": "c"}}))[0] == "gives_nothing"
    assert why(price("cheapest_off", bought, {"items": {"sku": "d"}}))[0] == "no_matching_items"


def test_cheapest_as_it_costs_now():
    half = promotion("catalogue_price", {"percent": 50, "items": {"sku": "a"}}, name="half")
    effects = evaluate(basket(Line("a", 1, 1000), Line("b", 1, 600)), [half, promotion("cheapest_off", {})])
    assert effects.lines == (1000, 0)


def test_one_of_every_so_many():
    bought = basket(Line("a", 2, 1000), Line("b", 2, 800), Line("c", 2, 600), Line("d", 1, 400))
    three_for_two = {"of_every": 3}
    assert price("cheapest_off", bought, three_for_two).lines == (0, 0, 600, 400)
    assert price("cheapest_off", bought, three_for_two | {"times": 1}).lines == (0, 0, 0, 400)
    assert price("cheapest_off", bought, three_for_two | {"percent": 50, "max_off": "3.00"}).lines == (0, 0, 180, 120)


def test_pieces_of_a_set_are_used():
    three, two = (
        promotion("cheapest_off", {"of_every": 3}, name="a"),
        promotion("cheapest_off", {"of_every": 2}, name="b"),
    )
    effects = evaluate(basket(Line("a", 4, 500)), [three, two])
    assert effects.off == 500
    assert effects.answers[1].hint == {"add_more": 1}


def test_floors_and_currencies():
    assert price("cheapest_off", basket(Line("a", 2, 500, floor=300)), {}).off == 200
    assert price("cheapest_off", basket(Line("a", 2, 105), currency="JPY"), {"percent": 50}).off == 53
    assert price("cheapest_off", basket(Line("a", 2, 1005), currency="KWD"), {"amount": "0.005"}).off == 5


@pytest.mark.parametrize("terms", [{"of_every": 1}, {"times": 0}, {"percent": 5, "amount": "1"}, {"percent": 0}])
def test_impossible_terms_are_refused(terms):
    with pytest.raises(SettingsError, match=r"of_every|times|percent"):
        KINDS["cheapest_off"].check(terms, "USD")
