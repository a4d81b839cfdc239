"""What each kind of the format takes off a cart of 100.00: three teas at 10, two cups at 20, a pot at 30."""

import pytest
from tests.offers.replay.one import differs

CASES = [
    ({"kind": "order_percent", "value": "12.5"}, "12.50"),
    ({"kind": "order_percent", "value": 150}, "100.00"),
    ({"kind": "order_percent", "value": "0"}, "0.00"),
    ({"kind": "order_percent", "value": "50", "max_discount": "7.00"}, "7.00"),
    ({"kind": "order_fixed", "value": 7}, "7.00"),
    ({"kind": "order_fixed", "value": "500"}, "100.00"),
    ({"kind": "items_percent_across", "value": "10", "target": {"category": ["cups"]}}, "7.00"),
    ({"kind": "items_fixed_across", "value": "9.00", "max_affected_units": 1}, "9.00"),
    ({"kind": "items_fixed_across", "value": "19.00", "max_affected_units": 1}, "10.00"),
    ({"kind": "unit_percent", "value": "10", "max_units_per_line": 1}, "6.00"),
    ({"kind": "unit_fixed", "value": "1.50"}, "9.00"),
    ({"kind": "unit_fixed", "value": "1.50", "group_size": 2}, "6.00"),
    ({"kind": "unit_fixed", "value": "25.00", "target": "all"}, "95.00"),
    ({"kind": "unit_price", "value": "15.00"}, "25.00"),
    ({"kind": "line_fixed", "value": "4.00"}, "12.00"),
    ({"kind": "line_percent", "value": "10", "target": {"tag": "sale"}}, "3.00"),
    ({"kind": "catalog_percent", "value": "10"}, "10.00"),
    ({"kind": "catalogue_unit_fixed", "value": "2.00"}, "12.00"),
    ({"kind": "catalog_price", "value": "18.00", "target": {"category": "cups"}}, "16.00"),
    ({"kind": "cheapest_free"}, "10.00"),
    ({"kind": "cheapest_free", "conditions": {"min_qty": 3}}, "20.00"),
    ({"kind": "cheapest_free", "conditions": {"min_qty": 3}, "max_applications": 1}, "10.00"),
    ({"kind": "cheapest_unit_percent", "value": "50", "target": {"category": "cups"}}, "10.00"),
    ({"kind": "cheapest_unit_fixed", "value": "12.00"}, "10.00"),
    ({"kind": "bundle_fixed_price", "value": "40.00", "bundle_qty": 3, "max_applications": 1}, "30.00"),
    ({"kind": "bundle_fixed_price", "value": "40.00", "conditions": {"min_qty": 3}}, "30.00"),
    ({"kind": "buy_x_get_y", "buy": {"category": "cups", "min_qty": 2},
      "get": {"sku": "tea", "qty": 1, "percent_off": "100"}}, "10.00"),
    ({"kind": "buy_x_get_y", "buy": {"category": "cups", "min_total": "30.00"},
      "get": {"sku": "tea", "qty": 1, "amount_off": "4.00"}, "max_applications": 1}, "4.00"),
    ({"kind": "buy_x_get_y", "buy": {"min_qty": 1}, "get": {"qty": 1, "percent_off": "100"}, "max_applications": 1,
      "target_order": "most_expensive_first"}, "20.00"),
    ({"kind": "buy_x_get_y", "buy": {"sku": "tea", "min_qty": 1}, "get": {"sku": "cup", "discount_percent": "50"}},
     "20.00"),
    ({"kind": "buy_x_get_y", "buy": {"sku": "tea", "min_qty": 1}, "get": {"sku": "cup", "free": True},
      "repeat": False}, "20.00"),
    ({"kind": "gift", "gift_sku": "cup"}, "20.00"),
    ({"kind": "gift", "gift_sku": ["cup"]}, "20.00"),
    ({"kind": "gift", "gift_sku": "card", "gift_value": "1.00", "gift_qty": 2}, "2.00"),
    ({"kind": "order_percent_tiered", "tiers": {"0": "5", "100": "10", "100.01": "20"}}, "10.00"),
    ({"kind": "order_fixed_tiered", "tiers": [{"from": 2, "value": 3}, {"from": 6, "value": 8}],
      "tier_on": "quantity"}, "8.00"),
    ({"kind": "order_fixed_tiered", "tiers": {"30.00": "4.00"}, "each": True}, "12.00"),
    ({"kind": "order_percent_tiered", "tiers": [{"min_total": "200.00", "percent": "10"}], "base": "5"}, "5.00"),
    ({"kind": "multi", "actions": [{"id": "first", "kind": "unit_percent", "value": "20", "target": {"sku": "tea"}},
                                   {"kind": "order_fixed", "value": "4.00"}]}, "10.00"),
    ({"kind": "spend_save", "terms": {"tiers": [{"from": "50.00", "percent": 10}]}}, "10.00"),
]  # fmt: skip
ORDER_LEVEL = {"order_percent", "order_fixed", "order_percent_tiered", "order_fixed_tiered", "spend_save"}


