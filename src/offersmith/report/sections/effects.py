"""What past campaigns changed, judged with a placebo, and what may be claimed of it."""

from __future__ import annotations

from typing import Literal

from offersmith.report.base import Block, Chart, Column, Figure, Note, Section, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs import EffectFacts, EffectRow, Interval

Verdict = Literal["supported", "harmful", "placebo_failed", "unclear"]
BY_LOT = "_by_lot"
"""Ends the names of what is said of campaigns that a lot decided."""


def verdict(row: EffectRow) -> Verdict:
    """Say what may be claimed of one campaign: only what is left after its interval was widened by the placebo.

    A placebo interval that leaves out zero means that the groups differed before anything was sent: nothing may be
    claimed then, however clear of zero the widened interval stands.
    """
    if not _holds_zero(row.placebo):
        return "placebo_failed"
    if _holds_zero(row.claim):
        return "unclear"
    return "supported" if row.claim.estimate > 0 else "harmful"


def section(facts: EffectFacts, reader: Reader) -> Section | None:
    """Return the section, or None without campaigns."""
    if not facts.rows:
        return None
    shown = sum(verdict(row) in {"supported", "harmful"} for row in facts.rows)
    lead = reader.say(
        "effects_lead_some" if shown else "effects_lead_none",
        count=reader.count(shown),
        all=reader.count(len(facts.rows)),
    )
    blocks: tuple[Block, ...] = (
        *_chosen(facts, reader),
        _effects(facts, reader),
        _claims(facts, reader),
        *_overlap(facts, reader),
    )
    return Section("effects", reader.say("effects_title"), lead, blocks)


def _chosen(facts: EffectFacts, reader: Reader) -> list[Note]:
    """Say which campaigns a lot decided, and how unlike the recipients of the others were before they began."""
    drawn, others = ([row for row in facts.rows if row.logged is logged] for logged in (True, False))
    notes = []
    if others:
        widest = max(others, key=lambda row: abs(row.before_treated - row.before_control))
        names = reader.join(reader.of(row.campaign) for row in others)
        selected = reader.say(
            "effects_selected",
            of=reader.say("effects_selected_some", campaigns=names) if drawn else reader.say("effects_selected_all"),
            campaign=reader.of(widest.campaign),
            treated=reader.money(widest.before_treated),
            control=reader.money(widest.before_control),
        )
        notes.append(Note(selected, "warning"))
    if drawn:
        names = reader.join(reader.of(row.campaign) for row in drawn)
        of = reader.say("effects_by_lot_some", campaigns=names) if others else reader.say("effects_by_lot_all")
        notes.append(Note(reader.say("effects_by_lot", of=of)))
    return notes


def _holds_zero(interval: Interval) -> bool:
    return interval.low <= 0 <= interval.high


def _effects(facts: EffectFacts, reader: Reader) -> Figure:
    rows = facts.rows
    effect, placebo = reader.say("effects_effect"), reader.say("effects_placebo")
    summary = reader.say(
        "effects_summary",
        days=reader.count(facts.horizon_days),
        level=reader.percent(rows[0].effect.level, 0),
    )
    shown = max(rows, key=lambda row: abs(row.effect.estimate))
    example = reader.say(
        "effects_example_more" if shown.effect.estimate >= 0 else "effects_example_less",
        written=reader.money(shown.effect.estimate),
        campaign=reader.of(shown.campaign),
        effect=reader.money(abs(shown.effect.estimate)),
        days=reader.count(facts.horizon_days),
    )
    summary = reader.sentences([summary, example])
    names = tuple(reader.of(row.campaign) for row in rows)
    series = (_series(effect, [row.effect for row in rows]), _series(placebo, [row.placebo for row in rows]))
    title = reader.say("effects_chart")
    chart = Chart("interval", title, names, series, summary, unit="money", reference=0.0)
    columns = (
        Column(reader.say("effects_campaign")),
        Column(reader.say("effects_treated"), "int"),
        Column(reader.say("effects_control"), "int"),
        Column(effect),
        Column(placebo),
        Column(reader.say("effects_naive"), "money"),
    )
    cells = tuple(
        (name, row.treated, row.control, _written(row.effect, reader), _written(row.placebo, reader), row.naive)
        for name, row in zip(names, rows, strict=True)
    )
    return Figure(chart, Table(title, columns, cells))


def _series(name: str, intervals: list[Interval]) -> Series:
    return Series(
        name,
        tuple(one.estimate for one in intervals),
        tuple(one.low for one in intervals),
        tuple(one.high for one in intervals),
    )


def _written(interval: Interval, reader: Reader) -> str:
    digits = reader.digits([interval.low, interval.high])
    return f"{reader.money(interval.estimate, digits)} ({reader.span(interval, digits)})"


def _claims(facts: EffectFacts, reader: Reader) -> Table:
    columns = (Column(reader.say("effects_campaign")), Column(reader.say("effects_claim")))
    cells = tuple((reader.of(row.campaign), _claim(row, reader)) for row in facts.rows)
    return Table(reader.say("effects_claims"), columns, cells)


def _claim(row: EffectRow, reader: Reader) -> str:
    digits = reader.digits([row.claim.low, row.claim.high])
    before = reader.say(
        "effects_before_more" if row.placebo.estimate >= 0 else "effects_before_less",
        amount=reader.money(abs(row.placebo.estimate)),
    )
    return reader.say(
        f"effects_{verdict(row)}{BY_LOT if row.logged else ''}",
        effect=reader.money(abs(row.effect.estimate), digits),
        span=reader.span(row.claim, digits),
        before=before,
        low=reader.money(row.claim.low, digits),
        high=reader.money(row.claim.high, digits),
    )


def _overlap(facts: EffectFacts, reader: Reader) -> tuple[Figure, ...]:
    if not facts.overlap:
        return ()
    campaign = reader.of(facts.overlap_of)
    names = tuple(f"{reader.number(one.low * 100, 0)}–{reader.percent(one.high, 0)}" for one in facts.overlap)
    treated, control = reader.say("effects_treated"), reader.say("effects_control")
    title, chance = reader.say("effects_overlap_chart", campaign=campaign), reader.say("effects_chance")
    chart = Chart(
        "histogram",
        title,
        names,
        (
            Series(treated, tuple(one.treated for one in facts.overlap)),
            Series(control, tuple(one.control for one in facts.overlap)),
        ),
        reader.say(
            f"effects_overlap_summary{BY_LOT if facts.overlap_logged else ''}",
            campaign=campaign,
            trimmed=reader.percent(facts.trimmed),
        ),
        unit="int",
        x_name=chance,
        y_name=reader.say("customers"),
    )
    columns = (Column(chance), Column(treated, "int"), Column(control, "int"))
    cells = tuple((name, one.treated, one.control) for name, one in zip(names, facts.overlap, strict=True))
    return (Figure(chart, Table(title, columns, cells)),)
