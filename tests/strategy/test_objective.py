"""Goals: whatever is made large, nothing within the limits has more of it, and limits go on speaking of profit."""

from dataclasses import replace
from datetime import datetime
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy import exact
from offersmith.strategy.allocation.problem import COST, COUNT, VALUE, Limit
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.goal_words import goal_lines
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.linear import LinearRow
from offersmith.strategy.objective import OBJECTIVES, Goal, as_cost, as_value, settle
from offersmith.strategy.plan import make
from offersmith.vocabulary import ESTIMATES, Offer
from offersmith.words import LANGUAGES

NOON = datetime(2026, 3, 1, 12)
OFFERS = [Offer("five", "percent_off", {"percent": 5}), Offer("ten", "percent_off", {"percent": 10})]
ALONE = PlanSettings(explore=0.0)
SMALL = settings(max_examples=12, deadline=None)


def shop(seed, customers, offers=2, margin=0.3):
    """Estimates in which what earns most, what sells most and what is surest are different offers."""
    rng = np.random.default_rng(seed)
    shape = (offers, customers)
    cost = rng.gamma(2, 1, shape)
    revenue = cost * rng.gamma(2, 2, shape) - 1
    spread = rng.gamma(1, 1, shape)
    ids = pa.array([f"c{place:04}" for place in range(customers)], pa.string())
    allowed = rng.random(shape) < 0.9
    laid = (np.where(allowed, each, 0.0) for each in (margin * revenue - cost, cost, spread, revenue))
    return Candidates(ids, tuple(f"o{k}" for k in range(offers)), allowed, *laid)


def table(seed, customers):
    rng = np.random.default_rng(seed)
    rows = customers * len(OFFERS)
    cost, zero = rng.gamma(2, 1, rows), np.zeros(rows)
    revenue = cost * rng.gamma(2, 2, rows) - 1
    spread = rng.gamma(1, 1, rows)
    ids = [f"c{place:04}" for place in range(customers) for _ in OFFERS]
    names = [offer.offer_id for offer in OFFERS] * customers
    columns = [ids, names, zero, zero, revenue, 0.3 * revenue - cost, cost, spread, ["m1"] * rows]
    return pa.table([pa.array(column) for column in columns], schema=ESTIMATES)


def planned(seed=1, customers=200, minor=30_000, how=ALONE, **kind):
    return make(table(seed, customers), OFFERS, Money(minor, "USD"), how, NOON, 7, **kind)


@pytest.mark.parametrize("goal", OBJECTIVES)
@SMALL
@given(seed=st.integers(0, 10_000), customers=st.integers(5, 40), part=st.floats(0.05, 0.9))
def test_no_other_choice_within_the_budget_has_more_of_the_goal(goal, seed, customers, part):
    found = shop(seed, customers)
    value, cost = as_value(found, Goal(goal).worth(found)), as_cost(found.cost)
    budget = part * float(cost.max(axis=0).sum())
    best, _ = exact.optimum(value, [LinearRow("budget", cost, budget)])
    made = Keeping.of(budget, 2).best(value, cost)
    assert made.certificate.rows[0].usage <= budget
    assert made.certificate.dual_bound >= best - 1e-6
    assert made.certificate.value >= 0.98 * best - 1e-6


@pytest.mark.parametrize("goal", OBJECTIVES)
@SMALL
@given(seed=st.integers(0, 10_000), customers=st.integers(12, 40), least=st.floats(0.0, 0.6), count=st.integers(3, 12))
def test_a_return_is_one_of_profit_whatever_is_made_large(goal, seed, customers, least, count):
    found = shop(seed, customers)
    goal_worth = Goal(goal).worth(found)
    value, cost = as_value(found, goal_worth), as_cost(found.cost)
    profit = found.profit.astype(np.float32)
    weight = np.zeros((3, 2, 1))
    weight[VALUE], weight[COST] = 1.0, -least
    contacts = np.zeros((3, 2, 1))
    contacts[COUNT] = 1.0
    rows = [Limit("return", weight, 0.0, at_least=True), Limit("contacts", contacts, float(count))]
    keep = Keeping.of(0.4 * float(cost.max(axis=0).sum()), 2, rows)
    keep = keep if goal == "profit" else keep.beside(found.profit)
    made = keep.best(value, cost)
    chosen = np.flatnonzero(made.choice >= 0)
    earned, paid = (each[made.choice[chosen], chosen].sum(dtype=float) for each in (profit, cost))
    assert earned - least * paid >= -1e-4
    assert chosen.size <= count
    lines = [
        LinearRow("budget", cost, keep.budget),
        LinearRow("return", (least * cost - profit).astype(np.float32), 0.0),
        LinearRow("contacts", np.ones_like(cost), float(count)),
    ]
    best, _ = exact.optimum(value, lines)
    assert made.certificate.dual_bound >= best - 1e-4
    assert made.certificate.value >= 0.98 * best - 1e-4


