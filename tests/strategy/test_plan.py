import io
import math
from datetime import datetime, timedelta
from functools import partial
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.response.explain.because import STATED_BELIEF, Because, column
from offersmith.settings import PlanSettings
from offersmith.strategy.plan import make
from offersmith.strategy.table import plan_table
from offersmith.vocabulary import DECISIONS

NOON = datetime.fromisoformat("2026-01-01T12:00")
DEFAULT = PlanSettings()
BUDGET = Money(30_000, "USD")


def planned(table, offers, budget=BUDGET, seed=7, settings=DEFAULT, **more):
    return make(table, offers, budget, settings, NOON, seed, **more)


def bytes_of(plan):
    sink = io.BytesIO()
    pq.write_table(plan_table(plan), sink)
    return sink.getvalue()


@pytest.mark.parametrize("cold", [False, True])
def test_everybody_is_decided_within_the_budget(estimates, offers, cold):
    table = estimates(400)
    plan = planned(table, offers, cold=cold)
    rows = plan.decisions
    assert rows.schema.equals(DECISIONS)
    assert rows["customer_id"].to_pylist() == sorted(set(table["customer_id"].to_pylist()))
    assert len(set(rows["decision_id"].to_pylist())) == 400
    assert plan.spent <= plan.budget.major
    assert plan.spent == pytest.approx(sum(rows["expected_cost"].to_pylist()))
    assert plan.expected_profit == pytest.approx(sum(rows["expected_profit"].to_pylist()))
    assert sum(plan.counts.values()) == 400
    assert plan.valid_until == NOON + timedelta(days=28)
    assert set(rows["plan_version"].to_pylist()) == {plan.version}
    assert all(rows["reasons"].to_pylist())
    assert (plan.assignment_certificate is None) == cold
    assert 0 < plan.profit_sd <= plan.profit_sd_shared
    assert plan.explorers == sum("by_lot" in why for why in rows["reasons"].to_pylist())


def test_what_is_decided_is_what_was_estimated(estimates, offers):
    table = estimates(50)
    known = {(row["customer_id"], row["offer_id"]): row for row in table.to_pylist()}
    for row in planned(table, offers).decisions.to_pylist():
        said = known.get((row["customer_id"], row["offer_id"]), {"profit": 0, "cost": 0})
        assert (row["expected_profit"], row["expected_cost"]) == (said["profit"], said["cost"])


def test_the_same_inputs_give_the_same_bytes_in_any_order(estimates, offers):
    table = estimates(300)
    mixed = table.take(pa.array(np.random.default_rng(3).permutation(table.num_rows)))
    first, second = planned(table, offers), planned(mixed, offers)
    assert first.version == second.version
    assert bytes_of(first) == bytes_of(second)
    assert first.as_dict() == second.as_dict()


def test_another_seed_moment_or_budget_is_another_plan(estimates, offers):
    table = estimates(300)
    versions = {
        planned(table, offers).version,
        planned(table, offers, seed=8).version,
        planned(table, offers, budget=Money(29_999, "USD")).version,
        make(table, offers, BUDGET, PlanSettings(), NOON + timedelta(days=1), 7).version,
    }
    assert len(versions) == 4


def test_without_lots_it_is_the_optimum(estimates, offers):
    plan = planned(estimates(400), offers, settings=PlanSettings(explore=0.0))
    followed = plan.assignment_certificate
    assert followed is not None
    assert plan.certificate.value == plan.expected_profit == pytest.approx(followed.value, rel=1e-6)
    assert plan.certificate.dual_bound == pytest.approx(followed.dual_bound, rel=1e-6)
    assert plan.certificate.gap == pytest.approx(followed.gap, abs=1e-6)
    assert plan.certificate.gap < 1e-3
    assert (plan.difference.by_lot, plan.difference.reserve, plan.difference.reserved) == (0, 0, 0)
    assert plan.shadow_price == plan.certificate.rows[0].price > 0
    assert plan.spent > 0.99 * plan.budget.major
    assert set(plan.decisions["probability"].to_pylist()) == {1.0}
    assert plan.explorers == 0


