import numpy as np
import pytest

from offersmith.errors import InfeasibleError
from offersmith.strategy.allocation.giants import apart, giants
from offersmith.strategy.allocation.problem import Limit, Memory
from offersmith.strategy.allocation.solve import allocate


@pytest.fixture(scope="module")
def with_giants(shop):
    """Return a maker of instances in which the first customers are worth and cost very many others."""

    def make(customers, times, seed):
        instance, limits = shop(customers, seed=seed)
        value, cost = instance.value.copy(), instance.cost.copy()
        value[~np.isfinite(value)] = -1
        for giant, many in enumerate(times):
            value[:, giant], cost[:, giant] = np.abs(value[:, giant]) * many, cost[:, giant] * many
        return Memory.of(value, cost, instance.cell), limits

    return make


@pytest.fixture(scope="module")
def draws(shop):
    """Return what an offer to one customer draws of a limit, the slow way."""

    def of(instance, limit, customer, offer):
        if offer < 0:
            return 0.0
        weight = limit.weight[:, offer, int(instance.cell[customer])]
        return float(weight @ np.array([1.0, instance.cost[offer, customer]])[: len(weight)])

    return of


def held(instance, limits, found):
    """Hold an answer to every limit, the slow way, and to what it says of itself."""
    given = np.flatnonzero(found.choice >= 0)
    offer = found.choice[given]
    assert found.certificate.value == pytest.approx(instance.value[offer, given].astype(np.float64).sum(), rel=1e-9)
    for limit, row in zip(limits, found.certificate.rows, strict=True):
        cell = instance.cell[given].astype(int)
        source = [np.ones(given.size), instance.cost[offer, given].astype(np.float64)]
        used = sum(float(w[offer, cell] @ one) for w, one in zip(limit.weight, source, strict=False))
        assert used <= limit.bound * (1 + 1e-12)
        assert row.usage == pytest.approx(used, rel=1e-9)
        assert row.bound == limit.bound
    assert found.certificate.value <= found.certificate.dual_bound


@pytest.mark.parametrize(("many", "seed"), [(2_000.0, 6), pytest.param(1e5, 3, marks=pytest.mark.slow)])
def test_one_huge_customer_gets_what_is_best_for_all(with_giants, draws, many, seed):
    instance, limits = with_giants(1_500, [many], seed)
    found = allocate(instance, limits)
    held(instance, limits, found)
    # Whatever the one gets, no more is possible, and the bound knows it.
    value = instance.value.copy()
    value[:, 0] = -np.inf
    others = Memory(value, instance.cost, instance.cell, instance.extra, instance.cells)
    best = []
    for offer in range(-1, instance.offers):
        left = [Limit(one.name, one.weight, one.bound - draws(instance, one, 0, offer)) for one in limits]
        try:
            rest = allocate(others, left).certificate.value
        except InfeasibleError:
            continue
        best.append(rest + (float(instance.value[offer, 0]) if offer >= 0 else 0.0))
    assert found.certificate.value == pytest.approx(max(best), rel=1e-6)
    assert found.certificate.dual_bound >= max(best) * (1 - 1e-9)
    # What is left is that of a thousand others: prices alone would leave a fifth.
    assert found.certificate.gap < 1e-3


@pytest.mark.slow
def test_several_huge_customers_leave_no_gap_either(with_giants):
    instance, limits = with_giants(2_000, [3_000.0, 1_500.0, 800.0], 2)
    found = allocate(instance, limits)
    held(instance, limits, found)
    assert found.certificate.gap < 1e-3


def test_nothing_is_solved_again_where_nobody_is_huge(shop):
    instance, limits = shop(3_000, seed=1)
    found = allocate(instance, limits)
    assert not giants(instance, found).size

    def never(rest, left):
        raise AssertionError("there is nothing to try")

    assert apart(instance, limits, found, never) is found


def ladder_that_leaves_nothing():
    """Return customers of whom the upper half only loses by an offer, and must earn as much as the lower half."""
    rng = np.random.default_rng(5)
    cost = rng.lognormal(0, 0.5, (5, 4_000)).astype(np.float32)
    longer = np.arange(4_000) >= 2_000
    value = (np.where(longer, -0.5, 1.0) * cost * rng.gamma(2, 0.8, cost.shape) - 0.3).astype(np.float32)
    weight = np.zeros((3, 5, 2))
    weight[2, :, 0], weight[2, :, 1] = -1.0, 1.0
    instance = Memory.of(value, cost, longer.astype(np.uint16))
    return instance, [Limit("ladder", weight, 0.0, at_least=True)]


def test_where_more_are_giants_than_can_be_at_once_none_is_tried():
    instance, limits = ladder_that_leaves_nothing()
    found = allocate(instance, limits)
    worth = np.abs(instance.value).max(axis=0)
    assert (worth > abs(found.certificate.dual_bound)).all()
    assert not giants(instance, found).size


def test_where_limits_leave_only_losses_nobody_gets_anything():
    found = allocate(*ladder_that_leaves_nothing())
    assert found.certificate.value == 0
    assert (found.choice == -1).all()
    assert found.certificate.rows[0].slack >= 0
