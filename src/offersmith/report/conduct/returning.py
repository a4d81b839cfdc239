"""Which products are bought again, after how many days, and for how many of them customers are due."""

from __future__ import annotations

from offersmith.profiles.behaviour.replenishment import STATUSES
from offersmith.report.base import Block, Cell, Chart, Figure, Note, Section, Series, Table
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.words import called, heads, titled, words
from offersmith.report.format import Reader


def again_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return what is bought again, after how many days, and for what customers are due."""
    title = words(reader, "again")
    lead: list[str] = []
    blocks: list[Block] = []
    if facts.again:
        lead.append(words(reader, "again_lead", cycles=facts.cycles, products=facts.cycles + facts.without))
        lead.append(words(reader, "due_lead", due=facts.due["due"], overdue=facts.due["overdue"]))
        blocks += [_cycles(facts, reader), _products(facts, reader), _statuses(facts, reader)]
    else:
        lead.append(words(reader, "again_none"))
    if facts.kinds:
        blocks.append(_kinds(facts, reader))
    blocks += [Note(words(reader, "again_note"))] if blocks else []
    return Section("again", title, reader.sentences(lead), tuple(blocks))


def _cycles(facts: ConductFacts, reader: Reader) -> Figure:
    found, title, days = [one.cycle for one in facts.again], words(reader, "again_title"), words(reader, "days")
    names = tuple(titled(one.thing, facts) for one in found)
    half, quarter, most = (tuple(getattr(one, name) for one in found) for name in ("median", "quartile", "upper"))
    series = Series(days, half, quarter, most)
    soonest = half.index(min(half))
    summary = words(reader, "again_summary", name=names[soonest], days=half[soonest])
    chart = Chart("interval", title, names, (series,), summary, unit="int", reference=0.0, y_name=days)
    columns = heads(reader, product="text", usual_days="int", quarter="int", three_quarters="int")
    return Figure(chart, Table(title, columns, tuple(zip(names, half, quarter, most, strict=True))))


def _products(facts: ConductFacts, reader: Reader) -> Table:
    """Return the same products with who comes back for them, and who should be now."""
    columns = heads(reader, product="text", product_name="text", customers="int", returning="percent", usual_days="int")
    columns += heads(reader, due="int", overdue="int")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.cycle.thing, called(one.cycle.thing, facts), one.cycle.customers, one.cycle.returning, one.cycle.median,
         one.due, one.overdue)
        for one in facts.again
    )  # fmt: skip
    return Table(words(reader, "products_table"), columns, rows)


def _statuses(facts: ConductFacts, reader: Reader) -> Table:
    """Return how many pairs of customer and product are due, overdue, not yet, or given up."""
    columns = heads(reader, status="text", pairs="int", means="text")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (words(reader, f"status_{one}"), facts.due[one], words(reader, f"means_{one}")) for one in STATUSES
    )
    return Table(words(reader, "statuses_table"), columns, rows, width="half")


def _kinds(facts: ConductFacts, reader: Reader) -> Table:
    columns = heads(reader, category="text", customers="int", returning="percent", usual_days="int")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.thing, one.customers, one.returning, one.median) for one in facts.kinds
    )
    return Table(words(reader, "kinds_table"), columns, rows, width="half")
