"""Trees of LightGBM against the definition of Shapley values, by brute force."""

import itertools
from math import factorial

import lightgbm
import numpy as np
import pytest

from offersmith.response.explain.boosters import raw_shares

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
