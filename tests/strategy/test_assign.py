import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy.assign import assign
from offersmith.strategy.exact import optimum
from offersmith.strategy.linear import LinearRow


def instance(rng, offers, customers, *, whole=False):
    cost = rng.gamma(2.0, 1.0, (offers, customers))
    value = cost * rng.gamma(1.5, 1.0, (offers, customers)) - rng.random((offers, customers))
    if whole:
        value, cost = np.round(value), np.round(cost)
    return value.astype(np.float32), cost.astype(np.float32)


def solve(value, cost, bound):
    return assign(value, [LinearRow("budget", cost, bound)])


def kept(value, cost, bound, made):
    """Recompute everything the certificate claims, in plain numpy."""
    given_one = np.flatnonzero(made.choice >= 0)
    usage = cost[made.choice[given_one], given_one].astype(np.float64).sum()
    worth = value[made.choice[given_one], given_one].astype(np.float64).sum()
    proof, row = made.certificate, made.certificate.rows[0]
    dual = (
        np.maximum((value.astype(np.float64) - row.price * cost.astype(np.float64)).max(axis=0, initial=0), 0).sum()
        + row.price * bound
    )
    assert usage <= bound * (1 + 1e-12)
    assert row.usage <= bound
    assert row.usage == pytest.approx(usage, rel=1e-12, abs=1e-12)
    assert proof.value == pytest.approx(worth, rel=1e-12, abs=1e-12)
    assert proof.dual_bound == pytest.approx(dual, rel=1e-9, abs=1e-9)
    assert proof.value <= proof.dual_bound
    assert proof.gap >= 0
    assert row.price >= 0
    assert proof.integral


@pytest.mark.parametrize("seed", range(120))
def test_agrees_with_the_oracle_within_its_certificate(seed):
    rng = np.random.default_rng(seed)
    offers, customers = int(rng.integers(1, 6)), int(rng.integers(1, 40))
    value, cost = instance(rng, offers, customers, whole=seed % 3 == 0)
    bound = float(rng.random() * cost.max(axis=0).sum() * 0.6)
    made = solve(value, cost, bound)
    kept(value, cost, bound, made)
    best, _ = optimum(value, [LinearRow("budget", cost, bound)])
    assert made.certificate.value <= best + 1e-6
    assert best <= made.certificate.dual_bound + 1e-6


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    offers=st.integers(1, 5),
    customers=st.integers(1, 60),
    share=st.floats(0, 1.2),
    whole=st.booleans(),
)
def test_what_it_claims_holds_and_order_does_not_matter(seed, offers, customers, share, whole):
    rng = np.random.default_rng(seed)
    value, cost = instance(rng, offers, customers, whole=whole)
    bound = share * float(cost.max(axis=0).sum())
    made = solve(value, cost, bound)
    kept(value, cost, bound, made)
    order = rng.permutation(customers)
    mixed = solve(np.ascontiguousarray(value[:, order]), np.ascontiguousarray(cost[:, order]), bound)
    assert mixed.certificate.value == pytest.approx(made.certificate.value, rel=1e-12)
    assert mixed.certificate.dual_bound == pytest.approx(made.certificate.dual_bound, rel=1e-9)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("step", [0.25, 0.5, 1.5])
def test_the_price_is_what_a_little_more_would_earn_and_a_little_less_would_lose(seed, step):
    rng = np.random.default_rng(seed)
    value, cost = (rng.gamma(2, scale, (3, 25)).astype(np.float32) for scale in (1, 0.5))
    bound = 6.0
    proof = solve(value, cost, bound).certificate
    price = proof.rows[0].price
    assert price > 0

    def best(most):
        return optimum(value, [LinearRow("budget", cost, most)])[0]

    def dual(most):
        return solve(value, cost, most).certificate.dual_bound

    # The price is a slope of the concave bound: it overstates what more earns and understates what less loses ...
    above, at, below = dual(bound + step), proof.dual_bound, dual(bound - step)
    assert above - at <= price * step + 1e-6
    assert at - below >= price * step - 1e-6
    # ... and the same of the true optima, but for what rounding to whole decisions may cost at either end.
    split = proof.dual_bound - best(bound)
    assert best(bound + step) - best(bound) <= price * step + split + 1e-6
    assert best(bound) - best(bound - step) >= price * step - split - 1e-6
    # Neither twice nor half the price is such a slope.
    assert above - at < 2 * price * step
    assert at - below > 0.5 * price * step
    # Of the relaxation only one customer is split: what that one may be worth bounds the gap from above.
    assert proof.dual_bound - proof.value <= value.max()
    assert 0.99 * best(bound) <= proof.value
    assert proof.gap <= 0.03


def test_the_gap_closes_with_the_number_of_customers():
    value, cost = instance(np.random.default_rng(1), 9, 20_000)
    bound = 0.2 * float(cost.mean(axis=0).sum())
    made = solve(value, cost, bound)
    kept(value, cost, bound, made)
    assert made.certificate.gap <= 1e-6


