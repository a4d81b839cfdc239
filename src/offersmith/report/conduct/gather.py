"""What the page of behaviour shows of long tables: products left by most, the largest carts, months, names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.profiles.behaviour.abandonment import Abandoned
from offersmith.profiles.behaviour.cycles import Cycles
from offersmith.profiles.behaviour.replenishment import Due
from offersmith.report.conduct.facts import Again, Left, Month, Pile
from offersmith.store.analytics import Analytics
from offersmith.store.summaries import by_month, totals
from offersmith.store.texts import compile_texts

SHOWN = 12
"""Products, categories and carts in a table, at most."""
DAY = timedelta(days=1)
MONTHS = 36
"""Months that are drawn, at most."""


def left(found: Abandoned) -> Left:
    """Return what was left with the products left by most, and the carts worth most."""
    if not found.rows:
        return Left(found, ())
    table = found.table if found.what == "carts" else found.table.append_column("value", pa.nulls(found.rows, "int64"))
    return Left(found, _piles(table, "product_id"), _piles(table, "customer_id") if found.what == "carts" else ())


def _piles(table: pa.Table, key: str) -> tuple[Pile, ...]:
    """Return the largest piles of a key: products by how many left them, customers by what their cart is worth."""
    # Money is a sum of what is known; a pile with something unknown in it says none rather than too little.
    grouped = table.group_by(key, use_threads=False).aggregate(
        [("value", "sum"), ("value", "count"), ("product_id", "count")]
    )
    known = pc.equal(grouped["value_count"], grouped["product_id_count"])
    worth = pc.if_else(known, grouped["value_sum"], pa.scalar(None, pa.int64()))
    first, second = ("count", "value") if key == "product_id" else ("value", "count")
    piles = pa.table({"key": grouped[key], "count": grouped["product_id_count"], "value": worth})
    ranked = piles.sort_by([(first, "descending"), (second, "descending"), ("key", "ascending")])
    return tuple(Pile(**row) for row in ranked.slice(0, SHOWN).to_pylist())


def again(found: Cycles, waiting: Due) -> tuple[Again, ...]:
    """Return the products with most evidence, each with how many customers are due and overdue for it."""
    shown = found.found[:SHOWN]
    mine = pc.is_in(waiting.table["product_id"], value_set=pa.array([one.thing for one in shown], pa.string()))
    tally = waiting.table.filter(mine).group_by(["product_id", "status"]).aggregate([([], "count_all")])
    counts = {(row["product_id"], row["status"]): row["count_all"] for row in tally.to_pylist()}
    return tuple(Again(one, *(counts.get((one.thing, name), 0) for name in ("due", "overdue"))) for one in shown)


def months(engine: Analytics, at: datetime, today: date) -> tuple[Month, ...]:
    """Return orders month by month on the shop's wall clock, months without any included.

    Neither the first day on record nor `today`, the day of the moment on that clock, counts as a whole one.
    """
    rows = {date.fromisoformat(f"{row['month']}-01"): row["orders"] for row in by_month(engine, at).to_pylist()}
    first, last = (totals(engine, at)[name][0].as_py() for name in ("first_sale", "last_sale"))
    if first is None:
        return ()
    found, start = [], date(first.year, first.month, 1)
    while start <= last.date():
        after = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        whole = start > first.date() and min(last.date(), today - DAY) >= after - DAY
        found.append(Month(start, rows.get(start, 0), whole))
        start = after
    return tuple(found[-MONTHS:])


def product_names(engine: Analytics, at: datetime, products: Sequence[str]) -> dict[str, str]:
    """Return what the shop calls some products, their category where they have no name."""
    if not products:
        return {}
    called = engine.run(compile_texts(at))
    rows = called.filter(pc.is_in(called["product_id"], value_set=pa.array(products, pa.string())))
    return {row["product_id"]: name for row in rows.to_pylist() if (name := row["product_name"] or row["category"])}
