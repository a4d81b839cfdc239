"""Which pieces an offer works on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.strategies import baskets, examples

from offersmith.errors import SettingsError
from offersmith.offers import scope
from offersmith.offers.base import Refusal
from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.till import Take, Till

BASKET = Basket((Line("a", 3, 900, "tea"), Line("b", 4, 500), Line("c", 1, 900, "tea")), "USD")


def pick(till: Till, **terms: Any) -> list[tuple[int, int]]:
    return scope.compiled(scope.check("here", terms, "USD"), "USD").pick(till)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, [(0, 0), (1, 0), (2, 0)]),
        ({"items": {"category": "tea"}}, [(0, 0), (2, 0)]),
        ({"max_pieces": 5}, [(1, 4), (0, 1)]),
        ({"max_pieces": 8}, [(1, 4), (0, 3), (2, 1)]),
        ({"max_pieces_per_line": 2}, [(0, 2), (1, 2), (2, 1)]),
        ({"every": 2}, [(0, 2), (1, 4)]),
        ({"every": 2, "max_pieces": 5, "items": {"category": "tea"}}, [(0, 2)]),
        ({"every": 3, "max_pieces_per_line": 1}, [(0, 1), (1, 1)]),
    ],
)
def test_the_cheapest_pieces_come_first_ties_in_the_order_of_the_basket(
    terms: dict[str, Any], expected: list[tuple[int, int]]
) -> None:
    assert pick(Till(BASKET, Context()), **terms) == expected


def test_what_is_free_already_is_passed_over() -> None:
    till = Till(BASKET, Context())
    till.take(0, [Take(1, 1000, 2)])
    assert till.left == [2700, 1000, 900, 0]
    assert pick(till) == [(0, 0), (1, 0), (2, 0)]
    assert pick(till, max_pieces=3) == [(1, 2), (0, 1)]
    free = Till(Basket((Line("a", 1, 0),), "USD"), Context())
    every, tea = scope.EVERYTHING, scope.compiled({"items": {"category": ["tea"]}}, "USD")
    assert every.pick(free) == []
    assert (every.nothing(free), tea.nothing(free)) == (Refusal("gives_nothing"), Refusal("no_matching_items"))


@examples(100)
@given(
    basket=baskets(plain=True),
    most=st.none() | st.integers(1, 9),
    line=st.none() | st.integers(1, 4),
    every=st.integers(1, 3),
)
def test_limits_hold_and_no_cheaper_piece_is_left(basket: Basket, most: int, line: int, every: int) -> None:
    till = Till(basket, Context())
    picked = pick(till, max_pieces=most, max_pieces_per_line=line, every=every)
    assert len({group for group, _ in picked}) == len(picked)
    taken = {group: pieces or till.count[group] for group, pieces in picked}
    may = {
        group: min(one.quantity // every * every, line or one.quantity)
        for group, one in enumerate(till.lines)
        if one.unit_price
    }
    assert sum(taken.values()) == min(sum(may.values()), most or sum(may.values()))
    for group, pieces in taken.items():
        assert 0 < pieces <= may[group]
        dearer = till.lines[group].unit_price
        assert all(taken.get(other, 0) == may[other] for other in may if till.lines[other].unit_price < dearer)


@pytest.mark.parametrize("name", scope.KEYS[1:])
@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2"])
def test_counts_are_whole_numbers_above_zero(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=f"here: {name} = "):
        scope.check("here", {name: value}, "USD")
