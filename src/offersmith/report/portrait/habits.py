"""The habits of a customer as tables: how they buy, what they buy again, and which segment stands next to theirs."""

from __future__ import annotations

from offersmith.report.base import Column, Table, Text
from offersmith.report.format import Reader
from offersmith.report.portrait.facts import PortraitFacts
from offersmith.report.portrait.reading import dated, words

INSIDE, BORDER = 0.5, 0.9
"""Nearness to the border up to which a customer is well inside a segment, and from which on at its border."""


def neighbour_text(facts: PortraitFacts, reader: Reader) -> Text | None:
    """Return which segment is next, and how near its border is; None where there is no other."""
    beside = facts.neighbour
    if beside is None:
        return None
    place = "inside" if beside.nearness < INSIDE else "between" if beside.nearness < BORDER else "border"
    share = reader.percent(min(beside.nearness, 1.0), 0)
    text = words(reader, f"neighbour_{place}", name=reader.of(beside.name), share=share)
    return Text(text, dated(words(reader, "neighbour"), facts, reader))


def habits_table(facts: PortraitFacts, reader: Reader) -> Table:
    """Return each habit with what it rests on."""
    columns = tuple(Column(words(reader, name)) for name in ("habit", "habit_is", "rests_on"))
    rows = tuple((reader.of(one.name), reader.of(one.value), reader.of(one.says)) for one in facts.habits)
    return Table(dated(words(reader, "habits_table"), facts, reader), columns, rows)


def due_table(facts: PortraitFacts, reader: Reader) -> Table:
    """Return what is bought again, with the days between which the next purchase should fall."""
    columns = (
        Column(words(reader, "product")),
        Column(words(reader, "status")),
        Column(words(reader, "bought_on"), "int"),
        Column(words(reader, "bought_last"), "date"),
        Column(words(reader, "cycle"), "int"),
        Column(words(reader, "due_span")),
    )
    rows = tuple(
        (
            words(reader, "product_named", name=one.name, product=one.product_id) if one.name else one.product_id,
            words(reader, f"status_{one.status}"),
            one.purchases,
            one.bought,
            round(one.cycle_days),
            words(reader, "from_to", first=reader.day(one.first), last=reader.day(one.last)),
        )
        for one in facts.due
    )
    cut = facts.due_products > len(rows)
    counts = {"rows": reader.count(len(rows)), "products": reader.count(facts.due_products)}
    title = words(reader, "due_table_cut" if cut else "due_table", **counts)
    return Table(dated(title, facts, reader), columns, rows)