@pytest.mark.parametrize(("promotion", "off"), CASES, ids=lambda one: one["kind"] if isinstance(one, dict) else one)
def test_it_takes_off(promotion, off):
    expected = {"discount_total": off, "applied": ["p"] if float(off) else []}
    if promotion["kind"] != "multi":
        expected["order_discount"] = off if promotion["kind"] in ORDER_LEVEL else "0.00"
    assert differs([{"id": "p", **promotion}], expected) is None


def test_the_order_part_of_several_actions_is_told_apart():
    actions = [{"kind": "unit_percent", "value": "20"}, {"kind": "order_fixed", "value": "4.00"}]
    expected = {"discount_total": "24.00", "order_discount": "4.00"}
    assert differs([{"id": "p", "kind": "multi", "actions": actions}], expected) is None
    assert differs([{"id": "p", "actions": actions[::-1]}], {**expected, "discount_total": "24.00"}) is None


SHELF = [{"kind": "catalog_percent", "value": "20", "target": {"sku": "tea"}},
         {"kind": "catalog_unit_fixed", "value": "1.00", "target": {"sku": ["tea", "cup"]}}]  # fmt: skip


def test_several_shelf_prices_are_one_promotion_and_come_first():
    shelf = {"id": "p", "kind": "multi", "actions": SHELF, "priority": 1}
    tenth = {"id": "t", "kind": "order_percent", "value": "10", "priority": 9}
    expected = {"by_promotion": {"p": {"tea": "9.00", "cup": "2.00"}, "t": "8.90"}, "order_discount": "8.90"}
    assert differs([tenth, shelf], expected) is None
    other = {"id": "other", "kind": "catalog_percent", "value": "50", "target": {"sku": "cup"}}
    policy = {"catalog": "best_deal"}
    assert differs([shelf, other], {"line_discounts": {"tea": "9.00", "cup": "20.00"}}, policy=policy) is None


def test_shelf_prices_and_other_actions_are_not_one_promotion():
    mixed = [*SHELF, {"kind": "order_fixed", "value": "4.00"}]
    assert "belongs to order" in differs([{"id": "p", "kind": "multi", "actions": mixed}], {})


@pytest.mark.parametrize(
    ("promotion", "left"),
    [
        ({"kind": "shipping_percent", "value": "50"}, {"air": "5.00", "sea": "2.00"}),
        ({"kind": "shipping_percent", "value": "50", "target": {"shipping": "air"}}, {"air": "5.00", "sea": "0.00"}),
        ({"kind": "shipping_fixed", "value": "6.00", "target": {"shipping": ["air", "sea"]}}, {"air": "6", "sea": "4"}),
        ({"kind": "shipping_fixed_across", "value": "7.00"}, {"air": "5.00", "sea": "2.00"}),
        ({"kind": "shipping_price", "value": "5.00"}, {"air": "5.00", "sea": "0.00"}),
        ({"kind": "shipping_fixed_price", "value": "5.00"}, {"air": "5.00", "sea": "0.00"}),
        ({"kind": "shipping_percent", "value": "50", "target": {"method": "plane"}}, {"air": "5.00", "sea": "0.00"}),
        ({"kind": "shipping_free"}, {"air": "10.00", "sea": "4.00"}),
    ],
)
def test_deliveries(promotion, left):
    shipping = [{"id": "air", "amount": "10.00", "method": "plane"}, {"id": "sea", "amount": "4.00"}]
    expected = {"shipping_discounts": left, "discount_total": "0.00"}
    assert differs([{"id": "p", **promotion}], expected, shipping=shipping) is None


@pytest.mark.parametrize(
    ("rounding", "off"),
    [(None, "0.52"), ("half_up", "0.52"), ("per_unit", "0.52"), ("line_half_up", "0.53"), ("floor", "0.52"),
     ("per_line", "0.53"), ("total", "0.53"),
     ("running_delta", "0.53"), ("down_on_total", "0.52")],
)  # fmt: skip
def test_roundings(rounding, off):
    # 3 % of a piece at 2.37 is 0.0711 and of one at 3.28 0.0984: 6 × 0.07 + 0.10. Of the lines it is 0.4266 and
    # 0.0984: 0.43 + 0.10. Of all it is 0.525.
    lines = [{"id": "a", "unit_price": "2.37", "qty": 6}, {"id": "b", "unit_price": "3.28"}]
    promotion = {"id": "p", "kind": "unit_percent", "value": "3"} | ({"rounding": rounding} if rounding else {})
    assert differs([promotion], {"discount_total": off}, lines=lines) is None


