import pytest
from tests.offers.replay.one import differs

LINES = [{"id": "a", "unit_price": "20.00"}, {"id": "b", "unit_price": "30.00"}]


def one(name, kind, value, **more):
    return {"id": name, "kind": kind, "value": value, **more}


def test_in_a_lane_every_line_gets_its_best_also_from_an_order_promotion():
    both = [one("x", "unit_percent", "40", target={"sku": "a"}, lane="default"),
            one("y", "order_fixed", "10.00", lane="default")]  # fmt: skip
    expected = {"line_discounts": {"a": "8.00", "b": "6.00"}, "total": "36.00"}
    assert differs(both, expected, lines=LINES) is None


def test_lanes_run_in_their_order_whatever_the_kinds_and_the_file_say():
    three = [one("post", "unit_percent", "10", lane="post"), one("mid", "order_percent", "50"),
             one("pre", "order_fixed", "10.00", lane="pre")]  # fmt: skip
    expected = {"by_promotion": {"pre": "10.00", "mid": "20.00", "post": "2.00"}, "total": "18.00"}
    assert differs(three, expected, lines=LINES) is None


def test_lanes_of_ones_own():
    two = [one("x", "order_percent", "50", lane="late"), one("y", "order_fixed", "10.00", lane="early")]
    expected = {"by_promotion": {"y": "10.00", "x": "20.00"}}
    assert differs(two, expected, lines=LINES, policy={"lanes": ["early", "late"]}) is None
    assert "lane = 'early' is unknown" in differs(two, expected, lines=LINES)


def test_a_lane_gives_every_delivery_its_best():
    shipping = [{"id": "air", "amount": "10.00"}, {"id": "sea", "amount": "4.00"}]
    two = [one("x", "shipping_percent", "50", lane="default"), one("y", "shipping_fixed", "3.00", lane="default")]
    expected = {"shipping_discounts": {"air": "5.00", "sea": "3.00"}}
    assert differs(two, expected, lines=LINES, shipping=shipping) is None


@pytest.mark.parametrize(
    ("policy", "applied"),
    [
        ({}, ["x", "y", "z"]),
        ({"order": "best_deal"}, ["y"]),
        ({"order": "first"}, ["x"]),
        ({"order": "worst"}, ["z"]),
        ({"max_order_level_discounts": 1}, ["y"]),
        ({"max_order_level_discounts": 2}, ["x", "y"]),
        ({"max_order_discounts": 2, "order": "first"}, ["x", "y"]),
        ({"item": "best"}, ["x", "y", "z"]),
    ],
)
def test_policies_of_the_order(policy, applied):
    three = [one("x", "order_fixed", "5.00"), one("y", "order_fixed", "9.00"), one("z", "order_fixed", "2.00")]
    assert differs(three, {"applied": applied}, lines=LINES, policy=policy) is None


def test_equals_go_to_the_earlier_of_the_file():
    two = [one("b", "order_percent", "10", code="B"), one("a", "order_percent", "10", code="A")]
    expected = {"applied": ["b"], "rejected_codes": {"A": "not_combinable"}}
    assert differs(two, expected, lines=LINES, policy={"max_order_level_discounts": 1}) is None


def test_catalogue_prices_are_best_line_by_line():
    two = [one("x", "catalog_percent", "20"), one("y", "catalog_unit_fixed", "5.00")]
    expected = {"line_discounts": {"a": "5.00", "b": "6.00"}}
    assert differs(two, expected, lines=LINES, policy={"catalog": "best_deal"}) is None
