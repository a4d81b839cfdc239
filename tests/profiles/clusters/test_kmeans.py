"""Segments by k-means: the planted ones are found, refits agree, odd shops break nothing."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles.clusters import kmeans
from offersmith.profiles.clusters.base import NO_PURCHASE, label
from offersmith.profiles.clusters.scaling import IDEAS

SHOP, TRUTH = planted()


@pytest.fixture(scope="module")
def fitted():
    return kmeans.fit(SHOP, seed=3, splits=6)


@pytest.fixture(scope="module")
def labelled(fitted):
    return label(fitted, SHOP)["segment"].to_numpy()


def test_planted_segments_are_found_counted_and_ordered_by_value(fitted, labelled):
    assert fitted.chosen is not None
    assert fitted.chosen.segments == len(fitted.centres) == 4
    assert adjusted_rand_score(TRUTH, labelled) > 0.97
    assert fitted.stability is not None
    assert fitted.stability > 0.95
    spend = SHOP["spend"].to_numpy()
    means = [spend[one == labelled].mean() for one in range(1, 5)]
    assert means == sorted(means, reverse=True)


def test_what_was_tried_is_kept_and_the_clearest_of_the_stable_is_chosen(fitted):
    assert [one.segments for one in fitted.choices] == list(range(4, 11))
    assert fitted.chosen in fitted.choices
    compared = [one for one in fitted.choices if one.silhouette is not None]
    assert compared == [one for one in fitted.choices if one.stability >= kmeans.STABLE]
    assert fitted.chosen == max(compared, key=lambda one: one.silhouette)


def test_a_seed_gives_the_same_and_other_seeds_and_customers_the_same_segments(fitted, labelled):
    twice = kmeans.fit(SHOP, seed=3, splits=6)
    assert np.array_equal(twice.centres, fitted.centres)
    assert twice.choices == fitted.choices
    other, truth = planted(seed=77)
    elsewhere = kmeans.again(fitted, other, seed=9)
    assert adjusted_rand_score(label(elsewhere, SHOP)["segment"].to_numpy(), labelled) > 0.97
    assert np.mean(label(elsewhere, SHOP)["segment"].to_numpy() == labelled) > 0.97, "numbers keep their meaning"
    assert adjusted_rand_score(label(fitted, other)["segment"].to_numpy(), truth) > 0.97


def test_labels_do_not_depend_on_the_parts_a_table_comes_in(monkeypatch, fitted, labelled):
    monkeypatch.setattr("offersmith.profiles.clusters.base._PART", 37)
    assert np.array_equal(label(fitted, SHOP)["segment"].to_numpy(), labelled)


def test_who_has_not_bought_is_in_no_segment_and_forms_none(fitted, labelled):
    strangers = pa.table(
        {name: pa.array([0 if name == "orders" else None] * 200, kind) for name, kind in
         zip(SHOP.column_names[1:], SHOP.schema.types[1:], strict=True)}
        | {"customer_id": [f"s{i}" for i in range(200)]}
    ).select(SHOP.column_names)  # fmt: skip
    everybody = pa.concat_tables([SHOP, strangers])
    found = kmeans.fit(everybody, seed=3, splits=6)
    assert np.array_equal(found.centres, fitted.centres)
    labels = label(found, everybody)["segment"].to_numpy()
    assert (labels[-200:] == NO_PURCHASE).all()
    assert np.array_equal(labels[:-200], labelled)
    with pytest.raises(InputError, match="nobody has bought"):
        kmeans.fit(strangers, seed=1)


def test_a_bot_that_is_kept_out_is_labelled_and_marked(labelled):
    orders, spend = SHOP["orders"].to_numpy().copy(), SHOP["spend"].to_numpy().copy()
    orders[:3], spend[:3] = 100_000, 10**12
    shop = replaced(replaced(SHOP, "orders", orders), "spend", spend)
    unlike = np.arange(shop.num_rows) < 3
    found = kmeans.fit(shop.filter(pa.array(~unlike)), seed=3, splits=6)
    told = label(found, shop, unlike)
    assert np.flatnonzero(told["outlier"].to_numpy()).tolist() == [0, 1, 2]
    assert (told["segment"].to_numpy()[:3] >= 1).all()
    assert np.mean(told["segment"].to_numpy()[3:] == labelled[3:]) > 0.99
    assert found.customers == 797


@pytest.mark.parametrize("rows", [1, 2, 5, 30])
def test_few_customers_give_few_segments(rows):
    found = kmeans.fit(SHOP.slice(0, rows), seed=1)
    assert len(found.centres) == max(rows // 20, 1)
    assert set(label(found, SHOP.slice(0, rows))["segment"].to_pylist()) == {1}


def test_customers_who_are_all_alike_are_one_segment():
    same = SHOP.take(np.zeros(500, np.int64))
    found = kmeans.fit(same, seed=1)
    assert len(found.centres) == 1
    assert found.stability is None
    assert {why for _, why in found.scaling.dropped} == {"constant"}
    assert label(found, SHOP)["segment"].unique().to_pylist() == [1]


def test_two_kinds_of_customers_are_not_made_four():
    rows = np.where(np.arange(400) % 4 == 0, int(np.flatnonzero(TRUTH == 0)[0]), int(np.flatnonzero(TRUTH == 3)[0]))
    found = kmeans.fit(SHOP.take(rows), seed=1)
    assert len(found.centres) == 2
    assert found.stability == 1.0


def test_a_cloud_without_segments_is_cut_where_cuts_hold_and_says_how_firm_they_are():
    rng = np.random.default_rng(5)
    ids = [f"c{i}" for i in range(600)]
    cloud = {name: np.exp(rng.normal(3, 0.5, 600)) for name in ("recency", "spend", "tenure")}
    shop = pa.table({"customer_id": ids, "orders": rng.poisson(30, 600) + 1, **cloud})
    found = kmeans.fit(shop, seed=1, splits=4)
    tried = [one.ideas for one in found.choices]
    assert set(tried) == {4, 3}
    assert {one.axes for one in found.choices} == {4, 3, 1}
    assert found.stability == max(one.stability for one in found.choices if one.silhouette is not None)
    assert ("tenure", "unstable") in found.scaling.dropped
    assert ("coupons", "absent") in found.scaling.dropped


def test_only_one_idea_does():
    found = kmeans.fit(SHOP, seed=1, ideas=IDEAS[2:3], splits=4)
    assert found.scaling.names == ("spend",)
    assert len(found.centres) >= 4


@pytest.mark.parametrize("wrong", [{"least": 0}, {"least": 5, "most": 4}, {"splits": 1}])
def test_a_choice_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError):
        kmeans.fit(SHOP, seed=1, **wrong)
