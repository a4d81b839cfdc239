"""The story in one sentence and four numbers, before anything else."""

from __future__ import annotations

from typing import Literal

from offersmith.report.base import Number
from offersmith.report.format import Reader
from offersmith.report.inputs import PlanFacts, ReportFacts
from offersmith.report.sections import glance
from offersmith.strategy.objective import PROFIT

NEARLY_NOTHING = 0.01
"""A best possible plan that earns no more than this share of a loss is no plan."""
Promise = Literal["plan", "unproven", "loss", "trial", "lots", "cold", "cold_gain", "nobody"]


def headline(facts: ReportFacts, reader: Reader) -> str:
    """Return the plan in one sentence, or the shop in one where there is no plan."""
    plan = facts.plan
    if plan is None:
        return _shop(facts, reader)
    return reader.say(
        f"headline_{promise(plan)}",
        chosen=reader.count(plan.chosen),
        all=reader.count(plan.customers),
        start=reader.day(plan.start),
        profit=reader.money(plan.profit.estimate),
        loss=reader.money(abs(plan.profit.estimate)),
    )


def promise(plan: PlanFacts) -> Promise:
    """Say what the headline may promise: a gain only where the whole interval is one.

    `trial` and `lots` are losses that come from deciding by lot alone: nothing is expected to pay, or less than that.
    """
    if not plan.chosen:
        return "nobody"
    if plan.cold_start:
        return "cold_gain" if plan.profit.estimate > 0 else "cold"
    if plan.profit.estimate <= 0:
        loss, lots = -plan.profit.estimate, plan.difference.by_lot if plan.difference else 0.0
        if plan.bound is None or not lots or lots < loss or plan.goal != PROFIT:
            return "loss"
        return "trial" if plan.bound <= NEARLY_NOTHING * loss else "lots"
    return "plan" if plan.profit.low > 0 else "unproven"


def standfirst(facts: ReportFacts, reader: Reader) -> str:
    """Return the sentence below the headline: the cost, the interval, and what they assume."""
    plan = facts.plan
    if plan is None:
        row = glance.totals(facts.shop)
        days = {"first": reader.day(row["first_sale"]), "last": reader.day(row["last_sale"])} if row else {}
        return reader.say("standfirst_shop", **days) if days else ""
    margin = reader.percent(facts.margin_rate, 0)
    if promise(plan) == "nobody":
        return reader.say("standfirst_nobody", margin=margin, all=reader.count(plan.customers))
    digits = reader.digits([plan.profit.low, plan.profit.high])
    gain = "standfirst_learned" if plan.profit.estimate > 0 else "standfirst_loss"
    said = reader.say(
        "standfirst_cold" if plan.cold_start else gain,
        cost=reader.money(plan.cost),
        budget="" if plan.budget is None else reader.say("standfirst_budget", budget=reader.money(plan.budget)),
        level=reader.percent(plan.profit.level, 0),
        low=reader.money(plan.profit.low, digits),
        high=reader.money(plan.profit.high, digits),
        margin=margin,
    )
    if plan.profit_if_paid is None:
        return said
    alone = "standfirst_alone" if plan.profit_if_paid >= 0 else "standfirst_alone_loss"
    return reader.sentences([said, reader.say(alone, profit=reader.money(abs(plan.profit_if_paid)))])


def numbers(facts: ReportFacts, reader: Reader) -> tuple[Number, ...]:
    """Return the headline numbers of the plan; none where there is no plan, or where it gives nobody anything."""
    plan = facts.plan
    if plan is None or promise(plan) == "nobody":
        return ()
    cost_hint = reader.say("number_cost_free")
    if plan.budget:
        share, budget = reader.percent(plan.cost / plan.budget, 0), reader.money(plan.budget)
        cost_hint = reader.say("number_cost_hint", share=share, budget=budget)
    chosen = plan.chosen
    chosen_share = reader.percent(chosen / plan.customers if plan.customers else 0.0, 0)
    shown = [
        _profit(plan, reader),
        Number(reader.money(plan.cost), reader.say("number_cost"), cost_hint),
        Number(
            reader.count(chosen),
            reader.say("number_chosen"),
            reader.say("number_chosen_hint", share=chosen_share, all=reader.count(plan.customers)),
        ),
    ]
    if plan.cost > 0 and promise(plan) == "plan":
        each = reader.money(plan.profit.estimate / plan.cost, 2)
        label = reader.say("number_return", unit=reader.money(1, 0))
        shown.append(Number(each, label, reader.say("number_return_hint")))
    return tuple(shown)


def _profit(plan: PlanFacts, reader: Reader) -> Number:
    """Return the expected profit; a negative one is called a loss, or the price of an experiment."""
    span = reader.span(plan.profit)
    if plan.profit.estimate >= 0:
        return Number(reader.money(plan.profit.estimate), reader.say("number_profit"), span)
    label = reader.say("number_loss" if promise(plan) == "loss" else "number_experiment")
    return Number(reader.money(-plan.profit.estimate), label, reader.say("number_loss_hint", span=span))


def _shop(facts: ReportFacts, reader: Reader) -> str:
    row = glance.totals(facts.shop)
    if not row:
        return facts.name
    return reader.say(
        "headline_shop_anonymous" if row["anonymous_orders"] else "headline_shop",
        customers=reader.count(row["buyers"]),
        orders=reader.count(row["orders"]),
        known=reader.count(row["known_orders"]),
        revenue=reader.money(reader.major(row["revenue"])),
    )
