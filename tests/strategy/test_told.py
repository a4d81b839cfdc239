from dataclasses import replace
from datetime import datetime

import pyarrow.compute as pc
import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.cards import cards, to_markdown
from offersmith.strategy.limits.compiling import Banned
from offersmith.strategy.percent import percent
from offersmith.strategy.plan import make
from offersmith.strategy.told import told

NOON = datetime.fromisoformat("2026-01-01T12:00")
BUDGET = Money(60_000, "USD")


def planned(table, offers, explore=0.1, *, cold=False):
    return make(table, offers, BUDGET, PlanSettings(explore=explore), NOON, 7, cold=cold)


def test_the_difference_is_told_part_by_part_in_cards_too(estimates, offers):
    plan = planned(estimates(800), offers)
    parts = plan.difference
    said, warning = told(plan)
    assert f"within 600.00 USD is at most {plan.certificate.dual_bound:,.2f}" in said
    assert f"this plan expects {plan.expected_profit:,.2f}" in said
    drawn = percent(plan.explorers / plan.customers)
    assert f"{parts.by_lot:,.2f} of the difference is the price of deciding {drawn} by lot" in said
    assert f"{plan.explorers} customers are decided by lot ({drawn}; 10% was to be expected)" in to_markdown(
        (), "en", plan
    )
    assert f"{parts.reserve:,.2f} is the price of keeping {parts.reserved:,.2f} of the budget in reserve" in said
    assert f"One more USD of budget would earn about {plan.shadow_price:.2f}" in said
    assert f"Past a budget of {plan.frontier.enough:,.2f} USD nothing more is worth giving." in said
    assert "high by chance" in warning
    assert said in to_markdown(cards(plan), "en", plan)


def test_a_plan_that_loses_by_its_lots_says_that_this_is_meant(estimates, offers):
    table = estimates(800)
    table = table.set_column(
        table.column_names.index("profit"), "profit", pc.subtract(pc.multiply(table["profit"], 0.0), 1.0)
    )
    plan = planned(table, offers, 0.5)
    assert plan.expected_profit < 0 < plan.explorers
    assert told(plan)[0].startswith(f"Below zero, and on purpose: {plan.explorers:,} customers are decided by lot")
    assert told(plan, "zh")[0].startswith("预期利润为负是有意为之")


def test_without_lots_there_is_no_price_of_them(estimates, offers):
    said = told(planned(estimates(800), offers, 0.0))[0]
    assert "by lot" not in said
    assert "reserve" not in said


def test_an_experiment_says_what_it_loses_and_what_the_prior_hopes(estimates, offers):
    table = estimates(800)
    place = table.schema.get_field_index("profit")
    table = table.set_column(place, table.schema.field("profit"), table["cost"].combine_chunks().cast("float64"))
    gain = told(planned(table, offers, cold=True))
    assert "to earn" in gain[0]
    losing = table.set_column(place, table.schema.field("profit"), pc.multiply(table["cost"], -0.4))
    plan = planned(losing, offers, cold=True)
    experiment, odds, best = told(plan)
    assert f"to lose {-plan.expected_profit:,.2f}" in experiment
    name = {offer.offer_id: offer.name for offer in plan.offers}
    assert all(f"{name[offer]} {chance:.0%}" in odds for offer, chance in plan.pays.items())
    assert "gives nothing and expects 0" in best
    assert "worth giving" not in best


def test_a_budget_too_small_for_an_experiment_is_told(estimates, offers):
    table = estimates(50).filter(pc.greater(estimates(50)["cost"], 1.0))
    plan = make(table, offers, Money(2_000, "USD"), PlanSettings(), NOON, 7, cold=True)
    assert plan.counts["none"] == plan.decisions.num_rows
    assert told(plan)[0].startswith("Nothing is tried: any offer would take more than 1% of the budget")


@pytest.mark.parametrize("cold", [False, True])
def test_it_is_told_in_chinese(estimates, offers, cold):
    for said in told(planned(estimates(300), offers, cold=cold), "zh"):
        assert said.endswith("。")


def test_where_limits_keep_everybody_from_everything_the_offers_are_not_blamed(estimates, offers):
    plan = planned(estimates(800), offers, cold=True)
    banned = Banned("nobody", "exclude", plan.customers, ("ten",), plan.customers)
    certificate = replace(plan.certificate, value=0.0, dual_bound=0.0)
    shut = replace(plan, bans=(banned,), explorers=0, certificate=certificate)
    tried, best = told(shut)
    assert tried.startswith("Nothing is tried: the limits leave no offer")
    assert "earn its cost" not in best
    assert "all other limits" in best
