"""Counts over arrays agree with a plain loop over customers."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.strategy.compare.base import Fortune, Sums
from offersmith.strategy.compare.moves import BETTER, EQUAL, WORSE, Decided, Moves, by_segment, index, pair

OFFERS = ("none", "five", "ten")


def decided(rows):
    ids, offers, profit, cost, lot = zip(*rows, strict=True) if rows else ((),) * 5
    reasons = [["by_lot"] if drawn else ["most_profit", "bought_lately"] for drawn in lot]
    table = pa.table(
        {
            "customer_id": pa.array(ids, pa.string()),
            "offer_id": pa.array(offers, pa.string()),
            "expected_profit": pa.array(profit, pa.float64()),
            "expected_cost": pa.array(cost, pa.float64()),
            "reasons": pa.chunked_array([pa.array(reasons, pa.list_(pa.string()))]),
        }
    )
    return Decided.of(table, OFFERS)


COSTS = {"none": 0.0, "five": 1.0, "ten": 2.0}


@st.composite
def plans(draw):
    """Draw the decisions of two plans about customers some of whom are in both."""
    made = []
    for _ in range(2):
        ids = draw(st.lists(st.integers(0, 12), unique=True, max_size=12).map(sorted))
        rows = [
            (f"c{one:02}", draw(st.sampled_from(OFFERS)), draw(st.integers(-4, 9)) / 4, draw(st.booleans()))
            for one in ids
        ]
        made.append(
            [(name, offer, profit, COSTS[offer] * (1 + int(name[1:]) / 8), lot) for name, offer, profit, lot in rows]
        )
    return made  # fmt: skip


@given(plans(), st.lists(st.booleans(), min_size=3, max_size=3))
@settings(max_examples=150, deadline=None)
def test_moves_agree_with_a_loop(both, same):
    same[0] = True
    one, two = ({row[0]: row for row in rows} for rows in both)
    moves = Moves.between(*(decided(rows) for rows in both), np.array(same))
    counts, moved, drawn, fates, settled = Counter(), 0, 0, [], Counter()
    for name in sorted(one.keys() & two.keys()):
        before, after = one[name], two[name]
        kept = before[1] == after[1] and same[OFFERS.index(after[1])]
        gain = 0 if kept else after[3] - before[3]
        fate = BETTER if gain > 0 else WORSE if gain < 0 else EQUAL
        fates.append(fate)
        counts[OFFERS.index(before[1]), OFFERS.index(after[1]), fate] += 1
        moved += not kept
        settled[fate] += not (before[4] or after[4])
        drawn += not kept and (before[4] or after[4])
    assert {tuple(where): moves.counts[tuple(where)] for where in np.argwhere(moves.counts)} == dict(counts)
    assert moves.settled.tolist() == [settled[fate] for fate in (EQUAL, BETTER, WORSE)]
    assert (moves.moved, moves.by_lot, moves.fate.tolist()) == (moved, drawn, fates)
    common = one.keys() & two.keys()
    assert moves.cost.sum() == pytest.approx(sum(two[name][3] - one[name][3] for name in common))
    assert moves.profit.sum() == pytest.approx(sum(two[name][2] - one[name][2] for name in common))


def test_an_offer_s_fortune_counts_those_who_stay_once():
    before = decided([("a", "five", 1, 1, False), ("b", "five", 1, 1, False), ("c", "none", 0, 0, False)])
    after = decided([("a", "five", 1, 1, False), ("b", "none", 0, 0, False), ("c", "five", 1, 1, False)])
    moves = Moves.between(before, after, np.ones(3, bool))
    assert moves.of_offer(1) == Fortune(better=1, equal=1, worse=1)
    assert moves.of_offer(0) == Fortune(better=1, equal=0, worse=1)
    assert moves.of_offer(2) == Fortune()


def test_the_same_offer_on_the_same_terms_is_equal_whatever_the_estimates_say():
    before, after = decided([("a", "five", 1, 1.0, False)]), decided([("a", "five", 1, 1.5, False)])
    assert Moves.between(before, after, np.ones(3, bool)).fate.tolist() == [EQUAL]
    assert Moves.between(before, after, np.array([True, False, True])).fate.tolist() == [BETTER]


def test_pairs_do_not_hang_on_the_order_nor_on_chunks():
    before = pa.chunked_array([["b", "a"], ["c"]], pa.large_string())
    after = pa.chunked_array([["c"], ["d", "a"]], pa.large_string())
    found = pair(before, after)
    assert [before[int(i)].as_py() for i in found.first] == ["c", "a"]
    assert [after[int(i)].as_py() for i in found.second] == ["c", "a"]
    assert index(after, before).tolist() == [2, -1, 1]


def test_segments_add_up_and_customers_without_one_are_told_apart():
    before = decided([("a", "five", 2, 1, False), ("b", "none", 0, 0, False), ("c", "ten", 3, 2, False)])
    after = decided([("b", "ten", 4, 2, False), ("c", "none", 0, 0, False), ("d", "five", 1, 1, False)])
    moves = Moves.between(before, after, np.ones(3, bool))
    segments = pa.table({"customer_id": ["b", "a", "x", "d"], "segment": ["loyal", "loyal", "new", "new"]})
    groups = by_segment(before, after, moves, segments)
    assert {group.name: (group.before, group.after, group.fortune) for group in groups} == {
        "loyal": (Sums(2, 1, 2, 1), Sums(1, 1, 4, 2), Fortune(better=1)),
        "new": (Sums(), Sums(1, 1, 1, 1), Fortune()),
        "": (Sums(1, 1, 3, 2), Sums(1, 0, 0, 0), Fortune(worse=1)),
    }
    sizes = [group.after.customers for group in groups]
    assert all(one >= two for one, two in pairwise(sizes))


def test_what_is_missing_is_counted():
    with pytest.raises(InputError, match="2 missing values"):
        decided([("a", "five", None, 1, False), ("b", "five", None, 1, False)])
