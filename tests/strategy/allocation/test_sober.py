import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Limit, Memory
from offersmith.strategy.allocation.sober import sober


def season(seed, noise):
    """Return the truth and two independent estimates of it: value, cost each."""
    rng = np.random.default_rng(seed)
    cost = rng.lognormal(0, 0.6, (4, 6_000))
    value = cost * rng.gamma(2, 0.6, cost.shape) - 0.4
    seen = []
    for _ in range(2):
        guess = value + noise * value.std() * rng.standard_normal(value.shape)
        paid = cost * np.exp(0.3 * noise * rng.standard_normal(cost.shape) - 0.045 * noise**2)
        seen.append((guess.astype(np.float32), paid.astype(np.float32)))
    return (value, cost), seen


def limit(bound):
    weight = np.zeros((2, 4, 1))
    weight[1] = 1
    return Limit("budget", weight, bound)


def test_claims_are_true_on_average_and_the_budget_is_kept():
    claims, promises, spent = [], [], []
    for seed in range(20):
        (value, cost), (mine, other) = season(seed, 1.0)
        found = sober(Memory.of(*mine), [limit(2_000.0)], "budget", *other)
        given = np.flatnonzero(found.assignment.choice >= 0)
        offer = found.assignment.choice[given]
        truth = value[offer, given].sum()
        claims.append(found.claimed / truth)
        promises.append(found.promised / truth)
        spent.append(cost[offer, given].sum() / 2_000)
        assert found.cost + found.reserve <= 2_000
    assert np.mean(claims) == pytest.approx(1, abs=0.05)
    assert np.mean(promises) > 1.3  # what it would have said of itself
    assert max(spent) <= 1.0
    assert min(spent) > 0.85


def test_without_noise_nearly_all_is_spent():
    (value, cost), _ = season(0, 0.0)
    plain = value.astype(np.float32), cost.astype(np.float32)
    found = sober(Memory.of(*plain), [limit(2_000.0)], "budget", *plain)
    assert found.claimed == pytest.approx(found.promised)
    assert 0.95 * 2_000 < found.cost + found.reserve <= 2_000


def test_no_budget_gives_nothing_and_wrong_names_are_refused():
    _, (mine, other) = season(0, 1.0)
    nothing = sober(Memory.of(*mine), [limit(0.0)], "budget", *other)
    assert (nothing.assignment.choice == -1).all()
    assert (nothing.claimed, nothing.cost) == (0, 0)
    with pytest.raises(InputError, match=r"'money'.*budget"):
        sober(Memory.of(*mine), [limit(1.0)], "money", *other)
    with pytest.raises(InputError, match="must be of shape"):
        sober(Memory.of(*mine), [limit(1.0)], "budget", other[0][:, 1:], other[1])
