"""The shop at a glance: what was sold, when, of what, and which events say so."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from offersmith.report.base import Block, Chart, Column, Figure, Number, Numbers, Section, Series, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs import ShopFacts
from offersmith.vocabulary import EVENT_NAMES

SHOWN = 10
MOSTLY = 0.5
"""Above this share of sales without a category, categories say nothing and the products are shown."""


def totals(facts: ShopFacts) -> dict[str, Any]:
    """Return the one row of totals; empty when the shop has no sales."""
    rows = facts.totals.to_pylist()
    return dict(rows[0]) if rows and rows[0]["orders"] else {}


def section(facts: ShopFacts, as_of: date, reader: Reader) -> Section | None:
    """Return the section, or None for a shop without a sale before `as_of`."""
    row = totals(facts)
    if not row:
        return None
    revenue, orders = reader.major(row["revenue"]), row["orders"]
    values = {
        "first": reader.day(row["first_sale"]),
        "last": reader.day(row["last_sale"]),
        "customers": reader.count(row["buyers"]),
        "orders": reader.count(orders),
        "known": reader.count(row["known_orders"]),
        "anonymous": reader.count(row["anonymous_orders"]),
        "share": reader.percent(row["anonymous_revenue"] / row["revenue"] if row["revenue"] else 0.0, 0),
        "revenue": reader.money(revenue),
    }
    blocks: list[Block] = [
        Numbers(_numbers(row, reader)),
        *_months(facts.by_month, reader),
        *_goods(facts, revenue, reader),
        *_events(facts.by_event, reader),
        Text(reader.say("glance_counted", day=reader.day(as_of)), reader.say("glance_counted_title"), width="half"),
    ]
    lead = reader.say("glance_lead_anonymous" if row["anonymous_orders"] else "glance_lead", **values)
    return Section("glance", reader.say("glance_title"), lead, tuple(blocks))


def _numbers(row: dict[str, Any], reader: Reader) -> tuple[Number, ...]:
    """Return the numbers; what is said per customer is said of known customers and their own orders."""
    revenue, orders, buyers = reader.major(row["revenue"]), row["orders"], row["buyers"]
    refunds = reader.say("glance_refunds", refunds=reader.money(reader.major(row["refunds"]))) if row["refunds"] else ""
    split = ""
    if row["anonymous_orders"]:
        known, anonymous = reader.count(row["known_orders"]), reader.count(row["anonymous_orders"])
        split = reader.say("glance_split", known=known, anonymous=anonymous)
    shown = [
        Number(reader.money(revenue), reader.say("glance_revenue"), refunds),
        Number(reader.count(orders), reader.say("glance_orders"), split),
        Number(reader.money(revenue / orders), reader.say("glance_average")),
    ]
    if buyers:
        each = reader.say("glance_per_customer", orders=reader.number(row["known_orders"] / buyers, 1))
        idle = row["customers"] - buyers
        others = [reader.say("glance_idle", customers=reader.count(idle))] if idle else []
        shown.append(Number(reader.count(buyers), reader.say("glance_buyers"), reader.join([each, *others])))
    shown.append(Number(reader.count(row["products"]), reader.say("glance_products")))
    return tuple(shown)


def _months(table: pa.Table, reader: Reader) -> tuple[Figure, ...]:
    rows = table.to_pylist()
    if not rows:
        return ()
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
        Column(reader.say("glance_buyers"), "int"),
    )
    cells = tuple(
        (month, amount, row["orders"], row["customers"]) for month, amount, row in zip(months, sales, rows, strict=True)
    )
    return (Figure(chart, Table(title, columns, cells)),)


def _goods(facts: ShopFacts, revenue: float, reader: Reader) -> tuple[Block, ...]:
    """Return what sells: by category; by product where most sales have none; a sentence where neither is known."""
    if revenue <= 0:
        return ()
    categories = [(row["category"], reader.major(row["revenue"])) for row in facts.by_category.to_pylist()]
    unknown = sum(amount for name, amount in categories if name is None)
    if categories and unknown <= MOSTLY * revenue:
        return (_ranking("category", categories[:SHOWN], revenue, reader),)
    products = [
        (row["product_id"], row["product_name"], reader.major(row["revenue"])) for row in facts.by_product.to_pylist()
    ][:SHOWN]
    if not products:
        return (Text(reader.say("glance_goods_unknown"), reader.say("glance_category_title")),)
    uses = Counter(name for _, name, _ in products)
    named = [(f"{name} ({code})" if uses[name] > 1 else name, amount) for code, name, amount in products]
    return (_ranking("product", named, revenue, reader),)


def _ranking(kind: str, rows: list[tuple[str | None, float]], revenue: float, reader: Reader) -> Figure:
    names = tuple(name or reader.say("glance_unknown") for name, _ in rows)
    sales = tuple(amount for _, amount in rows)
    first = next((at for at, (name, _) in enumerate(rows) if name), 0)
    share = reader.percent(sales[first] / revenue)
    summary = reader.say(f"glance_{kind}_summary", first=names[first], revenue=reader.money(sales[first]), share=share)
    title, money = reader.say(f"glance_{kind}_title"), reader.say("glance_revenue")
    unknown = tuple(at for at, (name, _) in enumerate(rows) if not name)
    series = (Series(money, sales, muted_points=unknown),)
    chart = Chart("bar", title, names, series, summary, unit="money", horizontal=True)
    columns = (Column(reader.say(f"glance_{kind}")), Column(money, "money"), Column(reader.say("share"), "percent"))
    cells = tuple((name, amount, amount / revenue) for name, amount in zip(names, sales, strict=True))
    return Figure(chart, Table(title, columns, cells))


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
