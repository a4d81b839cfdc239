import json
from copy import deepcopy

import pytest

from offersmith.errors import InputError
from offersmith.offers.replay import Replay, replay, replay_file

CART = {"currency": "USD", "lines": [{"id": "a", "sku": "a", "unit_price": "10.00", "qty": 2}]}
TENTH = {"id": "p", "kind": "order_percent", "value": "10"}
SCENARIO = {"id": "s", "cart": CART, "promotions": [TENTH], "expected": {"total": "18.00"}, "core": True}


def changed(**more):
    return {**deepcopy(SCENARIO), **more}


def test_a_right_expectation_passes():
    (found,) = replay({"scenarios": [SCENARIO]})
    assert (found.id, found.result, found.difference, found.core, found.portable) == ("s", "pass", None, True, True)


def test_a_wrong_expectation_fails_and_says_in_what():
    expected = {"line_discounts": {"a": "1.00"}, "total": "18.01", "applied": []}
    (found,) = replay([changed(expected=expected)])
    assert found.result == "fail"
    assert found.difference == (
        "line_discounts.a: expected 1.00, got 2.00; total: expected 18.01, got 18.00; applied: expected [], got ['p']"
    )


def test_gifts_may_be_named_without_their_number():
    gift = {"id": "p", "kind": "gift", "gift_sku": "card", "gift_value": "1.00"}
    (found, other) = replay(
        [changed(promotions=[gift], expected={"gifts": names}, id=str(names)) for names in (["card"], ["cup"])]
    )
    assert found.result == "pass"
    assert other.difference == "gifts: expected ['cup'], got ['card']"


def test_what_is_not_applied_may_have_reasons():
    late = {**TENTH, "ends": "2026-01-01"}
    cart = {**CART, "now": "2026-02-01"}
    (found, other) = replay(
        [
            changed(cart=cart, promotions=[late], expected={"not_applied": {"p": why}}, id=why)
            for why in ("expired", "limit")
        ]
    )
    assert found.result == "pass"
    assert other.difference == "not_applied.p: expected limit, got expired"


