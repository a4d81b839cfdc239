import pytest
from tests.offers.replay.one import differs

FIVE = {"id": "p", "kind": "order_fixed", "value": "5.00"}
HOLD = [
    {"min_items_total": "100.00"},
    {"max_items_total": 100},
    {"min_subtotal": "99.99", "max_total": "100.01"},
    [{"min_qty": 6}, {"max_qty": "6"}],
    {"min_items_total": "70.00", "target": {"category": "cups"}},
    {"min_qty": 3, "target": {"sku": "tea"}},
    {"target": {"sku": ["tea", "mate"]}},
    {"min_distinct_products": 3, "max_distinct_products": "3"},
    {"min_distinct_skus": 2, "target": {"category": "cups"}},
    {"min_lines": 3, "max_lines": 3, "min_qty": 6},
    {"min_category_total": {"drinks": "30.00", "cups": "70.00"}},
    {"min_category_total": {"any_of": ["drinks", "pots"], "total": "60.00"}},
    {"min_category_qty": [{"any_of": ["cups"], "qty": 3}, {"drinks": 3}]},
    {"min_tag_qty": {"sale": 3}, "max_tag_qty": {"new": 3}},
    {"min_product_qty": {"any_of": ["leaf", "cup"], "qty": 5}},
    {"min_sku_qty": {"cup": 2}},
    {"min_brand_total": {"north": "40.00"}},
    {"contains_category": ["pots", "pans"]},
    {"contains_sku": "cup"},
    {"contains_tag": ["new"]},
    {"contains_all_sku": ["tea", "pot"]},
    {"contains_product": {"all_of": ["leaf", "pot"]}},
    {"contains_no_sku": ["card"]},
    {"contains": {"colour": "blue"}},
    {"contains_colour": ["blue", "red"]},
    {"contains_only_category": ["drinks", "cups"]},
    {"customer_order_number": 3},
    {"customer_order_number": {"min": 2, "max": 3}},
    {"customer_order_number": [1, 3]},
    {"min_previous_orders": 2, "max_previous_orders": 2},
    {"previous_orders": 2},
    {"weekdays": ["Friday", "sat"]},
    {"customer_group": ["vip", "top"]},
    {"customer_level": "gold", "customer_id": ["ann"]},
    {"exclude_customer_group": ["staff"]},
    {"registered": True},
    {"channel": ["app"], "country": "DE"},
    {"exclude_country": ["CH"]},
    {"birthday": "yes"},
    {"customer_birthday": True},
    {"shipping_country": "DE"},
    {"shipping_region": ["north"]},
    {"region": "north"},
    {"currency": "USD"},
    {"starts_at": "2026-06-19", "ends_at": "2026-06-19"},
    {"weekdays": "fri", "hours": {"from": "18:00", "to": "20:00"}},
    {"any_of": [{"min_qty": 9}, {"min_items_total": "50.00", "min_qty": 5}]},
    {"all_of": [{"min_qty": 5}], "not": {"channel": "web"}},
    {"min_items_total": "100.00", "basis": "tax_inclusive"},
    {"min_items_total": "80.00", "basis": ["tax_exclusive", "original"]},
    {"min_items_total": "80.00", "basis": ["excl_tax", "after_catalog_promotions"]},
    {"min_discounted_total": "100.00"},
]
FAIL = [
    {"min_items_total": "100.01"},
    {"max_items_total": "99.99"},
    {"min_qty": 7},
    {"min_qty": 4, "target": {"sku": "tea"}},
    {"min_distinct_products": 4},
    {"min_distinct_products": 2, "target": {"sku": ["tea", "mate"]}},
    {"max_lines": 2},
    {"min_category_total": {"drinks": "30.01"}},
    {"min_category_total": {"drinks": "30.00", "cups": "70.01"}},
    {"min_product_qty": {"any_of": ["leaf", "cup"], "qty": 6}},
    {"contains_category": ["pans"]},
    {"contains_all_sku": ["tea", "mate"]},
    {"contains_no_category": ["pots"]},
    {"contains_only_category": ["drinks"]},
    {"customer_order_number": 1},
    {"customer_order_number": 3, "previous_orders": 0},
    {"weekdays": ["Saturday"]},
    {"first_order": True},
    {"customer_group": ["top"]},
    {"exclude_customer_group": ["vip"]},
    {"registered": False},
    {"channel": ["web"]},
    {"store": "north"},
    {"shipping_region": "south"},
    {"exclude_country": ["DE"]},
    {"ends": "2026-06-18"},
    {"starts": "2026-06-20"},
    {"weekdays": ["sat"]},
    {"hours": {"from": "19:30", "to": "20:00"}},
    {"any_of": [{"min_qty": 9}, {"min_items_total": "50.00", "min_qty": 7}]},
    {"not": {"min_qty": 6}},
    {"min_items_total": "100.00", "basis": "tax_exclusive"},
]
AROUND = {
    "customer": {"id": "ann", "groups": ["vip"], "level": "gold", "previous_orders": 2, "birthday": True},
    "channel": "app",
    "country": "DE",
    "shipping_address": {"region": "north"},
    "now": "2026-06-19T19:00",
    "zone": "Europe/Berlin",
    "tax_rate": "0.20",
}


