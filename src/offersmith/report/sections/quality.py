"""Data quality: what was read, what became of it, what is missing and what looked odd."""

from __future__ import annotations

from datetime import date

from offersmith.report.base import Block, Chart, Column, Figure, Section, Series, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs import QualityFacts
from offersmith.vocabulary import EVENTS

COLUMNS = 12
TENTH = 0.1


def section(facts: QualityFacts, as_of: date, reader: Reader) -> Section:
    """Return the section; it counts all that was read, the rest of the report only what happened before `as_of`."""
    clean = not facts.quarantined
    lead = reader.say(
        "quality_lead_clean" if clean else "quality_lead",
        read=reader.count(facts.read),
        accepted=reader.count(facts.accepted),
        quarantined=reader.count(facts.quarantined),
    )
    lead = reader.sentences([lead, reader.say("quality_scope", day=reader.day(as_of))])
    blocks: list[Block] = [_receipt(facts, reader), *_missing(facts, reader), *_reasons(facts, reader)]
    blocks += _absent(facts, reader)
    return Section("quality", reader.say("quality_title"), lead, (*blocks, *_findings(facts, reader)))


def _receipt(facts: QualityFacts, reader: Reader) -> Table:
    counts = (
        ("read", facts.read),
        ("accepted", facts.accepted),
        ("redelivered", facts.redelivered),
        ("quarantined", facts.quarantined),
        ("anonymous", facts.anonymous),
        ("refunds", facts.refunds),
        ("equal", facts.equal_lines),
    )
    cells = tuple(
        (reader.say(f"quality_{name}"), rows, rows / facts.read if facts.read else None)
        for name, rows in counts
        if rows or name in {"read", "accepted", "quarantined"}
    )
    columns = (
        Column(reader.say("quality_rows")),
        Column(reader.say("rows"), "int"),
        Column(reader.say("share"), "percent"),
    )
    return Table(reader.say("quality_receipt"), columns, cells, width="half")


def _absent(facts: QualityFacts, reader: Reader) -> tuple[Text, ...]:
    names = [_column(name, reader) for name, share in facts.missing.items() if share >= 1]
    if not names:
        return ()
    text = reader.say("quality_absent", columns=reader.join(names))
    return (Text(text, reader.say("quality_absent_title"), width="half"),)


def _column(name: str, reader: Reader) -> str:
    return reader.say(f"column_{name}") if name in EVENTS.names else name


def _missing(facts: QualityFacts, reader: Reader) -> tuple[Figure, ...]:
    partly = ((share, name) for name, share in facts.missing.items() if 0 < share < 1)
    shares = sorted(partly, key=lambda pair: (-pair[0], pair[1]))[:COLUMNS]
    if not shares:
        return ()
    names = tuple(_column(name, reader) for _, name in shares)
    values = tuple(share for share, _ in shares)
    title, said = reader.say("quality_missing_title"), reader.say("quality_missing_share")
    summary = reader.say(
        "quality_missing_summary", column=names[0], share=reader.percent(values[0], 0 if values[0] > TENTH else 1)
    )
    chart = Chart("bar", title, names, (Series(said, values),), summary, unit="percent", horizontal=True)
    columns = (Column(reader.say("quality_column")), Column(said, "percent"))
    return (Figure(chart, Table(title, columns, tuple(zip(names, values, strict=True))), width="half"),)


def _reasons(facts: QualityFacts, reader: Reader) -> tuple[Table, ...]:
    if not facts.reasons:
        return ()
    columns = (Column(reader.say("quality_reason")), Column(reader.say("rows"), "int"))
    cells = tuple((reader.of(reason), rows) for reason, rows in facts.reasons)
    return (Table(reader.say("quality_reasons"), columns, cells, width="half"),)


def _findings(facts: QualityFacts, reader: Reader) -> tuple[Table, ...]:
    if not facts.findings:
        return ()
    columns = (
        Column(reader.say("quality_finding")),
        Column(reader.say("quality_level")),
    )
    cells = tuple((reader.of(one.text), reader.say(f"level_{one.level}")) for one in facts.findings)
    return (Table(reader.say("quality_findings"), columns, cells),)
