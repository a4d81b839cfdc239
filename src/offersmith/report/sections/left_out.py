"""What was left out of learning, counted, and how much of the past speaks for the chosen policy."""

from __future__ import annotations

from offersmith.report.base import Block, Column, Section, Table
from offersmith.report.format import Reader
from offersmith.report.inputs_judged import JudgedFacts, SupportFacts

SECTION = "left_out"


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where nothing was counted."""
    blocks: list[Block] = [*_counts(facts, reader), *_support(facts.support, reader)]
    if not blocks:
        return None
    total = sum(rows for _, rows in facts.counts)
    lead = reader.say("left_out_lead", rows=reader.count(total)) if total else reader.say("left_out_lead_nothing")
    return Section(SECTION, reader.say("left_out_title"), lead, tuple(blocks))


def _counts(facts: JudgedFacts, reader: Reader) -> tuple[Table, ...]:
    if not facts.counts:
        return ()
    columns = (Column(reader.say("quality_reason")), Column(reader.say("rows"), "int"))
    cells = tuple((reader.of(reason), rows) for reason, rows in sorted(facts.counts, key=lambda one: -one[1]))
    return (Table(reader.say("left_out_counts"), columns, cells, width="half"),)


def _support(found: SupportFacts | None, reader: Reader) -> tuple[Table, ...]:
    if found is None:
        return ()
    share = None if found.largest_share is None else reader.percent(found.largest_share)
    rows = (
        ("rows", None if found.rows is None else reader.count(found.rows)),
        ("effective", None if found.effective is None else reader.count(found.effective)),
        ("largest_weight", None if found.largest_weight is None else reader.number(found.largest_weight)),
        ("largest_share", share),
        ("mean_weight", None if found.mean_weight is None else reader.number(found.mean_weight, 3)),
    )
    columns = (Column(reader.say("left_out_figure")), Column(reader.say("uplift_value")))
    cells = tuple((reader.say(f"left_out_{name}"), value) for name, value in rows if value is not None)
    return (Table(reader.say("left_out_support"), columns, cells, width="half"),) if cells else ()
