import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.stacking import evaluate

TIERS = {"tiers": [{"from": "200", "amount": "25"}, {"from": "100", "amount": "10"}]}
PERCENTS = {"tiers": [{"from": "0", "percent": 10}, {"from": "20", "percent": 15}, {"from": "30", "percent": 20}]}


@pytest.mark.parametrize(
    ("spent", "off", "hint"),
    [
        (9_999, 0, {"spend_more": 1, "then_off": 1000}),
        (10_000, 1000, {"spend_more": 10_000, "then_off": 2500}),
        (19_999, 1000, {"spend_more": 1, "then_off": 2500}),
        (20_000, 2500, {}),
    ],
)
def test_the_highest_tier_that_is_reached(spent, off, hint):
    effects = price("spend_save", basket(Line("a", 1, spent)), TIERS)
    assert effects.off == off
    assert why(effects)[2] == hint


@pytest.mark.parametrize(("pieces", "off", "then"), [(1, 100, 15), (2, 300, 20), (3, 600, None)])
def test_percent_tiers(pieces, off, then):
    effects = price("spend_save", basket(*(Line(f"{place}", 1, 1000) for place in range(pieces))), PERCENTS)
    assert effects.off == off
    assert why(effects)[2].get("then_percent") == then


def test_a_percentage_is_rounded_once_on_the_total():
    assert price("spend_save", basket(Line("a", 1, 333), Line("b", 1, 332)), PERCENTS).off == 67


def test_every_full_step_takes_the_amount_off():
    each = {"tiers": [{"from": "100", "amount": "10"}], "each": True}
    offs = [price("spend_save", basket(Line("a", 1, spent)), each).off for spent in (9_999, 10_000, 35_000)]
    assert offs == [0, 1000, 3000]
    capped = price("spend_save", basket(Line("a", 1, 35_000)), each | {"max_off": "25"})
    assert (capped.off, why(capped)[2]) == (2500, {})
    near = price("spend_save", basket(Line("a", 1, 25_000)), each | {"max_off": "25"})
    assert why(near)[2] == {"spend_more": 5000, "then_off": 2500}


def test_tiers_of_pieces():
    terms = {
        "tiers": [{"from": 2, "percent": 10}, {"from": 3, "percent": 20}],
        "on_pieces": True,
        "items": {"sku": "a"},
    }
    many = basket(Line("a", 2, 1000), Line("b", 5, 1000))
    assert price("spend_save", many, terms).lines == (200, 0)
    assert why(price("spend_save", many, terms))[2] == {"add_more": 1, "then_percent": 20}
    assert why(price("spend_save", basket(Line("a", 1, 1000)), terms)) == (
        "too_few_items", {"least": 2, "is": 1}, {"add_more": 1, "then_percent": 10},
    )  # fmt: skip


@pytest.mark.parametrize(("basis", "off"), [("list", 2500), ("catalogue", 1000), ("phase", 1000), ("current", 0)])
def test_the_basis_says_what_counts_as_spent(basis, off):
    """21,000 on the shelf, 15,000 in the catalogue, 10,500 when order offers begin, 9,450 after the first of them."""
    shelf = promotion("catalogue_price", {"amount": "60.00"}, name="shelf")
    item = promotion("percent_off", {"percent": 30, "on": "unit"}, name="item")
    order = promotion("percent_off", {"percent": 10}, name="order", priority=1)
    effects = evaluate(
        basket(Line("a", 1, 21_000)), [shelf, item, order, promotion("spend_save", TIERS | {"basis": basis})]
    )
    assert sum(one.off for one in effects.applied if one.promotion_id == "it") == off


def test_what_floors_keep_goes_to_the_other_lines():
    bought = basket(Line("a", 1, 10_000, floor=9_900), Line("b", 1, 10_000))
    assert price("spend_save", bought, TIERS).lines == (100, 2400)


def test_only_matching_lines_count_and_pay():
    bought = basket(Line("a", 1, 10_000, "tea"), Line("b", 1, 30_000))
    assert price("spend_save", bought, TIERS | {"items": {"category": "tea"}}).lines == (1000, 0)


@pytest.mark.parametrize(
    ("currency", "start", "off", "taken"), [("JPY", "1000", "150", 150), ("KWD", "1", "0.125", 125)]
)
def test_currencies_without_and_with_three_decimals(currency, start, off, taken):
    terms = {"tiers": [{"from": start, "amount": off}]}
    assert price("spend_save", basket(Line("a", 1, 1000), currency=currency), terms).off == taken


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.sampled_from([TIERS, PERCENTS, {"tiers": [{"from": "7", "amount": "3"}], "each": True}]), st.integers(0, 50_000)
)
def test_what_is_planned_is_what_is_taken_off(terms, spent):
    terms = KINDS["spend_save"].check(terms, "USD")
    planned = KINDS["spend_save"].expected_relief(terms, np.array([spent / 100]))
    assert planned is not None
    assert planned[0] * 100 == pytest.approx(price("spend_save", basket(Line("a", 1, spent)), terms).off, abs=0.5)


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({}, "tiers"),
        ({"tiers": []}, "tiers"),
        ({"tiers": [{"amount": "5"}]}, r"tiers\[0\] needs from"),
        ({"tiers": [{"from": "5"}]}, r"tiers\[0\] needs exactly one"),
        ({"tiers": [{"from": "5", "price": "1"}]}, "allowed: from, amount, percent"),
        ({"tiers": [{"from": "5", "amount": "1"}, {"from": "5.00", "percent": 1}]}, "two tiers"),
        ({"tiers": [{"from": "5", "percent": 1}], "each": True}, "each"),
        ({"tiers": [{"from": "0", "amount": "1"}], "each": True}, "each"),
        ({"tiers": [{"from": "5", "amount": "1"}], "on_pieces": True}, "from = '5'"),
        ({"tiers": [{"from": "5", "amount": "1"}], "basis": "later"}, "basis"),
    ],
)
def test_impossible_terms_are_refused(terms, named):
    with pytest.raises(SettingsError, match=named):
        KINDS["spend_save"].check(terms, "USD")


def test_its_words_name_every_tier():
    kind = KINDS["spend_save"]
    assert kind.says(kind.check(TIERS, "CNY"), "zh") == "满 100.00 CNY：立减 10.00 CNY；满 200.00 CNY：立减 25.00 CNY"