def test_each_goal_has_most_of_its_own_and_the_same_things_are_told_of_all():
    plans = {goal: planned(goal=Goal(goal)) for goal in OBJECTIVES}
    given_up = {goal: plan.given_up for goal, plan in plans.items()}
    assert plans["revenue"].expected_revenue > plans["profit"].expected_revenue
    assert plans["profit"].expected_profit > max(plans[one].expected_profit for one in ("revenue", "cautious"))
    z = NormalDist().inv_cdf(0.8)
    sure = {goal: plan.expected_profit - z * plan.profit_sd_shared for goal, plan in plans.items()}
    assert sure["cautious"] > max(sure["profit"], sure["revenue"])
    assert plans["cautious"].certificate.value == pytest.approx(sure["cautious"])
    assert given_up["profit"] == given_up["cautious"] == (0, 0.0)
    assert given_up["revenue"][0] > 0 < given_up["revenue"][1]
    for goal, plan in plans.items():
        said = plan.as_dict()
        assert said["goal"] == goal
        assert said["goal_value"] == plan.certificate.value <= plan.certificate.dual_bound
        assert plan.spent <= 300
        rows = plan.decisions.to_pydict()
        assert sum(rows["expected_profit"]) == pytest.approx(plan.expected_profit)
        stated = next(point for point in plan.frontier.points if point.budget == 300)
        assert stated.value == pytest.approx(plan.certificate.value, rel=1e-5)
        assert stated.expected_profit == pytest.approx(plan.expected_profit, rel=0.02)
        values = [point.value for point in plan.frontier.points]
        assert values == sorted(values)
    assert len({plan.version for plan in plans.values()}) == 3
    falls = [point.expected_profit for point in plans["revenue"].frontier.points]
    assert falls != sorted(falls)  # past some budget, more revenue is bought with profit


@pytest.mark.parametrize("goal", OBJECTIVES)
def test_the_shadow_price_is_what_one_more_unit_of_budget_adds_to_the_goal(goal):
    one, more = (planned(goal=Goal(goal), customers=2000, minor=minor) for minor in (60_000, 61_000))
    gained = (more.certificate.value - one.certificate.value) / 10
    assert more.shadow_price * 0.99 <= gained <= one.shadow_price * 1.01


@pytest.mark.parametrize("goal", OBJECTIVES)
@pytest.mark.parametrize("lots", ["even", "thompson"])
def test_lots_keep_the_budget_and_a_return_of_profit_for_every_goal(goal, lots):
    asked = {"limits": [{"name": "return", "kind": "roi", "at_least": 0.1}]}
    estimates = table(3, 300)
    profiles = pa.table({"customer_id": [f"c{place:04}" for place in range(300)], "age": [30] * 300})
    limits = compile_limits(parse(asked), ["five", "ten"], profiles, "USD", 80.0)
    how = PlanSettings(explore=0.2, lots=lots)
    plan = make(
        estimates, OFFERS, Money(8_000, "USD"), how, NOON, 7, profiles, limits=limits, goal=Goal(goal, 0.7, 0.3)
    )
    assert plan.explorers
    assert plan.spent <= 80
    assert plan.expected_profit >= 0.1 * plan.spent
    assert np.allclose(plan.chances.sum(axis=0), 1)
    assert plan.difference.by_lot + plan.difference.reserve + plan.difference.not_proved == pytest.approx(
        plan.certificate.shortfall
    )


@pytest.mark.parametrize("goal", OBJECTIVES)
def test_budget_zero_gives_nothing_and_a_first_experiment_keeps_the_budget(goal):
    assert planned(minor=0, goal=Goal(goal)).counts == {"none": 200, "five": 0, "ten": 0}
    cold = planned(minor=3_000, goal=Goal(goal, margin=0.3), cold=True)
    assert 0 < cold.spent <= 30
    assert cold.explorers


