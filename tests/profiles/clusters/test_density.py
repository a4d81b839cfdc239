"""Segments by density: planted crowds are found, strangers between them are in none, odd shops break nothing."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles.clusters import CLUSTERINGS
from offersmith.profiles.clusters.base import APART, label
from offersmith.profiles.clusters.dbscan import fit as dbscan
from offersmith.profiles.clusters.dbscan import knee
from offersmith.profiles.clusters.density import core_distances
from offersmith.profiles.clusters.hdbscan import fit as hdbscan


def crowds(seed=1):
    """Return a shop of so many orders that their whole numbers do not form crowds of their own."""
    shop, truth = planted(seed=seed, noise=0.12)
    dice = np.random.default_rng(seed)
    return replaced(shop, "orders", 100 * shop["orders"].to_numpy() + dice.integers(-60, 60, len(truth))), truth


SHOP, TRUTH = crowds()
METHODS = pytest.mark.parametrize("fit", [hdbscan, dbscan])


@METHODS
def test_planted_crowds_are_found_in_the_order_of_value(fit):
    found = fit(SHOP, seed=1)
    labels = label(found, SHOP)["segment"].to_numpy()
    inside = labels != APART
    assert len(found.centres) == 4
    assert inside.mean() > 0.9
    assert adjusted_rand_score(TRUTH[inside], labels[inside]) > 0.98
    spend = SHOP["spend"].to_numpy()
    means = [spend[labels == one].mean() for one in range(1, 5)]
    assert means == sorted(means, reverse=True)
    assert found.stability is not None
    assert found.stability > 0.85


@METHODS
def test_a_customer_who_is_near_nobody_is_in_no_segment(fit):
    found = fit(SHOP, seed=1)
    assert found.place(found.centres).tolist() == [1, 2, 3, 4]
    between = found.centres.mean(axis=0, keepdims=True)
    assert found.place(between).tolist() == [APART]


@METHODS
def test_others_than_those_it_was_learned_from_are_labelled_and_a_seed_gives_the_same(fit):
    found = fit(SHOP, seed=1)
    other, truth = crowds(seed=5)
    labels = label(found, other)["segment"].to_numpy()
    inside = labels != APART
    assert inside.mean() > 0.85
    assert adjusted_rand_score(truth[inside], labels[inside]) > 0.98
    assert np.array_equal(label(fit(SHOP, seed=1), other)["segment"].to_numpy(), labels)


@METHODS
@pytest.mark.parametrize("rows", [1, 3, 15])
def test_few_customers_are_in_no_segment(fit, rows):
    found = fit(SHOP.slice(0, rows), seed=1)
    assert found.stability is None
    assert set(label(found, SHOP)["segment"].to_pylist()) <= {APART, 1}


@METHODS
def test_customers_who_are_all_alike_are_one_segment(fit):
    found = fit(SHOP.take(np.zeros(300, np.int64)), seed=1)
    assert len(found.centres) == 1
    assert label(found, SHOP)["segment"].unique().to_pylist() == [1]


@METHODS
def test_who_is_kept_out_is_labelled_and_marked(fit):
    orders = SHOP["orders"].to_numpy().copy()
    orders[:40] = 10**9
    shop, unlike = replaced(SHOP, "orders", orders), np.arange(SHOP.num_rows) < 40
    found = fit(shop.filter(pa.array(~unlike)), seed=1)
    assert found.customers == 760
    assert label(found, shop, unlike)["outlier"].to_numpy().sum() == 40
    assert not label(found, shop)["outlier"].to_numpy().any()


def test_core_distances_and_their_knee():
    line = np.arange(10.0)[:, None]
    assert core_distances(line, 3).tolist() == [2, *[1] * 8, 2]
    assert core_distances(line[:2], 5).tolist() == [1, 1]
    assert knee(np.array([1.0, 1.1, 1.2, 1.3, 9.0])) == 1.3
    assert knee(np.array([2.0])) == 2.0


def test_every_clustering_is_in_the_table_under_its_own_name():
    for name, fit in CLUSTERINGS.items():
        assert fit(SHOP, seed=2).method == name


def test_a_choice_that_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="share"):
        hdbscan(SHOP, seed=1, smallest=1.0)
    with pytest.raises(InputError, match="distance"):
        dbscan(SHOP, seed=1, epsilon=0.0)
    wide = dbscan(SHOP, seed=1, epsilon=50.0)
    assert len(wide.centres) == 1