def test_two_runs_give_the_same_bits():
    value, cost = instance(np.random.default_rng(2), 4, 3_000)
    first, second = solve(value, cost, 700.0), solve(value, cost, 700.0)
    assert np.array_equal(first.choice, second.choice)
    assert first.certificate == second.certificate


def test_a_budget_that_does_not_bind_has_no_price():
    value, cost = instance(np.random.default_rng(3), 3, 50)
    made = solve(value, cost, 1e9)
    assert made.certificate.rows[0].price == 0
    assert made.certificate.gap == 0
    assert np.array_equal(made.choice, np.where(value.max(axis=0) > 0, value.argmax(axis=0), -1))


def test_without_a_budget_only_what_is_free_is_given():
    value = np.array([[5, 5, -1, 0], [2, 3, 4, 0]], np.float32)
    cost = np.array([[1, 1, 1, 0], [0, 1, 0, 0]], np.float32)
    made = solve(value, cost, 0.0)
    assert made.choice.tolist() == [1, -1, 1, -1]
    assert made.certificate.value == 6
    assert made.certificate.gap == 0


def test_nothing_worth_giving_is_not_given():
    value, cost = -np.ones((2, 5), np.float32), np.zeros((2, 5), np.float32)
    made = solve(value, cost, 10.0)
    assert made.choice.tolist() == [-1] * 5
    assert made.certificate.dual_bound == made.certificate.gap == 0


def test_equal_costs_and_values_fill_the_budget_to_the_last_one():
    made = solve(np.ones((3, 1000), np.float32), np.ones((3, 1000), np.float32), 137.0)
    assert int((made.choice >= 0).sum()) == 137
    assert made.certificate.gap == 0


@pytest.mark.parametrize("bound", [0.0, 1.0, 1.5, 2.0])
def test_one_customer(bound):
    made = solve(np.array([[3], [4]], np.float32), np.array([[1], [2]], np.float32), bound)
    assert made.choice.tolist() == {0.0: [-1], 1.0: [0], 1.5: [0], 2.0: [1]}[bound]


def test_no_customers_and_no_offers():
    for shape in ((3, 0), (0, 4), (0, 0)):
        made = solve(np.empty(shape, np.float32), np.empty(shape, np.float32), 5.0)
        assert made.choice.tolist() == [-1] * shape[1]
        assert made.certificate.value == made.certificate.gap == 0


def test_what_is_not_allowed_is_not_given():
    value = np.array([[-np.inf, 1], [2, -np.inf]], np.float32)
    made = solve(value, np.ones((2, 2), np.float32), 1.0)
    assert made.choice.tolist() == [1, -1]
    assert solve(value, np.ones((2, 2), np.float32), 2.0).choice.tolist() == [1, 0]


def test_extreme_ratios_do_not_lose_the_price():
    value = np.array([[1e6, 1.0, 1e-6, 5.0]], np.float32)
    cost = np.array([[1e-6, 1.0, 1e6, 1e-20]], np.float32)
    made = solve(value, cost, 1.0)
    kept(value, cost, 1.0, made)
    assert made.choice[0] == made.choice[3] == 0


@pytest.mark.parametrize(
    ("value", "cost", "bound", "fault"),
    [
        (np.nan, 1.0, 1.0, "every value"),
        (np.inf, 1.0, 1.0, "every value"),
        (1.0, -1.0, 1.0, "not negative"),
        (1.0, np.nan, 1.0, "not negative"),
        (1.0, np.inf, 1.0, "finite"),
        (1.0, 1.0, np.nan, "finite number"),
    ],
)
def test_impossible_numbers_are_refused(value, cost, bound, fault):
    with pytest.raises(InputError, match=fault):
        solve(np.full((2, 3), value, np.float32), np.full((2, 3), cost, np.float32), bound)


def test_a_negative_bound_is_infeasible_and_shapes_are_checked():
    ones = np.ones((2, 3), np.float32)
    with pytest.raises(InfeasibleError, match="not even giving nothing"):
        solve(ones, ones, -1.0)
    with pytest.raises(InputError, match="differ in shape"):
        solve(ones, np.ones((3, 2), np.float32), 1.0)
    with pytest.raises(InputError, match="float32"):
        solve(ones.astype(np.float64), ones, 1.0)
    with pytest.raises(InputError, match="exactly one row"):
        assign(ones, [])


def test_the_assignment_prints_as_plain_values():
    made = solve(np.ones((1, 3), np.float32), np.ones((1, 3), np.float32), 2.0)
    plain = made.as_dict()
    assert plain["counts"] == {-1: 1, 0: 2}
    assert plain["certificate"]["rows"][0]["slack"] == 0
    assert "budget: 2.00 of 2.00" in str(made.certificate)