@pytest.mark.parametrize(
    ("promotion", "field", "alike", "other"),
    [
        ({"kind": "catalog_percent", "value": "10"}, "rounding", "half_up_per_unit", "down"),
        ({"kind": "cheapest_unit_percent", "value": "10"}, "rounding", "half_up", "total"),
        ({"kind": "order_fixed", "value": "10.00"}, "rounding", "down_on_total", "sideways"),
        ({"kind": "order_percent_tiered", "tiers": {"0": "10"}}, "rounding", "half_up_on_total", "down"),
        ({"kind": "shipping_percent", "value": "10"}, "rounding", "half_up", "down"),
        ({"kind": "catalog_percent", "value": "10"}, "max_applications", 1, 2),
        ({"kind": "shipping_fixed", "value": "1.00"}, "max_applications", 1, 2),
        ({"kind": "order_percent_tiered", "tiers": {"0": "10"}}, "max_applications", 1, 2),
        ({"kind": "gift", "gift_sku": "cup"}, "max_applications", 1, 2),
        ({"kind": "unit_percent", "value": "10"}, "percent_of", "original", "moon"),
        ({"kind": "unit_percent", "value": "10"}, "percent_of", "catalog", "moon"),
        ({"kind": "order_percent_tiered", "tiers": {"0": "10"}}, "tier_basis", "original", "moon"),
    ],
)
def test_what_a_kind_does_anyway_may_be_said(promotion, field, alike, other):
    shipping = [{"id": "air", "amount": "10.00"}]
    expected = {"applied": ["p"]}
    assert differs([{"id": "p", **promotion, field: alike}], expected, shipping=shipping) is None
    assert differs([{"id": "p", **promotion, field: other}], expected, shipping=shipping).startswith("unsupported")


@pytest.mark.parametrize(
    ("said", "off"), [("all", "19.00"), (True, "19.00"), ("a", "19.00"), ("none", "10.00"), (False, "10.00")]
)
def test_whom_it_tolerates(said, off):
    first = {"id": "a", "kind": "order_percent", "value": "10"}
    assert differs([first, {**first, "id": "b", "combines_with": said}], {"discount_total": off}) is None


def test_what_is_left_of_each_line():
    promotions = [
        {"id": "a", "kind": "unit_fixed", "value": "1.00"},
        {"id": "b", "kind": "order_fixed", "value": "9.40"},
    ]
    expected = {"line_totals": {"tea": "24.30", "cup": "34.20", "pot": "26.10"}, "item_discount": "6.00"}
    assert differs(promotions, expected) is None


@pytest.mark.parametrize(
    ("said", "right"), [("9.00", True), (["8.00", "9.50", "9.50"], False), ("9.01", False), ("9.50", False)]
)
def test_one_amount_for_several_pieces_is_their_mean(said, right):
    promotion = {"id": "p", "kind": "unit_fixed", "value": "3.00", "max_affected_units": 1}
    found = differs([promotion], {"unit_price_after": {"tea": said}})
    assert (found is None) == right


def every_two(**more):
    return {"id": "p", "kind": "order_fixed", "value": "4.00", "conditions": {"min_qty": 2}, **more}


@pytest.mark.parametrize(
    ("more", "off"),
    [
        ({"max_applications": 9}, "12.00"),
        ({"max_applications": 2}, "8.00"),
        ({"max_applications": 2, "max_discount": "5.00"}, "5.00"),
        ({"max_applications": 9, "conditions": {"min_qty": 7}}, "0.00"),
        ({"max_applications": 9, "target": {"sku": "tea"}, "conditions": {"min_qty": 2, "target": {"sku": "tea"}}},
         "4.00"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["order_fixed", "items_fixed_across"])
def test_an_amount_repeats_for_every_so_many_pieces(more, off, kind):
    expected = {"discount_total": off, "order_discount": off if kind == "order_fixed" else "0.00"}
    assert differs([every_two(kind=kind, **more)], expected) is None


def test_an_amount_for_items_that_repeats_stays_before_the_order():
    tenth = {"id": "t", "kind": "order_percent", "value": "10", "priority": 9}
    repeated = every_two(kind="items_fixed_across", max_applications=3, priority=1)
    assert differs([tenth, repeated], {"by_promotion": {"p": "12.00", "t": "8.80"}}) is None
    policy = {"max_order_level_discounts": 1}
    assert differs([tenth, repeated], {"discount_total": "20.80"}, policy=policy) is None


@pytest.mark.parametrize(
    "more",
    [
        {"conditions": {}},
        {"conditions": [{"min_qty": 2}]},
        {"target": {"sku": "tea"}},
        {"conditions": {"min_qty": 2, "target": {"sku": "tea"}}},
        {"max_affected_units": 2},
        {"kind": "unit_fixed"},
    ],
)
def test_what_does_not_say_for_which_pieces_it_repeats_is_not_supported(more):
    assert differs([every_two(**{"max_applications": 2, **more})], {}).startswith("unsupported")