def bound(table, budget, price):
    """The dual bound in plain Python: the price of the budget, and everybody's best after paying it."""
    best = {}
    for row in table.to_pylist():
        best[row["customer_id"]] = max(best.get(row["customer_id"], 0.0), row["profit"] - price * row["cost"])
    return math.fsum(best.values()) + price * budget


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("minor", [0, 2_000, 30_000, 10_000_000])
def test_the_certificate_is_about_the_decisions_and_the_stated_budget(estimates, offers, minor, cold):
    table = estimates(400)
    plan = planned(table, offers, Money(minor, "USD"), cold=cold)
    proof, (row,) = plan.certificate, plan.certificate.rows
    rows = plan.decisions
    assert (row.name, row.bound) == ("budget", minor / 100)
    assert row.usage == plan.spent == math.fsum(rows["expected_cost"].to_pylist()) <= row.bound
    assert proof.value == plan.expected_profit == math.fsum(rows["expected_profit"].to_pylist())
    assert row.price == plan.shadow_price
    assert proof.dual_bound == pytest.approx(bound(table, minor / 100, row.price), rel=1e-12)
    assert proof.gap == (proof.dual_bound - proof.value) / proof.dual_bound
    best = planned(table, offers, Money(minor, "USD"), settings=PlanSettings(explore=0.0))
    assert best.expected_profit <= proof.dual_bound <= best.certificate.dual_bound * (1 + 1e-12)
    assert plan.shadow_price == best.shadow_price
    parts = plan.difference
    assert parts.by_lot + parts.reserve + parts.not_proved == pytest.approx(proof.dual_bound - proof.value, abs=1e-9)
    assert parts.not_proved == pytest.approx(best.certificate.dual_bound - best.expected_profit, abs=1e-9)
    assert parts.reserve == pytest.approx(plan.shadow_price * parts.reserved)
    assert parts.reserved <= plan.largest_lot * plan.budget.major * (1 + 1e-6)


def test_lots_waste_little_of_the_budget(estimates, offers):
    plan = planned(estimates(2000), offers, Money(150_000, "USD"))
    assert plan.explore == 0.1
    assert plan.spent > plan.budget.major - plan.difference.reserved - 1
    best = planned(estimates(2000), offers, Money(150_000, "USD"), settings=PlanSettings(explore=0.0))
    assert plan.expected_profit > 0.88 * best.expected_profit


def losing(estimates, customers):
    """Estimates of which not one is expected to earn its cost, as a prior may say, with a few very dear customers."""
    table = estimates(customers)
    cost = np.asarray(table["cost"]) * np.where(np.arange(table.num_rows) < 30, 100, 1)
    changed = {"cost": cost, "profit": -0.4 * cost, "profit_sd": 0.4 * cost}
    for name, values in changed.items():
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), pa.array(values))
    return table


def test_a_first_experiment_tries_many_customers_as_often_as_the_prior_hopes(estimates, offers):
    table = losing(estimates, 1000)
    plan = planned(table, offers, Money(30_000, "USD"), cold=True)
    assert plan.certificate.dual_bound == plan.certificate.gap == plan.shadow_price == 0
    assert plan.expected_profit < 0
    assert plan.difference.by_lot == pytest.approx(-plan.expected_profit)
    rows = plan.decisions
    cost, given = np.asarray(rows["expected_cost"]), np.asarray(rows["offer_id"]) != "none"
    assert cost.max() <= 0.01 * plan.budget.major
    assert plan.spent > 0.98 * plan.budget.major
    # The mean cost of an offer is 2: even odds within the same budget would reach about 150 customers.
    assert given.sum() > 180
    assert all(chance == pytest.approx(NormalDist().cdf(-1)) for chance in plan.pays.values())
    # With money for all, each offer is tried as often as it may be the best: none has the product of the others' odds.
    rich = planned(table, offers, Money(10**9, "USD"), cold=True)
    none = np.asarray(rich.decisions["offer_id"]) == "none"
    assert np.asarray(rich.decisions["probability"])[none] == pytest.approx(NormalDist().cdf(1) ** 3)


def spoken(customers, given, profit, change=1.5):
    """Say of those who get the first offer that they bought lately, and that nothing was learned of the others."""
    first = np.array(given.to_pylist()) == given[0].as_py()
    feature, side = np.where(first[:, None], [[0, -1, -1]], -1), np.where(first[:, None], [[0, -1, -1]], -1)
    why = column(("recency",), feature, side, np.full((len(first), 3), change), first)
    assert len(customers) == len(given) == len(profit)
    assert np.isfinite(profit).all()
    return Because(why, {STATED_BELIEF: ~first})


def test_the_model_is_asked_of_those_it_chose_and_of_nobody_by_lot(estimates, offers):
    plan = planned(estimates(400), offers, because=spoken)
    rows = plan.decisions.to_pylist()
    assert plan.decisions.schema.equals(DECISIONS)
    told = [row for row in rows if row["because"] is not None]
    assert told
    for row in rows:
        chosen = row["offer_id"] != "none" and "by_lot" not in row["reasons"]
        assert chosen == (row["because"] is not None or STATED_BELIEF in row["reasons"])
        assert row["because"] in (None, [{"feature": "recency", "held": "lower", "change": 1.5}])
    assert len({row["offer_id"] for row in told}) == 1
    assert plan.as_dict()["because"]["asked"] == len(told)