def test_a_first_experiment_tries_what_may_sell_most_where_revenue_is_asked_for():
    estimates = table(5, 400)
    dear = pa.compute.equal(estimates["offer_id"], "ten")
    sold = pa.compute.if_else(dear, 9.0, 3.0)
    lost = pa.compute.if_else(dear, -0.5, 0.5)
    for name, column in (("revenue", sold), ("profit", lost), ("cost", pa.compute.if_else(dear, 1.0, 1.0))):
        estimates = estimates.set_column(ESTIMATES.get_field_index(name), ESTIMATES.field(name), column)
    counts = {
        goal: make(
            estimates, OFFERS, Money(40_000, "USD"), ALONE, NOON, 7, cold=True, goal=Goal(goal, margin=0.3)
        ).counts
        for goal in ("profit", "revenue")
    }
    assert counts["profit"]["ten"] < counts["profit"]["five"]
    assert counts["revenue"]["ten"] > counts["revenue"]["five"]


def test_reasons_speak_of_the_goal_and_say_where_money_is_lost_for_it():
    plans = {goal: planned(minor=30_000, goal=Goal(goal)) for goal in OBJECTIVES}
    codes = {
        goal: set(plan.decisions["reasons"].combine_chunks().flatten().to_pylist()) for goal, plan in plans.items()
    }
    assert codes["profit"] & {"profit_above_price", "most_profit"}
    assert {"revenue_above_price", "loses_profit"} <= codes["revenue"]
    assert "no_sure_effect" in codes["cautious"]
    assert codes["cautious"] & {"sure_above_price", "most_sure_profit"}
    assert not {code for goal in ("revenue", "cautious") for code in codes[goal] if code.startswith("profit_")}
    assert "loses_profit" not in codes["profit"] | codes["cautious"]


def test_being_surer_counts_on_less_and_being_half_sure_is_profit():
    usual = planned(goal=Goal("cautious", 0.5))
    assert usual.certificate.value == pytest.approx(planned().certificate.value)
    counted = [planned(goal=Goal("cautious", sure)).certificate.value for sure in (0.5, 0.7, 0.9)]
    assert counted == sorted(counted, reverse=True)


def test_where_nothing_but_a_tight_budget_binds_one_margin_rate_makes_profit_and_revenue_alike():
    # profit - price * cost = margin * (revenue - (price + share) / margin * cost): the same order of customers
    profit, revenue = (planned(minor=4_000, goal=Goal(goal)) for goal in ("profit", "revenue"))
    assert revenue.expected_revenue == pytest.approx(profit.expected_revenue, rel=2e-3)
    assert revenue.expected_profit == pytest.approx(profit.expected_profit, rel=2e-3)


def test_the_settings_goal_holds_where_no_other_is_given():
    made = planned(how=PlanSettings(explore=0.0, goal="cautious", confidence=0.9))
    assert made.goal == Goal("cautious", 0.9)
    assert made.as_dict()["confidence"] == 0.9
    assert "confidence" not in planned().as_dict()


@pytest.mark.parametrize(("goal", "said"), [
    (Goal("fame"), "goal = 'fame' is not known"), (Goal("cautious", 1.0), "confidence = 1.0 must be"),
    (Goal("cautious", 0.2), "confidence = 0.2 must be"), (Goal("cautious", float("nan")), "confidence = nan must be"),
])  # fmt: skip
def test_what_cannot_be_asked_for_is_refused(goal, said):
    with pytest.raises(InputError, match=said) as fault:
        planned(goal=goal)
    assert fault.value.hint


def test_playbooks_name_one_goal_or_none():
    assert settle({"a": "", "b": ""}, "profit") == "profit"
    assert settle({"a": "revenue", "b": ""}, "profit") == "revenue"
    assert settle({"a": "revenue", "b": "revenue"}, "cautious") == "revenue"
    with pytest.raises(InputError, match="a: revenue; b: profit"):
        settle({"a": "revenue", "b": "profit"}, "profit")


def test_the_goal_is_said_in_both_languages_and_profit_is_the_usual():
    plan = planned(goal=Goal("revenue"))
    english, chinese = (goal_lines(plan.goal, plan.certificate.value, plan.given_up, one) for one in LANGUAGES)
    assert f"{plan.certificate.value:,.2f} more revenue" in english[0]
    assert f"{plan.given_up[1]:,.2f} in all" in english[1]
    assert "预期收入最大" in chinese[0]
    assert goal_lines(Goal(), 1.0, (3, 2.0)) == []
    cautious = goal_lines(Goal("cautious", 0.8), 5.0, (0, 0.0))
    assert len(cautious) == 1
    assert "0.84 times" in cautious[0]
    assert "80%" in cautious[0]


def test_rows_that_say_nothing_of_profit_need_no_further_measure():
    found = shop(1, 30)
    assert Keeping.of(10.0, 2).beside(found.profit).profit is None
    assert replace(found).revenue is found.revenue
