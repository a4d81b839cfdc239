"""The shop at a glance: what was sold, when, of what, and which events say so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa

from offersmith.report.base import Chart, Column, Figure, Number, Numbers, Section, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs import ShopFacts
from offersmith.vocabulary import EVENT_NAMES

CATEGORIES = 10


def totals(facts: ShopFacts) -> dict[str, Any]:
    """Return the one row of totals; empty when the shop has no events."""
    rows = facts.totals.to_pylist()
    return dict(rows[0]) if rows and rows[0]["orders"] else {}


def section(facts: ShopFacts, reader: Reader) -> Section | None:
    """Return the section, or None for a shop without a sale."""
    row = totals(facts)
    if not row:
        return None
    revenue, orders = reader.major(row["revenue"]), row["orders"]
    average = reader.money(revenue / orders, reader.digits([revenue / orders]))
    lead = reader.say(
        "glance_lead",
        first=reader.day(row["first_time"]),
        last=reader.day(row["last_time"]),
        customers=reader.count(row["customers"]),
        orders=reader.count(orders),
        revenue=reader.money(revenue),
        average=average,
    )
    figures = [figure for figure in (_months(facts.by_month, reader), _categories(facts, revenue, reader)) if figure]
    return Section("glance", reader.say("glance_title"), lead, (_numbers(row, average, reader), *figures,
                   *_events(facts.by_event, reader)))  # fmt: skip


def _numbers(row: dict[str, Any], average: str, reader: Reader) -> Numbers:
    refunds = reader.say("glance_refunds", refunds=reader.money(reader.major(row["refunds"]))) if row["refunds"] else ""
    each = reader.number(row["orders"] / row["customers"], 1) if row["customers"] else ""
    return Numbers(
        (
            Number(reader.money(reader.major(row["revenue"])), reader.say("glance_revenue"), refunds),
            Number(
                reader.count(row["orders"]),
                reader.say("glance_orders"),
                reader.say("glance_per_customer", orders=each) if each else "",
            ),
            Number(average, reader.say("glance_average")),
            Number(reader.count(row["products"]), reader.say("glance_products")),
        )
    )


def _months(table: pa.Table, reader: Reader) -> Figure | None:
    rows = table.to_pylist()
    if not rows:
        return None
    months = [_month(row["month"]) for row in rows]
    sales = [reader.major(row["revenue"]) for row in rows]
    names = tuple(reader.month(month) for month in months)
    most, least = max(range(len(rows)), key=sales.__getitem__), min(range(len(rows)), key=sales.__getitem__)
    summary = reader.say(
        "glance_month_summary",
        first=names[0],
        last=names[-1],
        most=reader.money(sales[most]),
        most_month=names[most],
        least=reader.money(sales[least]),
        least_month=names[least],
    )
    title = reader.say("glance_month_title")
    chart = Chart("line", title, names, (Series(reader.say("glance_revenue"), tuple(sales)),), summary, unit="money")
    columns = (
        Column(reader.say("glance_month"), "month"),
        Column(reader.say("glance_revenue"), "money"),
        Column(reader.say("glance_orders"), "int"),
        Column(reader.say("customers"), "int"),
    )
    cells = tuple(
        (month, amount, row["orders"], row["customers"]) for month, amount, row in zip(months, sales, rows, strict=True)
    )
    return Figure(chart, Table(title, columns, cells))


def _categories(facts: ShopFacts, revenue: float, reader: Reader) -> Figure | None:
    rows = facts.by_category.to_pylist()[:CATEGORIES]
    if not rows or revenue <= 0:
        return None
    names = tuple(row["category"] or reader.say("glance_unknown") for row in rows)
    sales = tuple(reader.major(row["revenue"]) for row in rows)
    summary = reader.say(
        "glance_category_summary",
        first=names[0],
        revenue=reader.money(sales[0]),
        share=reader.percent(sales[0] / revenue),
    )
    title, money = reader.say("glance_category_title"), reader.say("glance_revenue")
    chart = Chart("bar", title, names, (Series(money, sales),), summary, unit="money", horizontal=True)
    columns = (Column(reader.say("glance_category")), Column(money, "money"), Column(reader.say("share"), "percent"))
    cells = tuple((name, amount, amount / revenue) for name, amount in zip(names, sales, strict=True))
    return Figure(chart, Table(title, columns, cells), width="half")


def _events(table: pa.Table, reader: Reader) -> tuple[Table, ...]:
    rows = table.to_pylist()
    if not rows:
        return ()
    columns = (Column(reader.say("glance_event")), Column(reader.say("rows"), "int"))
    cells = tuple((_event(row["event"], reader), row["rows"]) for row in rows)
    return (Table(reader.say("glance_event_title"), columns, cells, width="half"),)


def _event(name: str, reader: Reader) -> str:
    return reader.say(f"event_{name}") if name in EVENT_NAMES else name


def _month(value: str | date) -> date:
    return datetime.fromisoformat(f"{value[:7]}-01") if isinstance(value, str) else value
