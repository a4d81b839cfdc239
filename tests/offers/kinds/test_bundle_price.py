import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

THREE = {"price": "20.00", "quantity": 3}


def test_the_shares_of_a_set_add_up():
    bought = basket(Line("a", 1, 700), Line("b", 1, 700), Line("c", 1, 700))
    assert price("bundle_price", bought, THREE).lines == (34, 33, 33)


def test_the_dearest_pieces_make_the_bundle_or_the_cheapest_that_gain():
    bought = basket(Line("a", 2, 500), Line("b", 2, 900), Line("c", 1, 1500))
    # 1,500 + 900 + 900 for 2,000.
    assert price("bundle_price", bought, THREE).off == 1300
    # 500 + 500 + 900 is less than 2,000 already; the cheapest set worth more is 500 + 900 + 900.
    assert price("bundle_price", bought, THREE | {"take": "cheapest"}).off == 300


def test_it_repeats_as_often_as_it_may():
    bought = basket(Line("a", 11, 1000))
    assert price("bundle_price", bought, THREE).off == 3 * 1000
    assert price("bundle_price", bought, THREE | {"times": 2}).off == 2 * 1000
    assert price("bundle_price", bought, THREE | {"times": 2, "max_off": "15.00"}).off == 1500


def test_a_bundle_never_raises_the_price():
    assert why(price("bundle_price", basket(Line("a", 3, 600)), THREE))[0] == "gives_nothing"
    # One set is worth it, the second (600 + 600 + 700) is not.
    bought = basket(Line("a", 2, 600), Line("b", 1, 700), Line("c", 3, 900))
    assert price("bundle_price", bought, THREE).lines == (0, 0, 700)


def test_pieces_are_used_once():
    first, second = (promotion("bundle_price", THREE, name=name) for name in "ab")
    effects = evaluate(basket(Line("a", 5, 1000)), [first, second])
    assert [one.code for one in effects.answers] == ["applied", "too_few_items"]
    assert effects.answers[1].hint == {"add_more": 1}


def test_too_few_pieces_say_how_many_are_missing():
    assert why(price("bundle_price", basket(Line("a", 2, 1000)), THREE)) == (
        "too_few_items", {"least": 3, "is": 2}, {"add_more": 1},
    )  # fmt: skip


def test_what_a_floor_keeps_goes_to_the_others():
    bought = basket(Line("a", 1, 1000, floor=1000), Line("b", 1, 1000), Line("c", 1, 1000))
    assert price("bundle_price", bought, THREE).lines == (0, 500, 500)


def test_uneven_pieces_make_sets_that_cost_exactly_the_price():
    uneven = promotion(
        "amount_off", {"amount": "0.10", "on": "items", "items": {"sku": "a"}}, name="uneven", priority=1
    )
    pairs = promotion("bundle_price", {"price": "10.00", "quantity": 2})
    # 2,000 with the first 996, then 997 with 997.
    effects = evaluate(basket(Line("a", 3, 1000), Line("b", 1, 2000)), [uneven, pairs])
    assert effects.total == 2 * 1000


@pytest.mark.parametrize(("currency", "text", "off"), [("JPY", "2000", 100), ("KWD", "2.000", 100)])
def test_currencies_without_and_with_three_decimals(currency, text, off):
    bought = basket(Line("a", 3, 700), currency=currency)
    assert price("bundle_price", bought, {"price": text, "quantity": 3}).off == off


@pytest.mark.parametrize(
    "changed", [{"quantity": 1}, {"quantity": None}, {"price": None}, {"take": "any"}, {"times": 0}]
)
def test_impossible_terms_are_refused(changed):
    with pytest.raises(SettingsError, match=next(iter(changed))):
        KINDS["bundle_price"].check(THREE | changed, "USD")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2500)), max_size=5))
def test_dearest_first_is_what_sorting_the_pieces_says(drawn):
    bought = basket(*(Line(f"p{place}", pieces, each) for place, (pieces, each) in enumerate(drawn)))
    pieces = sorted((each for count, each in drawn for _ in range(count)), reverse=True)
    sets = [sum(pieces[start : start + 3]) for start in range(0, len(pieces) // 3 * 3, 3)]
    assert price("bundle_price", bought, THREE).off == sum(max(0, worth - 2000) for worth in sets)
