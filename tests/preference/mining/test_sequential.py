"""What follows what, against looking at each customer; habits are no rules, and an order of things is one."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.preference.mining.shops import ITEMS, Basket, drawn, shop

from offersmith.errors import InputError
from offersmith.preference.mining import sequential
from offersmith.preference.mining.incidence import incidence
from offersmith.preference.mining.sequential import sequences
from offersmith.preference.mining.visits import visits


def by_customer(baskets: list[Basket]) -> list[list[set[int]]]:
    """Return the visits of each known customer; baskets at one moment are one."""
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for who, hour, items in baskets:
        if who is not None:
            found[who][hour] |= items
    return [[days[hour] for hour in sorted(days)] for _, days in sorted(found.items())]


def supports(days: list[set[int]], a: int, b: int, within: int) -> bool:
    return any(a in day and any(b in later for later in days[at + 1 : at + 1 + within]) for at, day in enumerate(days))


def by_habit(days: list[set[int]], a: int, b: int, within: int) -> float:
    soon = sum(any(a in before for before in days[max(at - within, 0) : at]) for at in range(len(days)))
    bought = sum(b in day for day in days)
    return 1 - math.comb(len(days) - soon, bought) / math.comb(len(days), bought)


@given(drawn(40), st.integers(1, 3), st.sampled_from([1, 4_000_000]))
def test_customers_are_counted(baskets: list[Basket], within: int, entries: int) -> None:
    source = shop(baskets, ITEMS)
    found = incidence(source, 0.0, 1)
    floor, sequential.MIN_CUSTOMERS = sequential.MIN_CUSTOMERS, 1
    try:
        rules = sequences(found, source.items.take(pa.array(found.items)), within, 0.0, entries).to_pylist()
    finally:
        sequential.MIN_CUSTOMERS = floor
    people, got = by_customer(baskets), {(rule["before"], rule["after"]): rule for rule in rules}
    for a in range(ITEMS):
        for b in set(range(ITEMS)) - {a}:
            count = sum(supports(days, a, b, within) for days in people)
            rule = got.pop((f"p{a:03}", f"p{b:03}"), None)
            assert (rule is not None) == (count > 0)
            if rule:
                assert rule["customers"] == count
                assert rule["reverse"] == sum(supports(days, b, a, within) for days in people)
                assert rule["with_before"] == sum(any(a in day for day in days[:-1]) for days in people)
                assert rule["expected"] == pytest.approx(sum(by_habit(days, a, b, within) for days in people))
    assert not got


def test_visits_of_one_moment_are_one_and_nobody_has_none() -> None:
    baskets: list[Basket] = [(0, 1, frozenset({0})), (0, 1, frozenset({1})), (0, 2, frozenset({2})),
                             (None, 1, frozenset({3})), (None, 1, frozenset({3}))]  # fmt: skip
    found = incidence(shop(baskets, 4), 0.0, 1)
    assert visits(found).holds.toarray().tolist() == [[1, 1, 0, 0], [0, 0, 1, 0]]
    assert visits(found, nobody=True).lengths.tolist() == [2, 2]


def test_an_order_of_things_is_found_and_habits_are_not() -> None:
    rng = np.random.default_rng(11)
    baskets: list[Basket] = []
    for who in range(400):
        habit, pending = rng.uniform(0.02, 0.6), -1
        for visit in range(20):
            items = set(np.flatnonzero(rng.random(8) < habit).tolist())
            if pending == visit:
                items.add(9)  # the cartridge comes a visit or two after the printer
            if rng.random() < 0.08:
                items.add(8)
                pending = visit + int(rng.integers(1, 3))
            baskets.append((who, visit * 24, frozenset(items)))
    source = shop(baskets, 10)
    rules = sequences(incidence(source, 0.0, 5), source.items).to_pylist()
    sure = {(rule["before"], rule["after"]) for rule in rules if rule["q_value"] < 0.01}
    assert sure == {("p008", "p009")}
    assert rules[0]["order_q"] < 0.01
    assert rules[0]["customers"] > 1.5 * rules[0]["reverse"]


def test_nobody_known_and_no_basket_at_all_follow_nothing() -> None:
    for baskets in ([], [(None, n, frozenset({0, 1})) for n in range(9)], [(0, 5, frozenset({0, 1}))] * 9):
        source = shop(baskets, 2)
        found = incidence(source, 0.0, 1)
        assert sequences(found, source.items.take(pa.array(found.items))).num_rows == 0
    with pytest.raises(InputError, match="within = 0"):
        sequences(found, source.items, 0)
