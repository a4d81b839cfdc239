"""Moves between segments: rows add up, joiners and leavers are counted."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles.clusters import kmeans
from offersmith.profiles.clusters.migration import migration, over_time

FIRST = datetime(2025, 1, 1)


def labels(of):
    return pa.table(
        {"customer_id": pa.array(list(of), pa.string()), "segment": pa.array(list(of.values()), pa.int64())}
    )


def test_moves_joiners_and_leavers_are_counted():
    found = migration(
        labels({"a": 1, "b": 1, "c": 2, "d": -1, "e": 0}), labels({"b": 1, "a": 2, "c": 2, "d": 1, "f": 1})
    )
    assert found.labels == (1, 2, 0, -1)
    assert found.table.to_pylist() == [
        {"before": 1, "after": 1, "customers": 1, "share": 0.5},
        {"before": 1, "after": 2, "customers": 1, "share": 0.5},
        {"before": 2, "after": 2, "customers": 1, "share": 1.0},
        {"before": 0, "after": None, "customers": 1, "share": 1.0},
        {"before": -1, "after": 1, "customers": 1, "share": 1.0},
        {"before": None, "after": 1, "customers": 1, "share": 1.0},
    ]
    assert (found.joined, found.left, found.stayed, found.moved) == (1, 1, 2, 2)
    assert found.counts().tolist() == [
        [1, 1, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
    ]


LABELLED = st.dictionaries(st.integers(0, 30).map(str), st.sampled_from([-1, 0, 1, 2, 3]), max_size=20)


@given(LABELLED, LABELLED)
def test_rows_and_columns_add_up(before, after):
    found = migration(labels(before), labels(after))
    counts = found.counts()
    for place, code in enumerate(found.labels):
        assert counts[place].sum() == list(before.values()).count(code)
        assert counts[:, place].sum() == list(after.values()).count(code)
    assert found.joined == len(set(after) - set(before)) == counts[-1].sum()
    assert found.left == len(set(before) - set(after)) == counts[:, -1].sum()
    assert found.joined + found.left + found.stayed + found.moved == len({*before, *after})
    for code in {row["before"] for row in found.table.to_pylist()}:
        shares = [row["share"] for row in found.table.to_pylist() if row["before"] == code]
        assert sum(shares) == pytest.approx(1.0)


def test_texts_are_labels_too():
    table = pa.table({"customer_id": ["a", "b"], "cell": ["lost", "champions"]})
    found = migration(table, table, column="cell")
    assert found.labels == ("champions", "lost")
    assert found.stayed == 2


def at(shop, days):
    return shop.replace_schema_metadata({"as_of": (FIRST + timedelta(days=days)).isoformat()})


def test_months_follow_each_other_with_segments_learned_once():
    shop, truth = planted()
    rng = np.random.default_rng(1)
    gone = (truth == 0) & (rng.random(len(truth)) < 0.3)
    later = replaced(shop, "recency", np.where(gone, 230.0, shop["recency"].to_numpy()))
    later = replaced(later, "orders", np.where(gone, 4, later["orders"].to_numpy()))
    later = replaced(later, "spend", np.where(gone, 20_000, later["spend"].to_numpy()))
    found = kmeans.fit(shop, seed=1, splits=4)
    first, second = over_time(found, [at(shop.slice(5), 0), at(shop, 31), at(later, 59)])
    assert (first.start, first.end) == (FIRST, FIRST + timedelta(days=31))
    assert (first.joined, first.left, first.moved) == (5, 0, 0)
    assert second.joined == second.left == 0
    row = next(row for row in second.table.to_pylist() if (row["before"], row["after"]) == (1, 3))
    assert row["customers"] == pytest.approx(gone.sum(), abs=3)
    assert second.moved == pytest.approx(gone.sum(), abs=3)


def test_what_cannot_be_compared_is_refused():
    one = labels({"a": 1})
    with pytest.raises(InputError, match="twice"):
        migration(pa.concat_tables([one, one]), one)
    with pytest.raises(InputError, match="lack segment"):
        migration(one.drop_columns(["segment"]), one)
    with pytest.raises(InputError, match="two types"):
        migration(one, pa.table({"customer_id": ["a"], "segment": ["x"]}))
    with pytest.raises(InputError, match="back in time"):
        migration(one, one, start=FIRST, end=FIRST)
    with pytest.raises(InputError, match="two moments"):
        over_time(kmeans.fit(planted()[0].slice(0, 9), seed=1), [planted()[0]])
