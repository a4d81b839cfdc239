"""What the best plan expects at other budgets: agrees with the plan, never falls, bends one way, and has a knee."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from offersmith.errors import InfeasibleError
from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.allocation.problem import COST, Limit
from offersmith.strategy.exact import optimum
from offersmith.strategy.frontier import BENT, COLD_START, NO_BUDGET_NEEDED, _solved, frontier
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.linear import LinearRow
from offersmith.strategy.plan import make

NOON = datetime.fromisoformat("2026-01-01T12:00")


def shop(customers, offers=3, seed=0):
    """Values and costs of which most are worth giving."""
    rng = np.random.default_rng(seed)
    cost = rng.gamma(2, 1, (offers, customers))
    value = cost * rng.gamma(1.5, 1, (offers, customers)) - 0.5
    return value.astype(np.float32), cost.astype(np.float32)


def pair_of(customers, offers):
    shape = (offers, customers)
    sixteenths = st.integers(-64, 640).map(lambda x: x / 16)
    paid = st.integers(1, 160).map(lambda x: x / 16)
    return st.tuples(arrays(np.float32, shape, elements=sixteenths), arrays(np.float32, shape, elements=paid))


instances = st.tuples(st.integers(1, 30), st.integers(1, 4)).flatmap(lambda shape: pair_of(*shape))
budgets = st.integers(0, 4000).map(lambda x: x / 16)


@settings(deadline=None, max_examples=60)
@given(instances, budgets)
def test_more_budget_never_earns_less_and_each_unit_more_earns_no_more_than_the_last(instance, stated):
    value, cost = instance
    found = frontier(value, cost, Keeping.of(stated, len(value)))
    assert found.stated == stated
    if not (value > 0).any():
        assert (found.points, found.enough, found.knee, found.reason) == ((), None, None, NO_BUDGET_NEEDED)
        return
    assert found.reason == ""
    at = [point.budget for point in found.points]
    assert at == sorted(set(at))
    assert {0.0, stated, found.enough} <= set(at)
    assert len(at) <= 12
    first, last = found.points[0], found.points[-1]
    assert (first.budget, first.spent, first.expected_profit, first.customers) == (0, 0, 0, 0)
    assert last.expected_profit == pytest.approx(np.maximum(value, 0).max(axis=0).sum(dtype=float))
    assert last.shadow_price == 0
    stays = {0.0, stated, found.enough, found.knee and found.knee.budget}
    for before, point in pairwise(found.points):
        assert point.budget in stays or point.expected_profit > before.expected_profit
    for point in found.points:
        assert 0 <= point.spent <= point.budget
        assert point.expected_profit <= point.bound
        # What is not split is less than what one customer can be worth.
        assert point.bound - point.expected_profit <= value.max() + 1e-6
    slack = 1e-9 * last.bound
    for low, high in pairwise(found.points):
        assert low.expected_profit <= high.expected_profit
        assert low.bound <= high.bound + slack
        assert low.shadow_price >= high.shadow_price - 1e-9
        slope = (high.bound - low.bound) / (high.budget - low.budget)
        assert high.shadow_price - 1e-6 <= slope <= low.shadow_price + 1e-6
    # Concave: no point lies below the straight line between its neighbours.
    for low, middle, high in zip(found.points, found.points[1:], found.points[2:], strict=False):
        part = (middle.budget - low.budget) / (high.budget - low.budget)
        assert middle.bound >= low.bound + part * (high.bound - low.bound) - slack


@settings(deadline=None, max_examples=50)
@given(instances, budgets)
def test_past_what_is_enough_nothing_changes(instance, stated):
    found = frontier(*instance, Keeping.of(stated, len(instance[0])))
    past = [point for point in found.points if point.budget >= (found.enough or 0)]
    assert len({(point.spent, point.expected_profit, point.customers, point.shadow_price) for point in past}) <= 1
    for point in found.points:
        if point.budget < (found.enough or 0):
            assert point.spent < found.enough


@pytest.mark.parametrize("stated", [0.0, 3.0, 12.0, 1e6])
def test_small_ones_agree_with_the_exact_optimum(stated):
    value, cost = shop(12, seed=5)
    for point in frontier(value, cost, Keeping.of(stated, len(value))).points:
        best, _ = optimum(value, [LinearRow("budget", cost, point.budget)])
        assert best * 0.98 - 1e-6 <= point.expected_profit <= best + 1e-6
        assert best <= point.bound + 1e-6


def test_the_knee_is_where_the_curve_stands_highest_above_its_chord():
    value, cost = shop(3000)
    found = frontier(value, cost, Keeping.of(400.0, len(value)))
    knee, end = found.knee, found.points[-1]
    assert knee in found.points
    assert end.budget == found.enough

    def height(point):
        return point.expected_profit / end.expected_profit - point.budget / end.budget

    assert height(knee) == max(map(height, found.points)) > BENT
    # Around it no other budget stands higher: below it a unit earns more than the average unit, above it less.
    average = end.expected_profit / end.budget
    assert knee.shadow_price == pytest.approx(average, rel=0.01)
    for near in (0.9, 0.95, 1.05, 1.1):
        nearby = frontier(value, cost, Keeping.of(knee.budget * near, len(value)))
        assert nearby.knee == knee
        other = next(point for point in nearby.points if point.budget == nearby.stated)
        assert height(other) < height(knee)


def test_a_straight_curve_has_no_knee():
    cost = np.full((1, 40), 2.0, np.float32)
    found = frontier(3 * cost, cost, Keeping.of(20.0, len(cost)))
    assert found.knee is None
    assert [point.expected_profit for point in found.points if point.budget in (0, 20, 80)] == [0, 60, 240]


def test_two_prices_bend_where_the_dear_ones_begin():
    cost = np.ones((1, 100), np.float32)
    value = np.where(np.arange(100) < 30, 5.0, 1.0).astype(np.float32)[None]
    found = frontier(value, cost, Keeping.of(60.0, len(value)))
    assert found.knee is not None
    assert (found.knee.budget, found.knee.expected_profit, found.knee.customers) == (30, 150, 30)
    assert found.enough == 100


def test_what_costs_nothing_is_given_at_no_budget():
    value, cost = shop(50)
    cost[0] = 0
    found = frontier(value, cost, Keeping.of(10.0, len(value)))
    free = np.maximum(value[0], 0).sum(dtype=float)
    assert found.points[0].spent == 0
    assert found.points[0].expected_profit == pytest.approx(free)
    only = frontier(value[:1], cost[:1], Keeping.of(10.0, 1))
    assert (only.points, only.reason) == ((), NO_BUDGET_NEEDED)


def test_one_customer_has_no_budgets_between_nothing_and_everything():
    value, cost = np.array([[3.0]], np.float32), np.array([[2.0]], np.float32)
    assert [(point.budget, point.spent) for point in frontier(value, cost, Keeping.of(1.0, len(value))).points] == [
        (0, 0),
        (1, 0),
        (2, 2),
    ]
    assert [point.budget for point in frontier(value, cost, Keeping.of(9.0, len(value))).points] == [0, 2, 9]


def test_offers_that_may_not_be_given_are_not():
    value, cost = shop(200)
    value[1:] = -np.inf
    assert frontier(value, cost, Keeping.of(50.0, len(value))) == frontier(value[:1], cost[:1], Keeping.of(50.0, 1))


def test_the_order_of_customers_changes_nothing_but_the_last_digits():
    value, cost = shop(500)
    order = np.random.default_rng(3).permutation(500)
    first, second = (
        frontier(value, cost, Keeping.of(90.0, len(value))),
        frontier(value[:, order], cost[:, order], Keeping.of(90.0, len(value))),
    )
    for one, other in zip(first.points, second.points, strict=True):
        assert one.as_dict() == pytest.approx(other.as_dict(), rel=1e-9)


def test_nobody_and_a_negative_budget():
    nobody = np.zeros((2, 0), np.float32)
    assert frontier(nobody, nobody, Keeping.of(5.0, len(nobody))).reason == NO_BUDGET_NEEDED
    with pytest.raises(InfeasibleError):
        frontier(*shop(3), Keeping.of(-1.0, 3))


@pytest.mark.parametrize("explore", [0.0, 0.1])
def test_the_stated_budget_agrees_with_the_plan_without_lots(estimates, offers, explore):
    table, budget = estimates(400), Money(30_000, "USD")
    plan = make(table, offers, budget, PlanSettings(explore=explore), NOON, 7)
    best = plan if not explore else make(table, offers, budget, PlanSettings(explore=0.0), NOON, 7)
    at = next(point for point in plan.frontier.points if point.budget == budget.major)
    assert at.expected_profit == pytest.approx(best.expected_profit, rel=1e-6)
    assert at.spent == pytest.approx(best.spent, rel=1e-6)
    assert at.bound == pytest.approx(plan.certificate.dual_bound, rel=1e-6)
    assert at.shadow_price == plan.shadow_price > 0
    assert at.customers == 400 - best.counts["none"]
    plain = plan.as_dict()["frontier"]
    assert plain["stated"] == 300.0
    assert plain["points"] == [point.as_dict() for point in plan.frontier.points]
    assert plain["knee"] in plain["points"]


def test_a_first_experiment_has_none_and_says_why(estimates, offers):
    plan = make(estimates(100), offers, Money(30_000, "USD"), PlanSettings(), NOON, 7, cold=True)
    assert plan.as_dict()["frontier"] == {
        "points": [], "stated": 300.0, "enough": None, "knee": None, "reason": COLD_START
    }  # fmt: skip


def test_budgets_below_what_a_floor_asks_for_are_left_out_and_counted():
    value, cost = shop(200)
    weight = np.zeros((2, len(value), 1))
    weight[COST] = 1.0
    found = frontier(value, cost, Keeping.of(100.0, len(value), [Limit("floor", weight, 60.0, at_least=True)]))
    assert found.points[0].budget >= 60
    assert found.left_out == 3  # nothing, and the quarter and the half of what is stated
    assert 0 <= found.off == max(one.bound - one.value for one in found.points) / found.points[-1].bound
    plain = found.as_dict()
    assert (plain["left_out"], plain["off"]) == (found.left_out, found.off)
    assert frontier(value, cost, Keeping.of(100.0, len(value))).left_out == 0


@pytest.mark.parametrize(
    ("customers", "given", "bound", "told"),
    [(5000, False, 30.0, False), (5000, True, 30.0, True), (5000, False, 1.0, True), (300, False, 30.0, True)],
)
def test_giving_nothing_is_no_answer_where_much_more_may_be_possible(customers, given, bound, told):
    """Of few customers, where something is given, or where nothing much can be earned, it is the answer."""
    value = np.ones((1, customers), np.float32)
    choice = np.full(customers, -1, np.int8)
    choice[0] = 0 if given else -1
    answer = SimpleNamespace(choice=choice, certificate=SimpleNamespace(value=float(given), dual_bound=bound))
    keep = SimpleNamespace(alone=False, best=lambda value, cost, gap: answer)
    keep.at_budget = lambda budget: keep
    found = _solved(value, value, keep, 10.0, most=100.0)
    assert (found is answer) if told else (found is None)
