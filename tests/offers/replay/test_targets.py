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
