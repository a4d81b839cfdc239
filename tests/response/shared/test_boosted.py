"""Trees with an effect of every arm in their leaves."""

import numpy as np

from offersmith.response.shared import boosted, kernels
from offersmith.response.shared.codes import codes, kernel
from offersmith.response.trial import Arm

ARMS = (Arm("none"), Arm("a"), Arm("b"))


def drawn(rows=20_000, seed=3, strength=0.5):
    luck = np.random.default_rng(seed)
    x = luck.standard_normal((rows, 6))
    arm = luck.integers(0, 3, rows)
    both = (x[:, 0] > 0) & (x[:, 1] > 0)
    effect = strength * np.column_stack([np.zeros(rows), both, x[:, 2] < -0.5])
    return x, arm, effect[np.arange(rows), arm] + luck.standard_normal(rows), effect


def grown(x, arm, target, seed=1):
    bending = boosted.Bending.learn(x)
    prior = kernel(codes(ARMS), np.full(3, 1 / 3), boosted.SPREAD)
    return bending, boosted.grow(bending.bins(x), arm, target, np.ones(len(x)), prior, np.arange(len(x)), seed)


def test_an_interaction_is_found():
    x, arm, target, _ = drawn()
    bending, trees = grown(x, arm, target)
    fresh, _, _, truth = drawn(seed=4)
    change = trees.predict(bending.bins(fresh))
    change -= change[:, [0]]
    for number in (1, 2):
        assert np.corrcoef(change[:, number], truth[:, number])[0, 1] > 0.75


def test_pure_noise_grows_next_to_nothing():
    x, arm, target, _ = drawn(strength=0.0)
    bending, trees = grown(x, arm, target)
    change = trees.predict(bending.bins(x))
    assert (change - change[:, [0]]).std() < 0.05


def test_the_same_seed_grows_the_same_trees():
    x, arm, target, _ = drawn(3000)
    first, second = (grown(x, arm, target)[1] for _ in range(2))
    np.testing.assert_array_equal(first.value, second.value)
    np.testing.assert_array_equal(first.feature, second.feature)


def test_evidence_is_that_of_the_gaussian_model():
    luck = np.random.default_rng(5)
    k = 4
    root = luck.standard_normal((k, k))
    prior = root @ root.T + 0.1 * np.eye(k)
    weight, pull = luck.uniform(0, 50, k), luck.standard_normal(k) * 10
    inner = np.linalg.inv(prior) + np.diag(weight)
    expected = 0.5 * pull @ np.linalg.solve(inner, pull) - 0.5 * np.linalg.slogdet(inner)[1]
    found = kernels.evidence(weight, pull, np.linalg.inv(prior))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_a_histogram_counts_every_row_once():
    x, arm, target, _ = drawn(2000)
    bins = boosted.Bending.learn(x).bins(x)
    rows, weight = np.arange(0, 2000, 2), np.random.default_rng(0).uniform(0.5, 2, 2000)
    leaf = (bins[0] > 10).astype(np.int64)
    found = kernels.histogram(bins, np.array([0, 3]), leaf, arm, weight, weight * target, rows, (2, boosted.BINS, 3))
    assert found.shape == (2, 2, boosted.BINS, 3, 2)
    for number in range(3):
        inside = rows[arm[rows] == number]
        np.testing.assert_allclose(found[1, :, :, number, 0].sum(), weight[inside].sum())
        np.testing.assert_allclose(found[1, :, :, number, 1].sum(), (weight * target)[inside].sum())
