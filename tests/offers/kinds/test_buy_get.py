from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

TWO_ONE = {"buy": {"quantity": 2}, "get": {"quantity": 1}}
TEA_MUG = {"buy": {"quantity": 1, "items": {"category": "tea"}}, "get": {"quantity": 1, "items": {"sku": "mug"}}}


def lines(*drawn):
    return [Line(f"p{place}", pieces, each) for place, (pieces, each) in enumerate(drawn)]


def test_a_set_is_whole_and_repeats():
    offs = [price("buy_get", basket(Line("a", pieces, 500)), TWO_ONE).off for pieces in range(1, 10)]
    assert offs == [0, 0, 500, 500, 500, 1000, 1000, 1000, 1500]


def test_three_pieces_are_not_two_bought_and_two_free():
    effects = price("buy_get", basket(Line("a", 3, 1000)), {"buy": {"quantity": 2}, "get": {"quantity": 2}})
    assert why(effects) == ("too_few_items", {"least": 4, "is": 3}, {"add_more": 1})


def test_bought_pieces_are_the_dearest_so_the_free_ones_are_the_cheaper_rest():
    bought = basket(*lines((1, 50_000), (1, 50_000), (1, 100_000), (1, 100_000)))
    terms = {"buy": {"quantity": 2}, "get": {"quantity": 2}, "times": 1, "give": "dearest"}
    assert price("buy_get", bought, terms).lines == (50_000, 50_000, 0, 0)


def test_cheapest_or_dearest_of_what_is_left():
    bought = basket(*lines((1, 400), (1, 1000), (1, 600), (1, 800)))
    once = {"buy": {"quantity": 1}, "get": {"quantity": 1}, "times": 1}
    assert price("buy_get", bought, once).lines == (400, 0, 0, 0)
    assert price("buy_get", bought, once | {"give": "dearest"}).lines == (0, 0, 0, 800)


def test_bought_and_given_may_be_different_things():
    bought = basket(Line("green", 3, 400, "tea"), Line("mug", 2, 900))
    assert price("buy_get", bought, TEA_MUG).lines == (0, 1800)
    assert price("buy_get", bought, TEA_MUG | {"times": 1}).lines == (0, 900)
    short = price("buy_get", basket(Line("mug", 2, 900)), TEA_MUG)
    assert why(short) == ("too_few_items", {"least": 2, "is": 1}, {"add_more": 1})
    assert why(price("buy_get", basket(Line("pen", 2, 900)), TEA_MUG))[0] == "no_matching_items"


def test_what_may_only_be_given_last_is_kept_for_that():
    """The dearest piece is the only one that may be given, so it is not bought."""
    terms = {"buy": {"quantity": 1}, "get": {"quantity": 1, "items": {"sku": "p0"}}}
    assert price("buy_get", basket(*lines((1, 1000), (1, 500))), terms).lines == (1000, 0)


def test_pieces_given_in_all_are_limited():
    bought = basket(Line("a", 12, 500))
    terms = {"buy": {"quantity": 1}, "get": {"quantity": 2}}
    assert [price("buy_get", bought, terms | {"max_get": most}).off for most in (3, 8, 9)] == [1500, 4000, 4000]


@pytest.mark.parametrize(("get", "off"), [({"percent": 50}, 500), ({"amount": "2.50"}, 500), ({"price": "3.00"}, 398)])
def test_pieces_may_be_cheaper_rather_than_free(get, off):
    effects = price("buy_get", basket(Line("a", 6, 499)), {"buy": {"quantity": 2}, "get": {"quantity": 1, **get}})
    assert effects.off == off


def test_spending_uses_no_pieces_up():
    terms = {"buy": {"spend": "20.00"}, "get": {"quantity": 1, "items": {"sku": "mug"}}}
    bought = basket(Line("mug", 3, 500), Line("pan", 1, 4500))
    assert price("buy_get", bought, terms).off == 1500
    assert why(price("buy_get", basket(Line("mug", 3, 500)), terms)) == (
        "below_min_spend", {"least": 2000, "is": 1500}, {"spend_more": 500},
    )  # fmt: skip
    assert why(price("buy_get", basket(Line("pan", 1, 4500)), terms))[2] == {"add_more": 1}
    assert why(price("buy_get", basket(Line("mug", 1, 500), Line("pan", 1, 2400)), terms))[2] == {
        "spend_more": 1100, "add_more": 1,
    }  # fmt: skip


def test_given_pieces_may_count_as_bought():
    bought = basket(Line("a", 4, 500))
    assert price("buy_get", bought, TWO_ONE | {"uses_bought": False}).off == 1000
    assert price("buy_get", bought, TWO_ONE | {"uses_bought": False, "times": 1}).off == 500


def test_a_piece_is_used_by_one_promotion_only():
    first, second = (promotion("buy_get", TWO_ONE, name=name) for name in "ab")
    effects = evaluate(basket(Line("a", 5, 500)), [first, second])
    assert effects.off == 500
    assert [one.code for one in effects.answers] == ["applied", "too_few_items"]


