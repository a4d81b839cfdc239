"""Which lines a selector means."""

from __future__ import annotations

from typing import Any

import pytest

from offersmith.errors import SettingsError
from offersmith.offers import items
from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.till import Till

LINES = (
    Line("a", 1, 500, "tea", brand="Acme", attributes={"tags": ("sale", "new"), "colour": "red"}),
    Line("b", 2, 1000, "coffee", brand="Bean", attributes={"colour": "blue"}),
    Line("c", 3, 1500, "tea"),
    Line("a", 4, 2000),
)


def meant(selector: dict[str, Any], listed: list[int] | None = None) -> list[int]:
    till = Till(Basket(LINES, "USD"), Context())
    till.listed = listed or till.listed
    return items.compiled(items.check("here", selector, "USD"), "USD").groups(till)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, [0, 1, 2, 3]),
        ({"sku": "a"}, [0, 3]),
        ({"sku": ["a", "c"]}, [0, 2, 3]),
        ({"category": "tea"}, [0, 2]),
        ({"category": ["tea", "coffee"]}, [0, 1, 2]),
        ({"category": "tea", "sku": "a"}, [0]),
        ({"brand": ["Acme", "Bean"]}, [0, 1]),
        ({"attributes": {"tags": "new"}}, [0]),
        ({"attributes": {"colour": ["red", "blue"]}}, [0, 1]),
        ({"attributes": {"colour": "red", "tags": "old"}}, []),
        ({"attributes": {"size": "xl"}}, []),
        ({"min_unit_price": "10.00"}, [1, 2, 3]),
        ({"max_unit_price": "10"}, [0, 1]),
        ({"min_unit_price": "10.00", "max_unit_price": "15.00", "category": "tea"}, [2]),
        ({"exclude": {"category": "tea"}}, [1, 3]),
        ({"exclude": {"category": "tea", "sku": "a"}}, [1, 2, 3]),
        ({"sku": "a", "exclude": {"brand": "Acme"}}, [3]),
        ({"exclude": {"sku": "a", "exclude": {"brand": "Acme"}}}, [0, 1, 2]),
    ],
)
def test_conditions_are_met_together_values_are_alternatives(selector: dict[str, Any], expected: list[int]) -> None:
    assert meant(selector) == expected


def test_full_price_is_what_the_catalogue_left_alone() -> None:
    listed = [500, 1999, 4500, 8000]
    assert meant({"full_price_only": True}, listed) == [0, 2, 3]
    assert meant({"exclude": {"full_price_only": True}}, listed) == [1]
    assert meant({"full_price_only": True, "category": "tea", "exclude": {"sku": "a"}}, listed) == [2]


def test_a_selector_is_late_if_it_looks_at_catalogue_prices_anywhere() -> None:
    def late(selector: dict[str, Any]) -> bool:
        return items.compiled(items.check("here", selector, "USD"), "USD").late

    assert late({"full_price_only": True})
    assert late({"exclude": {"exclude": {"full_price_only": True}}})
    assert not late({"exclude": {"sku": "a"}})


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ([], r"\[\] is not a table"),
        ({"skus": "a"}, "does not know skus; allowed: sku"),
        ({"sku": []}, r"here\.sku: \[\]"),
        ({"sku": [1]}, r"here\.sku: \[1\]"),
        ({"attributes": "red"}, r"here\.attributes: 'red'"),
        ({"attributes": {"colour": 3}}, r"here\.attributes\.colour: 3"),
        ({"min_unit_price": "-1"}, "min_unit_price = '-1'"),
        ({"max_unit_price": "1.005"}, r"max_unit_price = '1\.005'"),
        ({"exclude": {"x": 1}}, r"here\.exclude does not know x"),
    ],
)
def test_faults_name_the_key_and_what_is_allowed(selector: Any, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        items.check("here", selector, "USD")


def test_the_normal_form_is_sorted_and_checks_again() -> None:
    raw = {"sku": ["b", "a", "b"], "attributes": {"z": "1", "a": ["y", "x"]}, "min_unit_price": 3, "exclude": {}}
    normal = items.check("here", raw, "USD")
    assert normal == {
        "sku": ["a", "b"], "attributes": {"a": ["x", "y"], "z": ["1"]}, "min_unit_price": "3.00",
    }  # fmt: skip
    assert items.check("here", normal, "USD") == normal
