"""The reward model: from other customers only, close to the truth, and never worse than it must be."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from offersmith.response.reward import expected_rewards, seen_by


def drawn(rows=4_000, arms=3, seed=0, buyers=True):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 3))
    arm = rng.integers(0, arms, rows)
    chance = 1 / (1 + np.exp(1.5 - x[:, [0]] * np.linspace(0.2, 1.2, arms) - 0.3 * np.arange(arms)))
    mean = np.exp(2 + 0.5 * x[:, [1]]) * (1 + 0.2 * np.arange(arms))
    truth = chance * mean if buyers else 5 + 2 * x[:, [0]] * np.arange(arms) + x[:, [1]] ** 2
    noise = np.exp(0.4 * rng.standard_normal(rows) - 0.08)
    hit = rng.random(rows) < chance[np.arange(rows), arm]
    given = truth[np.arange(rows), arm]
    reward = hit * mean[np.arange(rows), arm] * noise if buyers else given + rng.standard_normal(rows)
    return x, arm, reward, rng.permutation(rows) % 5, truth


def table(x, arm, reward, fold, arms=3):
    found = dict(expected_rewards(x, arm, arms, reward, fold, 5))
    assert list(found) == list(range(arms))
    return np.column_stack(list(found.values()))


@pytest.mark.parametrize("buyers", [True, False])
def test_it_finds_most_of_what_can_be_known(buyers):
    x, arm, reward, fold, truth = drawn(buyers=buyers)
    made = table(x, arm, reward, fold)
    left = ((made - truth) ** 2).mean() / truth.var(axis=0).mean()
    assert left < (0.25 if buyers else 0.05)


def test_no_row_helps_to_predict_itself():
    x, arm, reward, fold, _ = drawn(900)
    made = table(x, arm, reward, fold)
    moved = reward.copy()
    moved[fold == 2] *= 1.02
    again = table(x, arm, moved, fold)
    inside = fold == 2
    assert np.abs(again[~inside] - made[~inside]).max() > 1e-4
    assert np.abs(again[inside] - made[inside]).max() < 1e-9


def test_without_features_it_is_the_mean_of_the_others_shrunk_towards_everybody():
    arm, reward = np.array([0, 0, 0, 1]), np.array([1.0, 2.0, 3.0, 10.0])
    made = table(np.zeros((4, 0)), arm, reward, np.arange(4), arms=3)
    everybody = (2 + 3 + 10) / 3
    assert made[0, 0] == pytest.approx((2 + 3 + 10 * everybody) / 12)
    assert made[0, 1] == pytest.approx((10 + 10 * everybody) / 11)
    assert made[0, 2] == pytest.approx(everybody)


def test_noise_keeps_to_the_mean():
    rng = np.random.default_rng(6)
    x, arm, fold = rng.standard_normal((900, 20)), rng.integers(0, 3, 900), rng.permutation(900) % 5
    reward = 1 + rng.standard_normal(900)
    made = table(x, arm, reward, fold)
    assert np.abs(made - 1).max() < 1.0
    assert ((made - 1) ** 2).mean() < 0.02


def test_constant_and_huge_columns_do_no_harm():
    x, arm, reward, fold, truth = drawn(2_000)
    odd = np.column_stack([x, np.full(2_000, 7.0), np.where(np.arange(2_000) == 5, 1e12, 0.0)])
    made = table(odd, arm, reward, fold)
    assert np.isfinite(made).all()
    assert ((made - truth) ** 2).mean() < 0.3 * truth.var(axis=0).mean()


def test_what_a_target_needs_is_taken_from_the_same_table():
    x, arm, reward, fold, _ = drawn(500)
    chances, cell = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]]), np.arange(500) % 2
    given, target = seen_by(chances, cell, x, arm, reward, fold, 5)
    made = table(x, arm, reward, fold)
    assert given == pytest.approx(made[np.arange(500), arm])
    assert target == pytest.approx((chances[cell] * made).sum(axis=1))


def test_threads_do_not_change_it():
    x, arm, reward, fold, _ = drawn(3_000)
    with threadpool_limits(limits=2):
        two = seen_by(np.eye(3), arm, x, arm, reward, fold, 5)
    one = seen_by(np.eye(3), arm, x, arm, reward, fold, 5)
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_a_handful_of_rows_is_enough_not_to_fail():
    for rows in (1, 2, 12):
        x, arm, reward, fold, _ = drawn(rows)
        assert np.isfinite(table(x, arm, reward, fold)).all()
