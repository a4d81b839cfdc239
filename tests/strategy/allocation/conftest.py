import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from offersmith.strategy.allocation.problem import Limit, Memory


def drawn(instance, limit):
    """Return (K, n): what giving each offer to each customer draws of a limit, the slow way."""
    source = [np.ones(instance.value.shape), instance.cost, np.where(np.isfinite(instance.value), instance.value, 0)]
    cell = np.broadcast_to(instance.cell, (instance.customers,)).astype(int)
    return sum(weight[:, cell] * one for weight, one in zip(limit.weight, [*source, *instance.extra], strict=False))


def used(instance, limit, choice):
    given = np.flatnonzero(choice >= 0)
    return float(drawn(instance, limit).astype(np.float64)[choice[given], given].sum())


def breaks(instance, limits, choice):
    """Return the largest violation of a limit, relative to its bound; at most 0 where all are kept."""
    over = [used(instance, limit, choice) - limit.bound for limit in limits]
    turned = [-one if limit.at_least else one for one, limit in zip(over, limits, strict=True)]
    return max((one / max(1.0, abs(limit.bound)) for one, limit in zip(turned, limits, strict=True)), default=-1.0)


@pytest.fixture(scope="session")
def judged():
    """Return a function that recomputes an answer's value and its dual bound, and holds it to every limit."""

    def judge(instance, limits, found):
        choice, proof = found.choice, found.certificate
        assert choice.dtype == np.int16
        assert ((choice >= -1) & (choice < instance.offers)).all()
        given = np.flatnonzero(choice >= 0)
        value = float(instance.value[choice[given], given].astype(np.float64).sum())
        assert breaks(instance, limits, choice) <= 1e-12
        assert proof.value == pytest.approx(value, rel=1e-9, abs=1e-9)
        reduced, price = instance.value.astype(np.float64), 0.0
        for limit, row in zip(limits, proof.rows, strict=True):
            assert (row.price <= 0) if limit.at_least else (row.price >= 0)
            assert row.usage == pytest.approx(used(instance, limit, choice), rel=1e-9, abs=1e-9)
            reduced = reduced - row.price * drawn(instance, limit)
            price += row.price * limit.bound
        dual = float(np.maximum(reduced.max(axis=0, initial=0.0), 0.0).sum()) + price
        assert proof.dual_bound == pytest.approx(dual, rel=1e-9, abs=1e-9)
        return value, dual

    return judge


@pytest.fixture(scope="session")
def shop():
    """Return a maker of instances with limits of every sort."""

    def make(customers, offers=4, cells=3, rows=4, seed=0, *, floor=False):
        rng = np.random.default_rng(seed)
        value = (rng.lognormal(0, 1, (offers, customers)) * (rng.random((offers, customers)) - 0.2)).astype(np.float32)
        value[rng.random(value.shape) < 0.1] = -np.inf
        cost = rng.lognormal(0, 0.5, value.shape).astype(np.float32)
        instance = Memory.of(value, cost, rng.integers(0, cells, customers).astype(np.uint16))
        wishes = np.where((value > 0).any(axis=0), value.argmax(axis=0), -1).astype(np.int16)
        limits = []
        for row in range(rows):
            weight = np.zeros((2, offers, instance.cells))
            mine, here = rng.random(offers) < 0.6, rng.random(instance.cells) < 0.6
            mine[rng.integers(offers)], here[rng.integers(instance.cells)] = True, True
            weight[row % 2][np.ix_(mine, here)] = 1
            limit = Limit(f"row {row}", weight, 0.0)
            limits.append(Limit(limit.name, weight, used(instance, limit, wishes) * rng.uniform(0.4, 0.9)))
        if floor:
            weight = np.zeros((2, offers, instance.cells))
            weight[0, :, 0] = 1
            limits.append(Limit("floor", weight, 0.1 * float((instance.cell == 0).sum()), at_least=True))
        return instance, limits

    return make


@pytest.fixture(scope="session")
def oracle():
    """Return the true optimum, by integer programming over everything; None where the limits cannot be kept."""

    def solve(instance, limits):
        allowed = np.isfinite(instance.value).ravel()
        worth = np.where(allowed, instance.value.ravel(), 0).astype(np.float64)
        cells, n = np.arange(worth.size), instance.customers
        once = csr_array((np.ones(worth.size), (cells % n, cells)), shape=(n, worth.size))
        sign = [-1.0 if limit.at_least else 1.0 for limit in limits]
        rows = [csr_array(s * drawn(instance, limit).reshape(1, -1)) for s, limit in zip(sign, limits, strict=True)]
        most = [1.0] * n + [s * limit.bound for s, limit in zip(sign, limits, strict=True)]
        found = milp(
            -worth,
            integrality=np.ones(worth.size),
            bounds=Bounds(0, allowed.astype(float)),
            constraints=LinearConstraint(csr_array(vstack([once, *rows])), -np.inf, most),
            options={"mip_rel_gap": 0.0},
        )
        return None if found.x is None else float(worth @ np.round(found.x))

    return solve
