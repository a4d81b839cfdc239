"""Pairs against counting by hand, and their measures against the textbook."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.preference.mining.shops import ITEMS, Basket, drawn, shop

from offersmith.errors import InputError
from offersmith.preference.mining.incidence import incidence
from offersmith.preference.mining.pairs import compared, joint, pair_rules, pairs


def counted(baskets: list[Basket], floor: int) -> dict[tuple[int, int], int]:
    found = {pair: sum(set(pair) <= one[2] for one in baskets) for pair in combinations(range(ITEMS), 2)}
    return {pair: count for pair, count in found.items() if count >= floor}


@given(drawn(), st.integers(1, 4), st.sampled_from([1, 7, 4_000_000]))
def test_every_pair_is_counted_in_parts_of_any_width(baskets: list[Basket], floor: int, entries: int) -> None:
    found = incidence(shop(baskets, ITEMS), 0.0, floor)
    some = pairs(found, entries)
    rows = zip(found.items[some.first], found.items[some.second], some.together, strict=True)
    assert {(int(a), int(b)): int(k) for a, b, k in rows} == counted(baskets, floor)
    every = np.array(list(combinations(range(len(found.items)), 2)), np.int64).reshape(-1, 2)
    both = joint(found.columns(), every[:, 0], every[:, 1], rows=3)
    expected = [sum({int(found.items[a]), int(found.items[b])} <= one[2] for one in baskets) for a, b in every]
    assert both.tolist() == expected


def test_the_measures_are_those_of_the_textbook() -> None:
    baskets: list[Basket] = [(None, n, frozenset(some)) for n, some in enumerate(
        [{0, 1}] * 6 + [{0, 1, 2}] * 2 + [{0}] * 2 + [{2}] * 10)]  # fmt: skip
    source = shop(baskets, 3)
    found = incidence(source, 0.0, 2)
    some = pairs(found)
    rules = pair_rules(found, some, source.items).to_pylist()
    (there,) = [rule for rule in rules if (rule["before"], rule["after"]) == (["p000"], "p001")]
    (back,) = [rule for rule in rules if (rule["before"], rule["after"]) == (["p001"], "p000")]
    assert (there["together"], there["with_before"], there["with_after"]) == (8, 10, 8)
    assert (there["support"], there["confidence"], there["lift"]) == pytest.approx((0.4, 0.8, 2.0))
    assert there["leverage"] == pytest.approx(0.4 - 0.5 * 0.4)
    assert there["conviction"] == pytest.approx((1 - 0.4) / (1 - 0.8))
    assert back["conviction"] is None
    assert there["p_value"] == back["p_value"] < 0.001
    assert there["q_value"] == pytest.approx(3 * there["p_value"])
    assert rules[0]["p_value"] == min(rule["p_value"] for rule in rules)


def test_what_chance_puts_together_is_hardly_ever_significant() -> None:
    rng = np.random.default_rng(3)
    held = rng.random((4_000, 40)) < rng.uniform(0.02, 0.3, 40)
    baskets: list[Basket] = [(None, n, frozenset(np.flatnonzero(row).tolist())) for n, row in enumerate(held)]
    found = incidence(shop(baskets, 40), 0.0, 5)
    how = compared(found, pairs(found))
    assert (how.q_value < 0.05).sum() <= 2
    planted: list[Basket] = [(who, at, one | {1} if 0 in one and at % 3 else one) for who, at, one in baskets]
    found = incidence(shop(planted, 40), 0.0, 5)
    some = pairs(found)
    how = compared(found, some)
    sure = np.flatnonzero(how.q_value < 0.01)
    assert (some.first[sure[0]], some.second[sure[0]]) == (0, 1)


def test_a_basket_too_long_is_left_out_and_counted() -> None:
    baskets: list[Basket] = [(0, 0, frozenset(range(1_000)))]
    baskets += [(1, n + 1, frozenset({1, 2})) for n in range(5)] + [(1, 9, frozenset({3}))]
    found = incidence(shop(baskets, 1_000, nameless=4))
    left = found.left
    assert (left.nameless, left.long_baskets, left.long_lines, left.rare_items) == (4, 1, 1_000, 998)
    some = pairs(found)
    assert (found.baskets, found.items[some.first].tolist(), some.together.tolist()) == (6, [1], [5])
    whole = incidence(shop(baskets, 1_000), 0.0, 1, most_lines=1_000)
    assert len(pairs(whole)) == 1_000 * 999 // 2


@pytest.mark.parametrize("baskets", [[], [(0, n, frozenset({n})) for n in range(50)]])
def test_an_empty_shop_and_one_where_all_is_bought_once_have_no_pairs(baskets: list[Basket]) -> None:
    source = shop(baskets, 50)
    found = incidence(source)
    assert len(pairs(found)) == 0
    assert pair_rules(found, pairs(found), source.items.take(pa.array(found.items))).num_rows == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [((-0.1, 5, 500), "min_support = -0.1"), ((1.5, 5, 500), "from 0 to 1"), ((0.1, 0, 500), "min_count = 0"),
     ((0.1, 1, 0), "most_lines = 0"), ((float("nan"), 5, 500), "min_support = nan")],
)  # fmt: skip
def test_floors_out_of_bounds_are_refused(asked: tuple[float, int, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        incidence(shop([], 1), *asked)
