"""What the plan's section says of the best possible, of experiments, and of its own optimism."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.offers.catalogue import catalogue
from offersmith.report.base import Note, Table, Text
from offersmith.report.format import Reader
from offersmith.report.gather_plan import plan_card, plan_facts
from offersmith.report.inputs import Both, Interval, MeasuredPolicy, PlanDifference, PlanFacts, ReportFacts
from offersmith.report.sections import plan
from offersmith.settings import PlanSettings, Settings
from offersmith.strategy import withheld
from offersmith.strategy.because import ModelReason
from offersmith.strategy.because import lines as because_lines
from offersmith.strategy.cards import Card, to_markdown
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import Past
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.opted_out import OptedOut
from offersmith.strategy.plan import make
from offersmith.strategy.promise import Promise
from offersmith.vocabulary import ESTIMATES
from offersmith.words import LANGUAGES, Language, say

EN = Reader("en", "USD")


def texts(facts: PlanFacts, reader: Reader = EN) -> list[str]:
    return [block.text for block in plan.section(facts, reader).blocks if isinstance(block, Text | Note)]


def certificate(facts: PlanFacts) -> str:
    return next(text for text in texts(facts) if "proof about the arithmetic" in text)


def test_the_difference_to_the_best_possible_is_told_part_by_part(full_facts: ReportFacts) -> None:
    facts = full_facts.plan
    assert facts
    assert facts.value
    assert facts.bound
    text = certificate(facts)
    assert f"within $2,000 is at most {EN.money(facts.bound, 2)}; this plan expects {EN.money(facts.value, 2)}" in text
    assert "$82.90 of the difference is the price of deciding 10% of the customers by lot" in text
    assert "$1.40 is the price of keeping $7.50 of the budget in reserve" in text
    assert "At most $0.01 is left" in text


def test_parts_that_are_nothing_are_not_told(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    none = replace(full_facts.plan, difference=PlanDifference(0.0, 0.0, 0.0, 0.0))
    assert "by lot" not in certificate(none)
    assert "reserve" not in certificate(none)
    lucky = replace(full_facts.plan, difference=PlanDifference(-3.0, 0.0, 0.0, 0.0))
    assert "cost nothing this time: what was drawn is expected to earn $3.00 more" in certificate(lucky)
    unknown = replace(full_facts.plan, bound=None)
    assert not any("best possible" in text for text in texts(unknown))


def test_where_nothing_pays_the_best_plan_gives_nothing(cold_facts: ReportFacts) -> None:
    assert cold_facts.plan
    losing = replace(cold_facts.plan, bound=0.0, value=-90.0, profit=Interval(-90.0, -200.0, 20.0))
    assert "the best plan within $5,000 gives nothing" in certificate(losing)
    experiment = next(text for text in texts(losing) if "expected to cost" in text)
    assert "to lose $90.00 after what it earns" in experiment
    assert "none that would take more than 1% of the budget" in experiment
    assert "5 % off 16%, 20 % off 6%" in experiment


def test_a_budget_too_small_for_an_experiment_is_told(cold_facts: ReportFacts) -> None:
    assert cold_facts.plan
    assert any(text.startswith("Nothing is tried:") for text in texts(replace(cold_facts.plan, explored=0)))


def test_only_a_plan_that_picks_is_called_optimistic(full_facts: ReportFacts, cold_facts: ReportFacts) -> None:
    assert full_facts.plan
    assert cold_facts.plan
    assert any("leans to the high side" in text for text in texts(full_facts.plan))
    assert not any("leans to the high side" in text for text in texts(cold_facts.plan))
    loss = replace(full_facts.plan, profit=Interval(-14.0, -18.0, -9.0))
    assert not any("leans to the high side" in text for text in texts(loss))
    assert any("to earn $210 after that" in text for text in texts(cold_facts.plan))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_measured_stands_beside_what_the_plan_expects(full_facts: ReportFacts, language: Language) -> None:
    reader, facts = Reader(language, "USD"), full_facts.plan
    assert facts
    assert not any(reader.say("plan_measured_title") == one.title for one in plan.section(facts, reader).blocks
                   if isinstance(one, Text))  # fmt: skip
    each, above = Interval(8.85, 7.2, 10.51), reader.say("plan_measured_above", limit=reader.money(10510))
    within = texts(replace(facts, measured=MeasuredPolicy(each, 1000, above=False)), reader)
    said = next(text for text in within if reader.money(8850) in text)
    for figure in (8.85, 7.2, 10.51, 7200.0, 10510.0, facts.profit.estimate):
        assert reader.money(figure) in said
    assert above not in said
    over = texts(replace(facts, measured=MeasuredPolicy(each, 1000, above=True)), reader)
    assert any(text.endswith(above) for text in over)
    believed = MeasuredPolicy(each, 1000, above=True, limit=8850.0, stated=412.0, untried=31)
    told = [
        reader.say("plan_measured_stated", stated=reader.money(412.0), untried="31"),
        reader.say("plan_measured_above", limit=reader.money(8850)),
    ]
    assert any(text.endswith(reader.sentences(told)) for text in texts(replace(facts, measured=believed), reader))
    assert told[0] not in said
    nothing = MeasuredPolicy(
        Interval(0.0, 0.0, 0.0), 1000, above=True, limit=0.0, stated=412.0, untried=31, shown=False
    )
    told[1] = reader.say("plan_measured_above", limit=reader.money(0))
    told.insert(0, reader.say("plan_measured_nothing", expected=reader.money(facts.profit.estimate)))
    assert reader.sentences(told) in texts(replace(facts, measured=nothing), reader)
    fewer = MeasuredPolicy(each, 900, above=False, expected=7_000.0, opted_out=100)
    [said] = [text for text in texts(replace(facts, measured=fewer), reader) if reader.money(900 * 8.85) in text]
    assert reader.money(7_000) in said
    assert reader.money(facts.profit.estimate) not in said
    assert said.endswith(reader.say("plan_measured_opted_out", customers="100"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bound", [5.0, -5.0])
def test_the_proof_is_of_plans_that_give_the_offer_for_everybody(
    full_facts: ReportFacts, language: Language, bound: float
) -> None:
    reader, facts = Reader(language, "USD"), full_facts.plan
    assert facts
    nothing, among = (
        reader.say("plan_certificate_nothing", budget="", value=""),
        say("strategy.best_opted_out", language),
    )
    usual = texts(replace(facts, bound=bound, value=bound), reader)
    given = texts(replace(facts, bound=bound, value=bound, for_everybody=True), reader)
    assert not any(among in text for text in usual)
    [said] = [text for text in given if among in text]
    assert reader.money(bound, 2) in said
    assert nothing[:20] not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_for_whom_all_is_settled_beforehand(language: Language) -> None:
    offers = catalogue(Settings().offers, "USD")
    ids, first = [f"c{i:03d}" for i in range(100)], offers[1].offer_id
    columns = [ids, [first] * 100, *([amount] * 100 for amount in (0.0, 0.0, 9.0, 3.0, 1.0, 1.0)), ["m"] * 100]
    estimates = pa.table([pa.array(column) for column in columns], schema=ESTIMATES)
    known = pa.table({"customer_id": ids, "guest": [True] * 10 + [False] * 90})
    as_of = datetime.fromisoformat("2026-01-01T12:00")
    stated = [
        {"name": "guests", "kind": "exclude", "column": "guest", "is": [True]},
        {"name": "mails", "kind": "contacts", "at_most": 60, "days": 7},
    ]
    paying = [offer.offer_id for offer in offers[1:]]
    got = {"customer_id": "c050", "offer_id": first, "time": datetime(2025, 12, 30), "sending": "old"}
    before = pa.Table.from_pylist([got])
    past = Past.of(before, known["customer_id"], as_of, {})
    limits = compile_limits(parse({"limits": stated}), paying, known, "USD", 90.0, past=past)
    out = OptedOut(pa.array(ids[60:80]), first)
    rules = PlanSettings(explore=0.0)
    made = make(estimates, offers, Money(9_000, "USD"), rules, as_of, 7, known, limits=limits, opted_out=out)
    names = {offer.offer_id: offer.name or offer.offer_id for offer in offers}
    summary = {
        **json.loads(json.dumps(made.as_dict())), "offers": names, "cards": [], "margins": [], "margin_rate": 0.3,
        "cost_share": 1.0, "expected_profit_interval": [0.0, 1.0],
    }  # fmt: skip
    segments = pa.table({"customer_id": made.decisions["customer_id"], "segment": ["champion"] * 100})
    facts, reader = plan_facts(summary, made.decisions, segments), Reader(language, "USD")
    assert facts.for_everybody
    title = reader.say("plan_withheld")
    [shown] = [one for one in plan.section(facts, reader).blocks if isinstance(one, Table) and one.caption == title]
    lines = [
        *withheld.counted(made.before, language),
        *withheld.banned(made.bans, names, (), language),
        *withheld.opted_out(made.opted_out, names, "USD", language),
    ]
    assert [row[0] for row in shown.rows] == [line.strip() for line in lines]
    assert len(lines) == 3
    old = {name: value for name, value in summary.items() if name not in ("bans", "before", "opted_out")}
    assert plan_facts(old, made.decisions, segments).withheld == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cold", [False, True])
def test_a_real_plan_is_told_as_it_is(language: Language, *, cold: bool) -> None:
    offers = catalogue(Settings().offers, "USD")
    paying = [offer.offer_id for offer in offers[1:]]
    rows = [
        (f"c{i:03d}", offer, 0.0, 0.0, 0.0, (1 + i % 7) * (k + 1) * 0.5 - 1.2, (1 + i % 5) * (k + 1) * 0.3, 1.0, "m")
        for i in range(400)
        for k, offer in enumerate(paying)
    ]
    estimates = pa.Table.from_arrays([pa.array(column) for column in zip(*rows, strict=True)], schema=ESTIMATES)
    as_of = datetime.fromisoformat("2026-01-01T12:00")
    made = make(estimates, offers, Money(20_000, "USD"), PlanSettings(), as_of, 7, cold=cold)
    names = {offer.offer_id: offer.name for offer in offers}
    summary = {
        **made.as_dict(), "offers": names, "cards": [], "margins": [], "margin_rate": 0.3, "cost_share": 1.0,
        "expected_profit_interval": [0.0, 1.0],
    }  # fmt: skip
    segments = pa.table({"customer_id": made.decisions["customer_id"], "segment": ["champion"] * 400})
    facts = plan_facts(summary, made.decisions, segments)
    assert facts.measured is None
    earned = made.expected_profit - 5
    measured = Promise(0.5, 0.2, 0.9, 350, earned, 30.0, 20, opted_out=50)
    judged = plan_facts({**summary, "measured": measured.as_dict()}, made.decisions, segments).measured
    each = Interval(0.5, 0.2, 0.9)
    assert judged == MeasuredPolicy(each, 350, measured.above, measured.limit, 30.0, 20, True, earned, 50)
    assert facts.bound == made.certificate.dual_bound
    assert facts.value == made.expected_profit == pytest.approx(sum(row.profit for row in facts.offers))
    assert facts.cost == made.spent
    assert facts.limits[0].shadow_price == made.shadow_price
    assert facts.difference
    parts = facts.difference.by_lot + facts.difference.reserve + facts.difference.not_proved
    assert parts == pytest.approx(facts.bound - facts.value)
    reader = Reader(language, "USD")
    said = " ".join(texts(facts, reader))
    assert reader.money(facts.bound, 2) in said
    assert reader.money(facts.value, 2) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_model_goes_by_is_told_apart_from_facts(full_facts: ReportFacts, language: Language) -> None:
    because = [
        {"feature": "recency", "held": "lower", "raises": True, "share": 0.62, "change": 0.5},
        {"feature": "orders", "held": "higher", "raises": False, "share": 0.3, "change": -0.1},
    ]
    card = {
        "segment": "everyone", "offer_id": "ten", "customers": 50, "expected_profit": 9.0, "asked": 45,
        "reasons": ["most_profit", "bought_lately"], "because": because,
    }  # fmt: skip
    names = {"ten": Both("10 % off", "九折")}
    lines = [line.of(language) for line in plan_card(card, names, "USD").lines]
    assert lines[0] == say("strategy.reason_most_profit", language)
    assert lines[1:3] == because_lines([ModelReason(**one) for one in because], language, "USD")
    assert lines[3] == say("strategy.card_facts", language, reasons=say("strategy.reason_bought_lately", language))
    old = {name: value for name, value in card.items() if name not in ("because", "asked")}
    assert len(plan_card(old, names, "USD").lines) == 2
    reader = Reader(language, "USD")
    note = reader.say("plan_model", asked=reader.count(45))
    assert note in texts(replace(full_facts.plan, asked=45), reader)
    assert not any(note[:12] in text for text in texts(full_facts.plan, reader))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_gives_the_shares_that_its_file_gives(language: Language) -> None:
    card = {
        "segment": "everyone", "offer_id": "ten", "customers": 50, "expected_profit": 9.0,
        "reasons": ["most_profit", "by_lot", "bought_lately"], "reason_shares": [0.8, 0.2, 0.34],
    }  # fmt: skip
    names = {"ten": Both("10 % off", "九折")}
    lines = [line.of(language) for line in plan_card(card, names, "USD").lines]
    shares = [(line.count("%"), share in line) for line, share in zip(lines, ("80%", "20%", "34%"), strict=True)]
    assert shares == [(1, True)] * 3
    page = to_markdown(
        [Card("everyone", "ten", "ten", 50, 50, 9.0, 1.0, 0.5, 0.5, 10, tuple(card["reasons"]), (0.8, 0.2, 0.34))],
        language,
    )
    assert all(line in page for line in lines)
