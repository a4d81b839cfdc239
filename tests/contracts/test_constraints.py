"""What every constraint promises; new ones are found in `CONSTRAINTS` alone."""

import numpy as np
import pytest

from offersmith.strategy.assign import assign
from offersmith.strategy.constraints import CONSTRAINTS, rows
from offersmith.strategy.constraints.base import Problem
from offersmith.strategy.exact import optimum

PRICED = [name for name, constraint in CONSTRAINTS.items() if not constraint.structural]


def problem(seed, budget=6.0):
    rng = np.random.default_rng(seed)
    value = rng.gamma(2, 1, (3, 25)).astype(np.float32)
    return value, Problem(rng.gamma(2, 0.5, (3, 25)).astype(np.float32), budget)


def test_the_table_is_whole():
    assert {"budget", "at_most_one"} <= set(CONSTRAINTS)
    assert all(constraint.name == name for name, constraint in CONSTRAINTS.items())
    assert [row.name for row in rows(problem(0)[1])] == PRICED


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_structural_limit_has_no_row_and_every_other_one_has(name):
    row = CONSTRAINTS[name].row(problem(0)[1])
    assert (row is None) == CONSTRAINTS[name].structural
    if row is not None:
        assert row.coefficients.shape == (3, 25)
        assert row.coefficients.dtype == np.float32


@pytest.mark.parametrize("name", PRICED)
@pytest.mark.parametrize("seed", range(20))
def test_never_violated_and_near_the_oracle(name, seed):
    value, limits = problem(seed)
    row = CONSTRAINTS[name].row(limits)
    made = assign(value, [row])
    given = np.flatnonzero(made.choice >= 0)
    assert row.coefficients[made.choice[given], given].astype(np.float64).sum() <= row.bound
    best, _ = optimum(value, [row])
    proof = made.certificate
    assert proof.value <= best + 1e-6
    assert best <= proof.dual_bound + 1e-6
    assert proof.value >= best * 0.99
    # Of the relaxation only one customer is split: what that one may be worth bounds the gap from above.
    assert proof.dual_bound - proof.value <= value.max()
    assert proof.gap <= 0.03


@pytest.mark.parametrize("name", PRICED)
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("step", [0.25, 0.5, 1.5])
def test_the_shadow_price_is_what_a_little_more_would_earn_and_a_little_less_would_lose(name, seed, step):
    value, limits = problem(seed)
    row = CONSTRAINTS[name].row(limits)
    proof = assign(value, [row]).certificate
    price = proof.rows[0].price
    assert price > 0

    def best(bound):
        return optimum(value, [type(row)(row.name, row.coefficients, bound)])[0]

    def dual(bound):
        return assign(value, [type(row)(row.name, row.coefficients, bound)]).certificate.dual_bound

    # The price is a slope of the concave bound: it overstates what more earns and understates what less loses ...
    above, at, below = dual(row.bound + step), proof.dual_bound, dual(row.bound - step)
    assert above - at <= price * step + 1e-6
    assert at - below >= price * step - 1e-6
    # ... and the same of the true optima, but for what rounding to whole decisions may cost at either end.
    split = proof.dual_bound - best(row.bound)
    assert best(row.bound + step) - best(row.bound) <= price * step + split + 1e-6
    assert best(row.bound) - best(row.bound - step) >= price * step - split - 1e-6
    # Neither twice nor half the price is such a slope.
    assert above - at < 2 * price * step
    assert at - below > 0.5 * price * step


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_one_customer_one_offer(name):
    value, limits = problem(5)
    made = assign(value, rows(limits))
    assert made.choice.shape == (25,)
    assert made.certificate.integral, name
