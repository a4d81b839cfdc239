"""A page about a plan with another goal than profit: prices, bound and curve are of the goal, and it says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.report.base import Figure, Table, Text
from offersmith.report.format import Reader
from offersmith.report.gather_plan import plan_facts
from offersmith.report.inputs import PlanFacts
from offersmith.report.sections import plan
from offersmith.settings import PlanSettings
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.objective import Goal
from offersmith.strategy.plan import Plan, make
from offersmith.vocabulary import ESTIMATES, Offer
from offersmith.words import LANGUAGES, Language

OFFERS = [Offer("five", "percent_off", {"percent": 5}), Offer("ten", "percent_off", {"percent": 10})]
CUSTOMERS = 200
SAID = {
    "revenue": {"en": (" of revenue", "Expected revenue"), "zh": ("（收入）", "预期收入")},
    "cautious": {"en": (" of profit to count on", "Profit to count on"), "zh": ("（稳妥利润）", "稳妥利润")},
}


def made(goal: str) -> Plan:
    rng = np.random.default_rng(1)
    rows, zero = CUSTOMERS * len(OFFERS), np.zeros(CUSTOMERS * len(OFFERS))
    cost = rng.gamma(2, 1, rows)
    revenue = cost * rng.gamma(2, 2, rows) - 1
    ids = [f"c{place:04}" for place in range(CUSTOMERS)]
    each = [name for name in ids for _ in OFFERS]
    names = [offer.offer_id for offer in OFFERS] * CUSTOMERS
    columns = [each, names, zero, zero, revenue, 0.3 * revenue - cost, cost, rng.gamma(1, 1, rows), ["m1"] * rows]
    table = pa.table([pa.array(column) for column in columns], schema=ESTIMATES)
    profiles = pa.table({"customer_id": ids, "age": [30] * CUSTOMERS})
    few = {"limits": [{"name": "few", "kind": "contacts", "at_most": 60}]}
    limits = compile_limits(parse(few), ["five", "ten"], profiles, "USD", 150.0)
    settings, moment = PlanSettings(explore=0.0), datetime(2026, 1, 1)
    return make(table, OFFERS, Money(15_000, "USD"), settings, moment, 7, profiles, limits=limits, goal=Goal(goal))


def facts(found: Plan) -> PlanFacts:
    names = {offer.offer_id: offer.name for offer in found.offers}
    summary = {
        **found.as_dict(), "offers": names, "cards": [], "margins": [], "margin_rate": 0.3, "cost_share": 1.0,
        "expected_profit_interval": [0.0, 1.0],
    }  # fmt: skip
    segments = pa.table({"customer_id": found.decisions["customer_id"], "segment": ["champion"] * CUSTOMERS})
    return plan_facts(summary, found.decisions, segments)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("goal", list(SAID))
def test_the_page_says_the_goal_where_a_figure_is_one_of_it(goal: str, language: Language) -> None:
    found = made(goal)
    known, reader = facts(found), Reader(language, "USD")
    of, named = SAID[goal][language]
    blocks = plan.section(known, reader).blocks
    texts = " ".join(block.text for block in blocks if isinstance(block, Text))
    assert reader.of(known.asked_for[0]) in texts
    assert f"{reader.money(found.certificate.dual_bound, 2)}{of}" in texts
    curve = next(one for one in blocks if isinstance(one, Figure) and one.chart.title == reader.say("frontier_chart"))
    worth, profit = curve.chart.series[:2]
    assert (worth.name, profit.name) == (named, reader.say("plan_profit"))
    assert worth.values == tuple(point.value for point in found.frontier.points)
    assert profit.values == tuple(point.expected_profit for point in found.frontier.points)
    assert all(len(row) == len(curve.table.columns) for row in curve.table.rows)
    limits = next(one for one in blocks if isinstance(one, Table) and one.caption == reader.say("plan_limits"))
    assert limits.columns[-1].name == reader.say(f"plan_price_{goal}")
    assert of in curve.chart.summary


def test_a_plan_for_profit_is_told_as_ever() -> None:
    known, reader = facts(made("profit")), Reader("en", "USD")
    assert known.asked_for == ()
    blocks = plan.section(known, reader).blocks
    titles = [block.title for block in blocks if isinstance(block, Text)]
    assert reader.say("plan_asked_for") not in titles
    curve = next(one for one in blocks if isinstance(one, Figure) and one.chart.title == reader.say("frontier_chart"))
    assert [one.name for one in curve.chart.series] == [reader.say("plan_profit"), reader.say("frontier_stated")]


def test_where_nothing_adds_to_the_goal_the_page_says_so() -> None:
    known = replace(facts(made("cautious")), bound=0.0, value=0.0)
    said = " ".join(block.text for block in plan.section(known, Reader("en", "USD")).blocks if isinstance(block, Text))
    assert "no offer adds anything to what was asked for" in said
