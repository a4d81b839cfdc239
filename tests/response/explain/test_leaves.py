"""Trees of LightGBM against the definition of Shapley values, by brute force."""

import itertools
from math import factorial

import lightgbm
import numpy as np
import pytest

from offersmith.response.bases.base import Flat
from offersmith.response.bases.trees import FittedTrees
from offersmith.response.explain.boosters import raw_shares
from offersmith.response.explain.explained import explain
from offersmith.response.explain.leaves import MOST, leaves
from offersmith.response.learners.separate import FittedSeparate

DRAW = np.random.default_rng(2)
X = DRAW.normal(size=(2000, 5))
Y = X[:, 0] * X[:, 1] + X[:, 2] * (X[:, 4] > 0) + DRAW.normal(size=2000)
USUAL, OWN = X[:30], X[100:104]
WAYS = {
    "boosting": {"num_leaves": 15},
    "forest": {"num_leaves": 31, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    "stump": {"num_leaves": 2, "min_data_in_leaf": 1500},
}


def grown(way, rounds=30):
    fixed = {"verbose": -1, "num_threads": 1, "objective": "regression", "seed": 1}
    return lightgbm.train(fixed | WAYS[way], lightgbm.Dataset(X, Y, params={"verbose": -1}), rounds)


def brute(trees, own, usual, players):
    """Return Shapley values of the trees' mean over the background, by every set of players."""
    p = len(players)

    def worth(chosen):
        mixed = np.repeat(usual[None], len(own), axis=0)
        for j in chosen:
            mixed[:, :, j] = own[:, [j]]
        return trees.predict(mixed.reshape(-1, usual.shape[1])).reshape(len(own), len(usual)).mean(axis=1)

    found = np.zeros((len(own), p))
    for j in range(p):
        others = [one for one in players if one != players[j]]
        for size in range(p):
            for chosen in itertools.combinations(others, size):
                weight = factorial(size) * factorial(p - size - 1) / factorial(p)
                found[:, j] += weight * (worth((*chosen, players[j])) - worth(chosen))
    return found, worth(())


@pytest.mark.parametrize("way", WAYS)
def test_shares_are_shapley_values_by_definition(way):
    trees = grown(way)
    found, base = raw_shares(trees.model_to_string(), OWN, USUAL)
    truth, usual = brute(trees, OWN, USUAL, list(range(5)))
    assert np.allclose(found, truth, rtol=0, atol=1e-12)
    assert base == pytest.approx(usual[0], abs=1e-12)
    assert np.allclose(found.sum(axis=1) + base, trees.predict(OWN), rtol=0, atol=1e-12)


def test_a_column_that_is_the_same_for_all_belongs_to_no_feature():
    trees = grown("boosting")
    found, base = raw_shares(trees.model_to_string(), OWN[:, :4], USUAL[:, :4], fixed={4: 0.7})
    own, usual = OWN.copy(), USUAL.copy()
    own[:, 4] = usual[:, 4] = 0.7
    truth, _ = brute(trees, own, usual, [0, 1, 2, 3])
    assert np.allclose(found, truth, rtol=0, atol=1e-12)
    assert np.allclose(found.sum(axis=1) + base, trees.predict(own), rtol=0, atol=1e-12)


def test_only_the_rounds_that_are_used_speak():
    trees = grown("boosting")
    found, base = raw_shares(trees.model_to_string(), OWN, USUAL, 7)
    assert np.allclose(found.sum(axis=1) + base, trees.predict(OWN, num_iteration=7), rtol=0, atol=1e-12)


def chain(features):
    """Return a tree that asks for one feature after the other, with all of them on its longest path."""
    x = np.repeat(np.tril(np.ones((features + 1, features)), -1), 20, axis=0)
    y = np.repeat(3.0 ** -np.arange(features, -1.0, -1.0), 20)
    plain = {"verbose": -1, "min_data_in_bin": 1}
    ways = {"num_threads": 1, "objective": "regression", "num_leaves": features + 1, "min_data_in_leaf": 1}
    trees = lightgbm.train(plain | ways, lightgbm.Dataset(x, y, params=plain), 1)
    return FittedTrees(trees.model_to_string()), x


def test_as_many_features_as_a_table_holds_are_taken_apart():
    tree, x = chain(MOST)
    assert leaves(tree.text, -1, ()).deepest == MOST
    found, base = raw_shares(tree.text, x[::20], x)
    assert np.allclose(found.sum(axis=1) + base, tree.predict(x[::20]), rtol=0, atol=1e-12)


def test_orders_are_drawn_where_a_path_has_more_features_than_a_table_holds():
    tree, x = chain(MOST + 1)
    assert leaves(tree.text, -1, ()).deepest == MOST + 1
    assert raw_shares(tree.text, x[::20], x) is None
    deep = FittedSeparate("t_deep", (tree, Flat(0.0)))
    found = explain(deep, [f"x{j}" for j in range(MOST + 1)], x[::60], x, draws=2)
    assert found.method == "sampled"
    assert found.error is not None
    assert np.allclose(found.effects, deep.effects(x[::60]), rtol=0, atol=1e-9)
