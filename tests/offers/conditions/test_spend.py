import pytest

from offersmith.errors import SettingsError
from offersmith.offers.basket import Basket, Line


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"min": "29.99"}, None),
        ({"min": "30.00"}, "below_min_spend"),
        ({"max": "29.99"}, None),
        ({"max": "29.98"}, "above_max_spend"),
        ({"min": "29.99", "max": "29.99"}, None),
        ({"min": "20.00", "items": {"category": ["drinks"]}}, None),
        ({"min": "20.01", "items": {"category": ["drinks"]}}, "below_min_spend"),
        ({"max": "0", "items": {"sku": ["gift"]}}, None),
    ],
)
def test_truth_with_both_ends_included_and_gifts_left_out(ask, spec, reason):
    why = ask({"kind": "spend", **spec})
    assert (why and why.code) == reason


def test_it_says_how_much_is_missing(ask):
    assert ask({"kind": "spend", "min": "34.19"}) == (
        "below_min_spend",
        {"least": 3419, "is": 2999},
        {"spend_more": 420},
    )


@pytest.mark.parametrize(
    ("gross", "tax", "met"), [(True, "gross", True), (True, "net", False), (False, "net", True), (False, "gross", True)]
)
def test_it_counts_with_or_without_tax(ask, gross, tax, met):
    basket = Basket((Line("tea", 1, 10_000, tax_ppm=200_000),), "USD", prices_include_tax=gross)
    assert (ask({"kind": "spend", "min": "100.00", "tax": tax}, basket=basket) is None) == met
    assert (ask({"kind": "spend", "min": "100.01", "tax": tax}, basket=basket) is None) == (
        not gross and tax == "gross"
    )


def test_currencies_of_no_and_of_three_decimals(ask):
    yen, dinar = (Basket((Line("tea", 1, 1500),), currency) for currency in ("JPY", "KWD"))
    assert ask({"kind": "spend", "min": "1500"}, basket=yen) is None
    assert ask({"kind": "spend", "min": "1501"}, basket=yen).hint == {"spend_more": 1}
    assert ask({"kind": "spend", "min": "1.500"}, basket=dinar) is None
    assert ask({"kind": "spend", "min": "1.501"}, basket=dinar).hint == {"spend_more": 1}


@pytest.mark.parametrize(
    "spec",
    [{}, {"min": "-1"}, {"min": "1.001"}, {"min": "3", "max": "2"}, {"min": "1", "basis": "any"}, {"least": "1"}],
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'spend'"):
        check({"kind": "spend", **spec})
