"""What the plan says of other budgets: a picture with its table, what is marked, and what is not in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.offers.catalogue import catalogue
from offersmith.report.base import Figure, Note
from offersmith.report.charts import option
from offersmith.report.format import Reader
from offersmith.report.gather_plan import plan_facts
from offersmith.report.inputs import FrontierFacts, FrontierPoint, PlanFacts, ReportFacts
from offersmith.report.sections import frontier, plan
from offersmith.settings import PlanSettings, Settings
from offersmith.strategy.plan import Plan, make
from offersmith.vocabulary import ESTIMATES
from offersmith.words import LANGUAGES, Language

EN = Reader("en", "USD")


def shown(facts: FrontierFacts, reader: Reader = EN) -> Figure:
    figure, _ = frontier.blocks(facts, reader)
    assert isinstance(figure, Figure)
    return figure


def known(facts: ReportFacts) -> FrontierFacts:
    assert facts.plan
    assert facts.plan.frontier
    return facts.plan.frontier


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_marks_the_stated_budget_and_the_knee(full_facts: ReportFacts, language: Language) -> None:
    reader, facts = Reader(language, "USD"), known(full_facts)
    figure = shown(facts, reader)
    curve, stated = figure.chart.series
    assert figure.chart.x == tuple(point.budget for point in facts.points)
    assert curve.values == tuple(point.profit for point in facts.points)
    assert curve.marked_points == (4,)
    assert stated.values == (None, None, None, facts.at(2000.0).profit, None, None, None)
    names = [row[0] for row in figure.table.rows]
    assert names[:3] == [reader.money(budget) for budget in (0, 500, 1000)]
    for place, what in ((3, "frontier_stated"), (4, "frontier_knee"), (6, "frontier_enough")):
        budget = reader.money(facts.points[place].budget)
        assert names[place] == reader.say("frontier_named", budget=budget, what=reader.say(what))
    drawn = option(figure.chart)
    assert reader.say("frontier_knee") in [one["name"] for one in drawn["series"]]
    assert drawn["xAxis"]["min"] == 0.0
    assert drawn["xAxis"]["max"] == 6000.0


def test_the_sentence_says_what_more_would_earn_and_where_it_ends(full_facts: ReportFacts) -> None:
    facts = known(full_facts)
    said = shown(facts).chart.summary
    assert "With $2,000 the best plan is expected to earn $2,000, and the next $1 would earn $0.80." in said
    assert "Past $6,000 nothing more is worth giving." in said
    # At 2,900 of 6,000: 2,639 of 3,600, and 0.60 a unit on average.
    assert "The knee of the curve is at $2,900: 73% of all that can be earned, for 48% of $6,000." in said
    assert "more than $0.60, the average" in said
    assert "knee" not in shown(replace(facts, knee=None)).chart.summary


def test_a_budget_that_is_more_than_enough_is_told(full_facts: ReportFacts) -> None:
    facts = known(full_facts)
    ample = replace(facts, points=(*facts.points, FrontierPoint(9000.0, 6000.0, 3600.0, 2000, 0.0)), stated=9000.0)
    figure = shown(ample)
    assert "$6,000 is enough for all that is worth giving, so your budget of $9,000" in figure.chart.summary
    assert figure.table.rows[-1][0] == "$9,000 (your budget)"
    far = replace(facts, points=(*facts.points, FrontierPoint(9e5, 6000.0, 3600.0, 2000, 0.0)), stated=9e5)
    figure = shown(far)
    assert "your budget of $900,000 lies far beyond that" in figure.chart.summary
    assert max(figure.chart.x) == 6000.0
    assert len(figure.chart.series) == 1
    exactly = replace(facts, stated=6000.0, knee=None)
    assert shown(exactly).table.rows[-1][0] == "$6,000 (your budget, all that is worth giving)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_it_is_expected_and_without_lots(full_facts: ReportFacts, language: Language) -> None:
    reader = Reader(language, "USD")
    _, note = frontier.blocks(known(full_facts), reader)
    assert isinstance(note, Note)
    for word in ("not what was measured", "by lot", "reserve") if language == "en" else ("并非实测", "抽签", "预留"):
        assert word in note.text


def made(*, cold: bool = False) -> Plan:
    offers = catalogue(Settings().offers, "USD")
    rows = [
        (f"c{i:03d}", offer.offer_id, 0.0, 0.0, 0.0, (1 + i % 7) * (k + 1) * 0.5 - 1.2, (1 + i % 5) * (k + 1) * 0.3,
         1.0, "m")
        for i in range(200)
        for k, offer in enumerate(offers[1:])
    ]  # fmt: skip
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns, schema=ESTIMATES)
    return make(table, offers, Money(4_000, "USD"), PlanSettings(), datetime(2026, 1, 1), 7, cold=cold)


def gathered(found: Plan, **instead: Any) -> PlanFacts:
    names = {offer.offer_id: offer.name for offer in found.offers}
    summary = {
        **found.as_dict(), "offers": names, "cards": [], "margins": [], "margin_rate": 0.3, "cost_share": 1.0,
        "expected_profit_interval": [0.0, 1.0], **instead,
    }  # fmt: skip
    segments = pa.table({"customer_id": found.decisions["customer_id"], "segment": ["champion"] * 200})
    return plan_facts(summary, found.decisions, segments)


def test_a_real_plan_is_shown_as_it_is() -> None:
    found = made()
    facts = gathered(found)
    assert facts.frontier
    assert found.frontier.knee
    assert (facts.frontier.stated, facts.frontier.enough) == (40.0, found.frontier.enough)
    assert facts.frontier.knee == found.frontier.knee.budget
    assert facts.frontier.at(40.0).shadow_price == found.shadow_price
    assert [(p.budget, p.spent, p.profit, p.customers) for p in facts.frontier.points] == [
        (p.budget, p.spent, p.expected_profit, p.customers) for p in found.frontier.points
    ]
    titles = [block.chart.title for block in plan.section(facts, EN).blocks if isinstance(block, Figure)]
    assert "What other budgets would earn" in titles


def test_an_experiment_and_an_older_plan_have_none() -> None:
    for facts in (gathered(made(cold=True)), gathered(made(), frontier=None)):
        assert facts.frontier is None
        assert frontier.blocks(facts.frontier, EN) == ()
        assert EN.say("frontier_note") not in [
            block.text for block in plan.section(facts, EN).blocks if isinstance(block, Note)
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_and_how_far_off_points_may_be_is_told_only_where_it_is_so(
    full_facts: ReportFacts, language: Language
) -> None:
    reader, facts = Reader(language, "USD"), known(full_facts)

    def note(facts: FrontierFacts) -> str:
        _, found = frontier.blocks(facts, reader)
        assert isinstance(found, Note)
        return found.text

    plain = reader.say("frontier_note")
    assert note(replace(facts, off=0.0004)) == plain
    left_out, off = (
        reader.say("frontier_left_out", left_out=2),
        reader.say("frontier_off", off=reader.percent(0.012, 1)),
    )
    assert note(replace(facts, left_out=2, off=0.012)) == reader.sentences([plain, left_out, off])