def test_what_the_model_says_is_part_of_the_plan(estimates, offers):
    table = estimates(400)
    plan = planned(table, offers, because=spoken)
    assert bytes_of(planned(table.take(np.arange(table.num_rows)[::-1]), offers, because=spoken)) == bytes_of(plan)
    other = planned(table, offers, because=partial(spoken, change=2.5))
    silent = planned(table, offers)
    assert len({plan.version, other.version, silent.version}) == 3
    assert silent.decisions["because"].null_count == 400


def test_a_plan_by_lot_asks_no_model(estimates, offers):
    cold = planned(estimates(400), offers, cold=True, because=spoken)
    assert cold.explorers > 0
    assert cold.decisions["because"].null_count == 400
    assert cold.as_dict()["because"] == {"asked": 0, "reasons": []}


def test_more_budget_never_earns_less(estimates, offers):
    table, settings = estimates(400), PlanSettings(explore=0.0)
    profits = [
        planned(table, offers, Money(minor, "USD"), settings=settings).expected_profit
        for minor in (0, 5_000, 20_000, 50_000, 10_000_000)
    ]
    assert profits == sorted(profits)
    assert profits[0] == 0


def test_reasons_say_why(estimates, offers):
    table = estimates(300)
    profiles = pa.table(
        {
            "customer_id": ["c00000", "c00001", "newcomer"],
            "orders": pa.array([5, None, 0], pa.int64()),
            "redemptions": pa.array([3, 0, 0], pa.int64()),
        }
    )
    settings = PlanSettings(explore=0.0)
    plan = planned(table, offers, settings=settings, reasons_from=profiles)
    rows = {row["customer_id"]: row for row in plan.decisions.to_pylist()}
    assert rows["newcomer"]["reasons"] == ["no_offer_allowed", "no_history"]
    assert rows["newcomer"]["offer_id"] == "none"
    assert rows["c00000"]["reasons"][1:] == ["redeems_often"]
    assert len(rows["c00001"]["reasons"]) == 1
    price = plan.shadow_price
    best = {}
    for row in table.to_pylist():
        kept = best.setdefault(row["customer_id"], [])
        kept.append((row["profit"], row["profit"] - price * row["cost"]))
    for customer, row in rows.items():
        code = row["reasons"][0]
        if code == "profit_above_price":
            assert max(net for _, net in best[customer]) >= -1e-5
        elif code == "no_positive_effect":
            assert max(profit for profit, _ in best[customer]) <= 0
        elif code == "not_worth_the_price":
            assert max(net for _, net in best[customer]) <= 1e-5
        else:
            assert code in {"no_offer_allowed", "budget_used_up", "fills_the_budget"}


def test_a_budget_that_does_not_bind_and_none_at_all(estimates, offers):
    table, settings = estimates(100), PlanSettings(explore=0.0)
    free = planned(table, offers, Money(10_000_000, "USD"), settings=settings)
    assert free.shadow_price == 0
    codes = {why[0] for why in free.decisions["reasons"].to_pylist()}
    assert codes <= {"most_profit", "no_positive_effect"}
    broke = planned(table, offers, Money(0, "USD"))
    assert broke.counts["none"] == 100
    assert broke.spent == 0
    assert {why[0] for why in broke.decisions["reasons"].to_pylist()} <= {"not_worth_the_price", "no_positive_effect"}


def test_nobody_and_nothing_to_give(estimates, offers):
    empty = planned(estimates(0), offers)
    assert empty.decisions.num_rows == 0
    assert empty.counts == {"none": 0, "five-percent": 0, "ten-percent": 0, "twenty-percent": 0}
    only = planned(estimates(0), offers[:1], reasons_from=pa.table({"customer_id": ["a", "b"]}))
    assert only.decisions["offer_id"].to_pylist() == ["none", "none"]


def test_a_negative_budget_is_refused(estimates, offers):
    with pytest.raises(InputError, match="zero or more"):
        planned(estimates(1), offers, Money(-1, "USD"))


def test_the_plan_prints(estimates, offers):
    plan = planned(estimates(50), offers)
    assert plan.version in str(plan)
    plain = plan.as_dict()
    assert plain["customers"] == 50
    assert math.isclose(plain["budget"], 300.0)
    assert plain["certificate"]["rows"][0]["name"] == "budget"
