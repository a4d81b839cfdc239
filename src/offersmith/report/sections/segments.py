"""Who the customers are: how many of each segment, how much of the sales they bring, how often they ordered."""

from __future__ import annotations

from offersmith.report.base import Chart, Column, Figure, Section, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs import SegmentFacts


def section(facts: SegmentFacts, reader: Reader) -> Section | None:
    """Return the section, or None when there are no customers or no sales to compare."""
    customers, revenue = sum(row.customers for row in facts.rows), sum(row.revenue_minor for row in facts.rows)
    if not customers or revenue <= 0:
        return None
    first = max(facts.rows, key=lambda row: row.revenue_minor)
    heads, sales = first.customers / customers, first.revenue_minor / revenue
    lead = reader.say(
        "segments_lead" if sales > heads else "segments_lead_even",
        name=reader.of(first.name),
        customers=reader.percent(heads, 0),
        revenue=reader.percent(sales, 0),
        days=reader.count(facts.window_days),
    )
    return Section("segments", reader.say("segments_title"), lead, (_shares(facts, reader), _table(facts, reader)))


def _shares(facts: SegmentFacts, reader: Reader) -> Figure:
    customers, revenue = sum(row.customers for row in facts.rows), sum(row.revenue_minor for row in facts.rows)
    names = tuple(reader.of(row.name) for row in facts.rows)
    heads = tuple(row.customers / customers for row in facts.rows)
    sales = tuple(row.revenue_minor / revenue for row in facts.rows)
    each = [row.revenue_minor / row.customers if row.customers else 0.0 for row in facts.rows]
    top = max(range(len(each)), key=each.__getitem__)
    summary = reader.say(
        "segments_summary",
        count=reader.count(len(names)),
        name=names[top],
        revenue=reader.money(reader.major(round(each[top]))),
        days=reader.count(facts.window_days),
    )
    title, of_heads, of_sales = (reader.say(f"segments_{name}") for name in ("chart", "of_customers", "of_sales"))
    series = (Series(of_heads, heads, muted=True), Series(of_sales, sales))
    chart = Chart("bar", title, names, series, summary, unit="percent", horizontal=True)
    columns = (Column(reader.say("segments_segment")), Column(of_heads, "percent"), Column(of_sales, "percent"))
    return Figure(chart, Table(title, columns, tuple(zip(names, heads, sales, strict=True))))


def _table(facts: SegmentFacts, reader: Reader) -> Table:
    columns = (
        Column(reader.say("segments_segment")),
        Column(reader.say("segments_meaning")),
        Column(reader.say("customers"), "int"),
        Column(reader.say("segments_revenue_each", days=reader.count(facts.window_days)), "money"),
        Column(reader.say("segments_orders_each"), "number"),
    )
    cells = tuple(
        (
            reader.of(row.name),
            reader.of(row.meaning),
            row.customers,
            reader.major(row.revenue_minor) / row.customers if row.customers else None,
            row.orders / row.customers if row.customers else None,
        )
        for row in facts.rows
    )
    return Table(reader.say("segments_table"), columns, cells)
