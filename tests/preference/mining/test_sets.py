"""Sets against counting by hand; rules of three only where each part of them adds something."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.preference.mining.shops import ITEMS, Basket, drawn, shop

from offersmith.preference.mining.incidence import Incidence, incidence
from offersmith.preference.mining.pairs import pairs
from offersmith.preference.mining.set_rules import set_rules
from offersmith.preference.mining.sets import Level, sets


def told(found: Incidence, levels: tuple[Level, ...]) -> dict[tuple[int, ...], int]:
    rows = ((members, count) for one in levels for members, count in zip(one.members, one.together, strict=True))
    return {tuple(int(found.items[at]) for at in members): int(count) for members, count in rows}


def counted(baskets: list[Basket], floor: int, most: int) -> dict[tuple[int, ...], int]:
    every = [some for size in range(2, most + 1) for some in combinations(range(ITEMS), size)]
    counts = {some: sum(set(some) <= one[2] for one in baskets) for some in every}
    return {some: count for some, count in counts.items() if count >= floor}


@given(drawn(), st.integers(1, 4), st.integers(2, 5))
def test_every_frequent_set_is_counted(baskets: list[Basket], floor: int, most: int) -> None:
    found = incidence(shop(baskets, ITEMS), 0.0, floor)
    assert told(found, sets(found, pairs(found), most)) == counted(baskets, floor, most)


@given(drawn(), st.integers(1, 6))
def test_a_bounded_level_keeps_the_commonest_and_counts_right(baskets: list[Basket], most_sets: int) -> None:
    found = incidence(shop(baskets, ITEMS), 0.0, 1)
    levels = sets(found, pairs(found), 4, most_sets)
    every, kept = counted(baskets, 1, 4), told(found, levels)
    assert all(every[some] == count for some, count in kept.items())
    assert all(len(one.together) <= most_sets for one in levels)
    two = sorted((count for some, count in every.items() if len(some) == 2), reverse=True)
    assert sorted(levels[0].together.tolist(), reverse=True) == two[:most_sets]
    assert levels[0].cut == max(len(two) - most_sets, 0)
    if not any(one.cut for one in levels):
        assert kept == every
    set_rules(found, levels, pa.array([f"p{at}" for at in range(len(found.items))]))


@given(drawn(), st.integers(1, 3))
def test_the_figures_of_rules_are_counts(baskets: list[Basket], floor: int) -> None:
    source = shop(baskets, ITEMS)
    found = incidence(source, 0.0, floor)
    levels = sets(found, pairs(found))
    rules = set_rules(found, levels, source.items.take(pa.array(found.items))).to_pylist()
    assert len(rules) == sum(one.members.size for one in levels[1:])
    for rule in rules:
        before, after = {int(one[1:]) for one in rule["before"]}, int(rule["after"][1:])
        assert rule["with_before"] == sum(before <= one[2] for one in baskets)
        assert rule["together"] == sum(before | {after} <= one[2] for one in baskets)
        assert rule["with_after"] == sum(after in one[2] for one in baskets)
        assert rule["q_value"] >= rule["p_value"]


def test_a_rule_of_three_needs_both_parts_before_it() -> None:
    rng = np.random.default_rng(5)
    held = rng.random((6_000, 6)) < 0.25
    held[:, 2] |= held[:, 0] & held[:, 1] & (rng.random(6_000) < 0.8)  # 0 and 1 together bring 2
    held[:, 4] |= held[:, 3] & (rng.random(6_000) < 0.8)  # 3 alone brings 4, 5 adds nothing
    baskets: list[Basket] = [(None, n, frozenset(np.flatnonzero(row).tolist())) for n, row in enumerate(held)]
    source = shop(baskets, 6)
    found = incidence(source, 0.01)
    rules = set_rules(found, sets(found, pairs(found), 3), source.items).to_pylist()
    sure = {(*rule["before"], rule["after"]) for rule in rules if rule["q_value"] < 0.01}
    assert ("p000", "p001", "p002") in sure
    assert ("p003", "p005", "p004") not in sure
    assert rules[0]["after"] in {"p000", "p001", "p002"}