@pytest.mark.parametrize("conditions", HOLD, ids=str)
def test_it_holds(conditions):
    assert differs([{**FIVE, "conditions": conditions}], {"discount_total": "5.00"}, **AROUND) is None


@pytest.mark.parametrize("conditions", FAIL, ids=str)
def test_it_does_not_hold(conditions):
    expected = {"discount_total": "0.00", "reasons": {"p": "conditions"}}
    if {"starts", "ends"} & set(conditions):
        expected.pop("reasons")
    assert differs([{**FIVE, "conditions": conditions}], expected, **AROUND) is None


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"min_moon_qty": {"full": 1}}, "moon: unknown field"),
        ({"contains_moon": ["full"]}, "moon: unknown field"),
        ({"min_category_total": "10.00"}, "must be an object"),
        ({"min_qty": "half"}, "must be a number"),
        ({"min_distinct_products": "some"}, "must be a number"),
        ({"min_distinct_products": 2, "min_distinct_skus": 3}, "min_distinct_skus: unknown"),
        ({"contains_sku": {"all": ["a"], "most": ["b"]}}, "most: unknown field"),
        ("often", "must be an object"),
    ],
)
def test_what_is_not_known_is_named(conditions, says):
    found = differs([{**FIVE, "conditions": conditions}], {"discount_total": "5.00"}, **AROUND)
    assert found.startswith("unsupported: ")
    assert says in found


@pytest.mark.parametrize(
    ("basis", "off"),
    [
        (None, "25.00"),
        ("original", "25.00"),
        ("original_price", "25.00"),
        ("after_previous_discounts", "20.00"),
        ("after_previous_lanes", "20.00"),
        ("after_previous_phases", "25.00"),
    ],
)
def test_the_basis_is_what_it_says(basis, off):
    threshold = {"min_items_total": "90.00"} | ({"basis": basis} if basis else {})
    first = {"id": "x", "kind": "order_fixed", "value": "20.00", "priority": 1}
    assert differs([first, {**FIVE, "conditions": threshold}], {"discount_total": off}) is None


def test_a_discounted_total_is_what_the_earlier_ones_left():
    first = {"id": "x", "kind": "order_fixed", "value": "20.00", "priority": 1}
    for least, off in (("80.00", "25.00"), ("80.01", "20.00")):
        second = {**FIVE, "conditions": {"min_discounted_total": least}}
        assert differs([first, second], {"discount_total": off}) is None


def test_a_product_may_have_the_name_of_a_note():
    lines = [{"id": "source", "unit_price": "10.00"}]
    for least, off in ((1, "5.00"), (2, "0.00")):
        bound = {**FIVE, "conditions": {"min_sku_qty": {"source": least}}}
        assert differs([bound], {"discount_total": off}, lines=lines) is None


TWICE = [{"id": "1", "sku": "tea", "unit_price": "10.00"}, {"id": "2", "sku": "tea", "unit_price": "10.00"}]
SIZES = [{"id": size, "sku": size, "product": "shirt", "unit_price": "10.00"} for size in ("s", "m")]


def test_two_lines_of_one_product_are_one_product():
    for conditions, off in (({"min_distinct_products": 2}, "0.00"), ({"min_lines": 2}, "5.00")):
        assert differs([{**FIVE, "conditions": conditions}], {"discount_total": off}, TWICE) is None


def test_two_skus_of_one_product_are_not_taken_for_two_products():
    found = differs([{**FIVE, "conditions": {"min_distinct_products": 2}}], {}, SIZES)
    assert "min_distinct_skus" in found
    assert differs([{**FIVE, "conditions": {"min_distinct_skus": 2}}], {"discount_total": "5.00"}, SIZES) is None
