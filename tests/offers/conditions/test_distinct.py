import pytest

from offersmith.errors import SettingsError
from offersmith.offers.basket import Basket, Line

TWICE = Basket(
    (
        Line("tea", 2, 1000, "drinks", line_id="1"),
        Line("tea", 1, 900, "drinks", line_id="2"),
        Line("cup", 9, 500, "cups", line_id="3"),
        Line("pot", 1, 500, "cups", line_id="4", gift_of="some promotion"),
    ),
    "USD",
)
"""Two products on three lines, and a gift."""


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"min": 2}, None),
        ({"min": 3}, "too_few_products"),
        ({"max": 2}, None),
        ({"max": 1}, "too_many_products"),
        ({"min": 3, "max": 3, "of": "lines"}, None),
        ({"min": 4, "of": "lines"}, "too_few_lines"),
        ({"max": 2, "of": "lines"}, "too_many_lines"),
        ({"max": 1, "of": "products", "items": {"category": ["drinks"]}}, None),
        ({"min": 2, "items": {"category": ["drinks"]}}, "too_few_products"),
        ({"min": 2, "items": {"category": ["drinks"]}, "of": "lines"}, None),
        ({"max": 0, "items": {"sku": ["pot"]}}, None),
    ],
)
def test_truth_with_both_ends_included_and_gifts_left_out(ask, spec, reason):
    why = ask({"kind": "distinct", **spec}, basket=TWICE)
    assert (why and why.code) == reason


def test_it_says_how_many_are_missing(ask):
    why = ask({"kind": "distinct", "min": 5}, basket=TWICE)
    assert why == ("too_few_products", {"least": 5, "is": 2}, {"add_different": 3})


@pytest.mark.parametrize(
    "spec", [{}, {"min": -1}, {"min": "2"}, {"min": 3, "max": 2}, {"min": 1, "of": "pieces"}, {"min": 1, "of": []}]
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'distinct'"):
        check({"kind": "distinct", **spec})
