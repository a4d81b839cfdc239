import pytest
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.context import Context, Customer
from offersmith.offers.stacking import evaluate

CENT = {"value": "0.01"}


def holds(points, wanted=10**6):
    return Context(customer=Customer(points=points), spend_points=wanted)


@pytest.mark.parametrize(
    ("terms", "held", "wanted", "spent"),
    [
        (CENT, 300, 10_000, 300),
        (CENT, 10_000, 300, 300),
        (CENT, 10_000, 10_000, 1250),
        (CENT | {"step": 100}, 399, 10_000, 300),
        (CENT | {"step": 100}, 10_000, 10_000, 1200),
        (CENT | {"max_percent": 50}, 10_000, 10_000, 625),
        (CENT | {"max_percent": 50, "step": 100}, 10_000, 10_000, 600),
    ],
)
def test_only_points_that_bring_something_are_spent(terms, held, wanted, spent):
    effects = price("points_spent", basket(Line("a", 1, 1250)), terms, holds(held, wanted))
    assert (effects.points_spent, effects.off) == (spent, spent)


def test_points_pay_down_to_the_floors_and_over_the_lines():
    bought = basket(Line("a", 1, 1000, floor=900), Line("b", 1, 1000))
    effects = price("points_spent", bought, CENT, holds(5000))
    assert (effects.lines, effects.points_spent) == ((100, 1000), 1100)


def test_points_are_spent_once():
    offers = [promotion("points_spent", CENT, name=name) for name in "ab"]
    effects = evaluate(basket(Line("a", 1, 2000)), offers, holds(500))
    assert (effects.points_spent, effects.off) == (500, 500)
    assert [one.code for one in effects.answers] == ["applied", "no_points"]


def test_no_points_and_nothing_to_pay():
    assert why(price("points_spent", basket(Line("a", 1, 100)), CENT)) == ("no_points", {"least": 1, "is": 0}, {})
    short = price("points_spent", basket(Line("a", 1, 100)), CENT | {"step": 100}, holds(99))
    assert why(short)[:2] == ("no_points", {"least": 100, "is": 99})
    assert why(price("points_spent", basket(Line("a", 1, 99)), CENT | {"step": 100}, holds(500)))[0] == "gives_nothing"


def test_a_budget_too_small_burns_no_points():
    context = Context(customer=Customer(points=500), spend_points=500, caps={"it": 100})
    effects = price("points_spent", basket(Line("a", 1, 2000)), CENT, context)
    assert (effects.points_spent, effects.off) == (0, 0)
    assert why(effects)[0] == "budget_used_up"


@pytest.mark.parametrize(("currency", "value", "off"), [("JPY", "1", 30), ("KWD", "0.005", 150)])
def test_currencies_without_and_with_three_decimals(currency, value, off):
    assert price("points_spent", basket(Line("a", 1, 9000), currency=currency), {"value": value}, holds(30)).off == off


@pytest.mark.parametrize("changed", [{"value": None}, {"value": "0.001"}, {"step": 0}, {"max_percent": 0}])
def test_impossible_terms_are_refused(changed):
    with pytest.raises(SettingsError, match=next(iter(changed))):
        KINDS["points_spent"].check(CENT | changed, "USD")
