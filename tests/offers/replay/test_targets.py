import pytest
from tests.offers.replay.one import differs

CASES = [
    (None, "tea cup pot"),
    ("all", "tea cup pot"),
    (["tea", "pot"], "tea pot"),
    ({"sku": "tea"}, "tea"),
    ({"skus": ["tea", "cup"]}, "tea cup"),
    ({"product": ["leaf", "cup"]}, "tea cup"),
    ({"category": "cups"}, "cup pot"),
    ({"category": ["pots"]}, "pot"),
    ({"tags": ["sale"]}, "tea"),
    ({"brand": "north"}, "cup"),
    ({"colour": ["blue", "red"]}, "cup"),
    ({"category": "cups", "brand": "north"}, "cup"),
    ({"min_unit_price": "20.00"}, "cup pot"),
    ({"min_unit_price": "10.00", "max_unit_price": "20.00"}, "tea cup"),
    ({"exclude_sku": ["cup"]}, "tea pot"),
    ({"exclude_sku": ["cup"], "exclude_tags": ["sale"]}, "pot"),
    ({"exclude": {"sku": "pot", "colour": "blue"}}, "tea"),
    ({"category": "cups", "exclude_category": "pots"}, "cup"),
    ([{"sku": "tea"}, {"category": "pots"}], "tea pot"),
    ({"line": ["tea"]}, "tea"),
    ("tea", "tea"),
    ({"any_of": [{"sku": "tea"}, {"category": "pots"}]}, "tea pot"),
    ({"min_price": "10.00", "max_price": "20.00"}, "tea cup"),
    ({"colours": ["blue"]}, "cup"),
]


@pytest.mark.parametrize(("target", "meant"), CASES, ids=str)
def test_a_target_means_these_lines(target, meant):
    promotion = {"id": "p", "kind": "line_fixed", "value": "1.00", "target": target}
    offs = {line: "1.00" if line in meant.split() else "0.00" for line in ("tea", "cup", "pot")}
    assert differs([promotion], {"line_discounts": offs}) is None


@pytest.mark.parametrize("target", [{"moon": "full"}, {"sku": 3}, {"sku": "a", "skus": "b"}, 5, [3]])
def test_what_is_no_target_is_named(target):
    promotion = {"id": "p", "kind": "line_fixed", "value": "1.00", "target": target}
    assert differs([promotion], {"discount_total": "1.00"}).startswith("unsupported: ")


def test_what_a_target_names_a_line_may_name_so():
    lines = [
        {"id": "tea", "unit_price": "10.00", "taxons": ["drinks"], "facets": ["sale"], "collections": ["spring"]},
        {"id": "cup", "unit_price": "20.00", "minimum_price": "20.00"},
    ]
    for target in ({"taxon": "drinks"}, {"facets": ["sale"]}, {"collection": "spring"}, None):
        promotion = {"id": "p", "kind": "line_fixed", "value": "1.00", "target": target}
        assert differs([promotion], {"line_discounts": {"tea": "1.00"}}, lines=lines) is None


def test_a_cart_may_be_said_shortly():
    half = {"id": "p", "kind": "shipping_percent", "value": "50"}
    expected = {"shipping_discount_total": "2.50", "total": "102.50"}
    assert differs([half], expected, shipping={"amount": "5.00"}, currency="usd") is None
