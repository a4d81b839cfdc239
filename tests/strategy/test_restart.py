import numpy as np
import pytest

from offersmith.strategy.assign import assign
from offersmith.strategy.exact import optimum
from offersmith.strategy.linear import LinearRow


def test_one_customer_worth_more_than_the_best_ratios():
    value, cost = np.array([[2, 100]], np.float32), np.array([[1, 100]], np.float32)
    made = assign(value, [LinearRow("budget", cost, 100.0)])
    assert made.choice.tolist() == [-1, 0]


@pytest.mark.parametrize("seed", range(40))
def test_small_instances_reach_at_least_half_of_the_optimum(seed):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(0.5, 2, (3, 12)).astype(np.float32)
    value = (cost * rng.gamma(1.5, 1, cost.shape)).astype(np.float32)
    row = LinearRow("budget", cost, float(rng.random() * 8))
    best, _ = optimum(value, [row])
    assert assign(value, [row]).certificate.value >= 0.5 * best - 1e-6
