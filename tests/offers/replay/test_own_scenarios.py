"""The scenarios that are shipped: they pass, and every amount they state can fail."""

from copy import deepcopy
from decimal import Decimal

import pytest

from offersmith.money import DIGITS
from offersmith.offers.replay import own_scenarios, replay

DOCUMENTS = own_scenarios()
SCENARIOS = {raw["id"]: raw for document in DOCUMENTS.values() for raw in document["scenarios"]}
AMOUNTS = ("discount_total", "total", "refund", "order_discount", "subtotal", "total_with_tax", "points_earned")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_shipped_file_passes(name):
    assert {one.id: one.difference for one in replay(DOCUMENTS[name]) if one.result != "pass"} == {}


def test_there_are_enough_of_them_and_each_says_why():
    assert len(SCENARIOS) >= 100
    assert len(SCENARIOS) == sum(len(document["scenarios"]) for document in DOCUMENTS.values())
    assert all(raw["why"].endswith(".") for raw in SCENARIOS.values())
    assert all("total" in raw["expected"] or "refund" in raw["expected"] or "points_earned" in raw["expected"]
               for raw in SCENARIOS.values())  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_amount_that_is_off_by_the_smallest_coin_fails(name):
    raw = SCENARIOS[name]
    smallest = Decimal(1).scaleb(-DIGITS.get(raw["cart"]["currency"], 2))
    for field in AMOUNTS:
        if raw["expected"].get(field) is None:
            continue
        changed = deepcopy(raw)
        coin = smallest if field != "points_earned" else 1
        changed["expected"][field] = str(Decimal(raw["expected"][field]) + coin)
        (found,) = replay([changed])
        assert found.result == "fail", field
        assert f"{field}: expected {changed['expected'][field]}, got" in found.difference


@pytest.mark.parametrize("name", [name for name, raw in SCENARIOS.items() if raw["expected"].get("line_discounts")])
def test_a_split_that_is_off_by_the_smallest_coin_fails(name):
    raw = deepcopy(SCENARIOS[name])
    smallest = Decimal(1).scaleb(-DIGITS.get(raw["cart"]["currency"], 2))
    line = next(iter(raw["expected"]["line_discounts"]))
    raw["expected"]["line_discounts"][line] = str(Decimal(raw["expected"]["line_discounts"][line]) + smallest)
    (found,) = replay([raw])
    assert found.result == "fail"
    assert found.difference.startswith(f"line_discounts.{line}: expected")


@pytest.mark.parametrize("name", [name for name, raw in SCENARIOS.items() if raw["expected"].get("applied")])
def test_a_promotion_that_should_not_apply_fails(name):
    raw = deepcopy(SCENARIOS[name])
    raw["expected"]["not_applied"] = raw["expected"].pop("applied")
    (found,) = replay([raw])
    assert found.result == "fail"
    assert "not_applied" in found.difference
