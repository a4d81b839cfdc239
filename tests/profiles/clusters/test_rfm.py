"""The cells of recency, frequency and money."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.profiles.clusters.rfm import CELLS, cells, meaning, name, scores
from offersmith.words import LANGUAGES


def table(recency, orders, spend):
    ids = [f"c{i}" for i in range(len(orders))]
    columns = {"recency": pa.array(recency, pa.float64()), "orders": orders, "spend": spend}
    return pa.table({"customer_id": ids, **columns})


def test_the_best_is_a_champion_and_the_worst_is_lost():
    found = cells(table([1, 10, 100, 200, 300], [9, 5, 4, 2, 1], [900, 500, 400, 200, 100])).to_pylist()
    assert [row["r"] for row in found] == [5, 4, 3, 2, 1]
    assert found[0] == {"customer_id": "c0", "r": 5, "f": 5, "m": 5, "cell": "champions"}
    assert found[-1]["cell"] == "lost"


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        ((300, 50, 50_000), "cannot_lose_them"),
        ((300, 20, 20_000), "at_risk"),
        ((0.5, 1, 10), "new_customers"),
        ((0.5, 50, 50_000), "champions"),
    ],
)
def test_a_customer_among_a_hundred_falls_into_the_usual_cell(place, cell):
    rest = np.arange(1, 101)
    found = cells(table([*(2.0 * rest), place[0]], [*(rest * 0.3 + 1), place[1]], [*(rest * 250), place[2]]))
    assert found["cell"][-1].as_py() == cell


def test_who_has_not_bought_has_no_scores():
    found = cells(table([None, 3.0], [0, 2], [0, 50])).to_pylist()
    assert found[0] == {"customer_id": "c0", "r": None, "f": None, "m": None, "cell": "no_purchase"}
    assert found[1] == {"customer_id": "c1", "r": 3, "f": 3, "m": 3, "cell": "need_attention"}
    assert cells(table([], pa.array([], pa.int64()), pa.array([], pa.int64()))).num_rows == 0


def test_many_equal_customers_score_the_lowest_and_the_best_the_highest():
    assert scores(np.array([1.0] * 60 + [2.0] * 20 + [3.0] * 20)).tolist() == [1] * 60 + [4] * 20 + [5] * 20
    assert scores(np.array([1.0] * 30 + [2.0] * 70)).tolist() == [1] * 30 + [5] * 70
    assert scores(np.full(7, 4.0)).tolist() == [3] * 7
    assert scores(np.array([5.0, 1.0, 3.0])).tolist() == [5, 1, 3]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_scores_keep_the_order_and_know_no_names(values, dice):
    found = scores(np.array(values, np.float64))
    assert set(found) <= {1, 2, 3, 4, 5}
    for a, b in zip(range(len(values)), range(1, len(values)), strict=False):
        assert (found[a] < found[b]) <= (values[a] < values[b])
        assert (values[a] == values[b]) <= (found[a] == found[b])
    order = dice.sample(range(len(values)), len(values))
    assert scores(np.array(values, np.float64)[order]).tolist() == found[order].tolist()


def test_fifths_of_distinct_values_are_even():
    assert np.bincount(scores(np.random.default_rng(1).permutation(1000) * 1.0)).tolist() == [
        0,
        200,
        200,
        200,
        200,
        200,
    ]


def test_every_cell_is_reached_and_has_words():
    grid = [(r, f) for r in range(5) for f in range(5)]
    found = cells(table([50.0 - r for r, _ in grid], [f + 1 for _, f in grid], [f + 1 for _, f in grid]))
    assert set(found["cell"].to_pylist()) == set(CELLS) - {"no_purchase"}
    for language in LANGUAGES:
        assert len({name(cell, language) for cell in CELLS}) == len(CELLS)
        assert all(meaning(cell, language) for cell in CELLS)


def test_a_table_that_lacks_a_feature_is_refused():
    with pytest.raises(InputError, match="spend"):
        cells(table([1.0], [1], [1]).drop_columns(["spend"]))
    with pytest.raises(InputError, match="not a number"):
        scores(np.array([1.0, np.nan]))
