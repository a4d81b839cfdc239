import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

ONE = {"points": 1, "per": "1.00"}


@pytest.mark.parametrize(
    ("terms", "points"),
    [
        (ONE, 21),
        (ONE | {"items": {"sku": "a"}}, 10),
        (ONE | {"multiply": 3}, 65),
        (ONE | {"multiply": 3, "max_points": 50}, 50),
        ({"points": 5, "per": "10.00"}, 10),
    ],
)
def test_whole_points_rounded_down_on_the_total(terms, points):
    effects = price("points_earned", basket(Line("a", 1, 1099), Line("b", 1, 1099)), terms)
    assert (effects.points_earned, effects.off) == (points, 0)


def test_of_what_is_paid_or_of_the_shelf_price():
    bought, half = basket(Line("a", 1, 2000)), promotion("percent_off", {"percent": 50}, name="half")
    for of, points in (("current", 10), ("list", 20)):
        assert evaluate(bought, [promotion("points_earned", ONE | {"of": of}), half]).points_earned == points


def test_a_gift_earns_nothing():
    gift = promotion("gift", {"sku": "mug", "value": "9.00"}, name="gift")
    assert evaluate(basket(Line("a", 1, 500)), [promotion("points_earned", ONE), gift]).points_earned == 5


def test_too_little_for_a_point_says_what_is_missing():
    effects = price("points_earned", basket(Line("a", 1, 140)), {"points": 2, "per": "3.00"})
    assert why(effects) == ("gives_nothing", {}, {"spend_more": 10})
    assert (
        why(price("points_earned", basket(Line("a", 1, 140)), ONE | {"items": {"sku": "b"}}))[0] == "no_matching_items"
    )


@pytest.mark.parametrize(("currency", "per", "points"), [("JPY", "100", 29), ("KWD", "0.100", 29)])
def test_currencies_without_and_with_three_decimals(currency, per, points):
    assert (
        price("points_earned", basket(Line("a", 1, 2999), currency=currency), ONE | {"per": per}).points_earned
        == points
    )


@pytest.mark.parametrize("changed", [{"points": 0}, {"points": 1.5}, {"per": "0"}, {"per": None}, {"of": "net"}])
def test_impossible_terms_are_refused(changed):
    with pytest.raises(SettingsError, match=next(iter(changed))):
        KINDS["points_earned"].check(ONE | changed, "USD")