def test_a_customer_may_be_an_id_alone():
    mine = {**TENTH, "conditions": {"customer_id": "ann"}}
    assert replay([changed(cart={**CART, "customer": "ann"}, promotions=[mine])])[0].result == "pass"


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("expected", {"mood": "1.00"}, "expected: mood: unknown field"),
        ("expected", {"total": "much"}, "expected: total = 'much' must be a number"),
        ("expected", {"rejected_codes": {"X": "bad hair"}}, "reason 'bad hair' is unknown"),
        ("promotions", [{**TENTH, "kind": "order_magic"}], "kind = 'order_magic' is not allowed"),
        ("promotions", [{**TENTH, "moonphase": "full"}], "moonphase: unknown field"),
        ("promotions", [{**TENTH, "value": "ten"}], "value = 'ten' must be a number"),
        ("promotions", [TENTH, TENTH], "an id is there twice"),
        ("promotions", [{**TENTH, "conditions": {"moonphase": "full"}}], "moonphase: unknown condition"),
        ("promotions", [{**TENTH, "conditions": {"min_items_total": "1", "basis": "side"}}], "basis = 'side'"),
        ("promotions", [{**TENTH, "target": {"colour": "red"}}], "colour: unknown field"),
        ("promotions", [{**TENTH, "lane": "fast"}], "lane = 'fast' is unknown"),
        ("promotions", [{**TENTH, "budget": {"type": "luck", "limit": 1}}], "type = 'luck'"),
        ("promotions", [{**TENTH, "ends": "2026-01-01", "starts": "2026-02-01"}], "ends = '2026-01-01'"),
        ("promotions", [{**TENTH, "max_applications": 2}], "max_applications above 1"),
        ("promotions", [{**TENTH, "max_discount": "1.00", "cap": "2.00"}], "cap: unknown field"),
        ("promotions", [{**TENTH, "automatic": False}], "automatic = False"),
        ("promotions", [{"id": "p", "kind": "buy_x_get_y", "get": {"free": False}}], "free = False"),
        ("promotions", [{**TENTH, "kind": "gift", "gift_sku": ["a", "b"]}], "one product"),
        ("promotions", ["p"], "promotion = 'p' must be an object"),
        ("promotions", [{"id": "p", "kind": "multi", "actions": []}], "actions = [] is not allowed"),
        ("promotions", [{**TENTH, "rounding": "sideways"}], "rounding = 'sideways'"),
        ("promotions", [{**TENTH, "priority": "high"}], "priority = 'high' must be a number"),
        ("cart", {**CART, "currency": "dollars"}, "currency = 'dollars'"),
        ("cart", {**CART, "zone": "Middle/Earth"}, "'Middle/Earth' is not a known time zone"),
        ("cart", {**CART, "policy": {"catalog": "coin toss"}}, "policy: catalog = 'coin toss'"),
        ("cart", {**CART, "lines": [{"id": "a", "unit_price": "10.00", "qty": -1}]}, "quantity = -1"),
        ("cart", {**CART, "lines": [{"id": "a", "unit_price": "10.001"}]}, "more decimals than USD allows"),
        ("cart", {**CART, "lines": [{"id": "a"}]}, "unit_price is missing"),
        ("cart", {**CART, "lines": [{"unit_price": "1.00"}]}, "id is missing"),
        ("cart", {**CART, "lines": "many"}, "lines = 'many'"),
        ("cart", {**CART, "tax_rate": "-0.2"}, "tax_rate = '-0.2'"),
        ("cart", {**CART, "now": "noon"}, "now = 'noon' is not a moment"),
        ("cart", {**CART, "basket": {"of": "bread"}}, "unknown field"),
    ],
)
def test_what_is_not_understood_is_named_and_stops_nothing(part, value, says):
    found = replay([changed(**{part: value}), changed(id="t")])
    assert found[1].result == "pass"
    assert found[0].result == "unsupported"
    assert says in found[0].difference


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "scenarios is missing"),
        ({"scenarios": {}}, "scenarios is missing"),
        ({"schema_version": 2, "scenarios": []}, "schema_version = 2"),
        ([1], "scenarios[0] = 1 must be an object"),
        ([{"id": "x"}], "cart = None must be an object"),
        ([{**SCENARIO, "promotions": {}}], "promotions = {} must be a list"),
        ("text", "scenarios is missing"),
    ],
)
def test_what_is_no_such_document_is_a_fault(document, says):
    with pytest.raises(InputError) as fault:
        replay(document)
    assert says in fault.value.message


def test_an_id_that_is_there_twice_stops_nothing():
    found = replay([SCENARIO, SCENARIO, changed(id="t")])
    assert [one.result for one in found] == ["pass", "unsupported", "pass"]
    assert found[1].difference == "scenarios[1]: id = 's' is there twice"


def test_a_file_is_read_and_its_faults_name_it(tmp_path):
    path = tmp_path / "scenarios.json"
    path.write_text(json.dumps({"scenarios": [SCENARIO]}))
    assert replay_file(path).as_dict() == [{"id": "s", "result": "pass", "difference": None}]
    for text in ("{", "[" * 100_000, '{"scenarios": 3}'):
        path.write_text(text)
        with pytest.raises(InputError, match=r"scenarios\.json"):
            replay_file(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"scenarios\.json"):
        replay_file(path)
    with pytest.raises(InputError, match=r"absent\.json"):
        replay_file(tmp_path / "absent.json")


def test_a_quirk_that_differs_does_not_fail_the_replay():
    wrong = changed(expected={"total": "1.00"})
    assert Replay(replay([wrong])).failed
    assert not Replay(replay([{**wrong, "portable": False}])).failed
    assert Replay(replay([changed(promotions=["p"])])).failed


def test_the_printed_form_has_a_line_for_each_and_a_summary():
    found = Replay(replay([SCENARIO, changed(id="t", expected={"total": "1.00"}, portable=False)]))
    assert found.text().splitlines() == [
        "pass  s",
        "FAIL  t  total: expected 1.00, got 18.00",
        "2 scenarios: 1 pass, 1 fail, 0 are not supported",
        "1 of 1 pass among those that are no engine's own quirk",
    ]
    assert "2 个场景" in found.text("zh")
    assert Replay(replay([SCENARIO])).text().endswith("\n1 scenario: 1 pass, 0 fail, 0 not supported")