def test_added_pieces_are_gifts_that_no_other_offer_touches():
    terms = {
        "buy": {"quantity": 3, "items": {"sku": "cabinet"}},
        "get": {"sku": "cabinet", "value": "320"},
        "adds": True,
    }
    ten = promotion("percent_off", {"percent": 10}, name="ten")
    effects = evaluate(basket(Line("cabinet", 3, 32_000)), [promotion("buy_get", terms), ten])
    assert effects.lines == (9600, 32_000)
    assert effects.total == 86_400
    assert effects.basket.lines[1].gift_of == "it"
    again = evaluate(effects.basket, [promotion("buy_get", terms), ten])
    assert (again.lines, again.total) == (effects.lines, effects.total)


def test_added_pieces_repeat_up_to_the_limits():
    terms = {"buy": {"quantity": 2}, "get": {"sku": "a", "value": "5", "quantity": 2}, "adds": True}
    bought = basket(Line("a", 7, 500))
    assert [
        price("buy_get", bought, terms | limit).basket.lines[-1].quantity
        for limit in ({}, {"times": 2}, {"max_get": 5}, {"max_get": 1})
    ] == [6, 4, 5, 1]
    assert why(price("buy_get", bought, terms))[2] == {"add_more": 1}


def test_a_hint_only_where_one_more_set_is_near_and_allowed():
    assert why(price("buy_get", basket(Line("a", 5, 500)), TWO_ONE))[2] == {"add_more": 1}
    assert why(price("buy_get", basket(Line("a", 3, 500)), TWO_ONE))[2] == {}
    assert why(price("buy_get", basket(Line("a", 5, 500)), TWO_ONE | {"times": 1}))[2] == {}
    assert why(price("buy_get", basket(Line("a", 5, 500)), TWO_ONE | {"max_get": 1}))[2] == {}


def test_floors_and_the_cap_hold():
    bought = basket(Line("a", 3, 500, floor=200), Line("b", 3, 400, floor=100))
    effects = price("buy_get", bought, TWO_ONE)
    assert effects.lines == (0, 600)
    assert price("buy_get", bought, TWO_ONE | {"max_off": "4.01"}).lines == (0, 401)


def test_free_pieces_are_neither_bought_nor_given():
    assert price("buy_get", basket(Line("a", 2, 500), Line("b", 1, 0)), TWO_ONE).off == 0


@pytest.mark.parametrize(("currency", "amount", "off"), [("JPY", "150", 150), ("KWD", "0.125", 125)])
def test_currencies_without_and_with_three_decimals(currency, amount, off):
    terms = {"buy": {"quantity": 2}, "get": {"amount": amount}}
    assert price("buy_get", basket(Line("a", 3, 1000), currency=currency), terms).off == off


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"buy": {}, "get": {}}, "buy needs exactly one of quantity, spend"),
        ({"buy": {"quantity": 1, "spend": "5"}, "get": {}}, "buy needs exactly one"),
        ({"buy": {"quantity": 0}, "get": {}}, "quantity = 0"),
        ({"buy": {"quantity": 1, "sku": "a"}, "get": {}}, "buy does not know sku"),
        ({"buy": {"quantity": 1}, "get": {"percent": 10, "price": "1"}}, "get needs exactly one"),
        ({"buy": {"quantity": 1}, "get": {}, "give": "any"}, "give = 'any'"),
        ({"buy": {"quantity": 1}, "get": {}, "adds": True}, "get.sku"),
        ({"buy": {"quantity": 1}, "get": {"sku": "a"}, "adds": True}, "value"),
        ({"buy": {"quantity": 1}, "get": {"sku": "a", "value": "1"}}, "get does not know sku, value"),
        ({"buy": {"quantity": 1}, "get": {}, "adds": "yes"}, "adds = 'yes'"),
        ({"buy": 3, "get": {}}, "buy = 3"),
    ],
)
def test_impossible_terms_are_refused(terms, named):
    with pytest.raises(SettingsError, match=named):
        KINDS["buy_get"].check(terms, "USD")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 900)), max_size=4),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_of_one_kind_of_piece_the_cheapest_are_free(drawn, need, given_pieces):
    effects = price("buy_get", basket(*lines(*drawn)), {"buy": {"quantity": need}, "get": {"quantity": given_pieces}})
    pieces = sorted(each for count, each in drawn for _ in range(count))
    free = len(pieces) // (need + given_pieces) * given_pieces
    assert effects.off == sum(pieces[:free])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from("bgo"), max_size=7), st.integers(1, 2), st.integers(1, 2))
def test_as_many_sets_as_there_can_be(kinds, need, given_pieces):
    """Against trying every way to call pieces bought (1) or given (2): b may be bought, g given, o either."""
    bought = basket(*(Line(f"{place}", 1, 100, kind) for place, kind in enumerate(kinds)))
    terms = {
        "buy": {"quantity": need, "items": {"category": ["b", "o"]}},
        "get": {"quantity": given_pieces, "items": {"category": ["g", "o"]}},
    }
    roles = {"b": (0, 1), "g": (0, 2), "o": (0, 1, 2)}
    most = max(
        min(way.count(1) // need, way.count(2) // given_pieces) for way in product(*(roles[kind] for kind in kinds))
    )
    assert price("buy_get", bought, terms).off == most * given_pieces * 100
