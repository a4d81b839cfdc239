"""The odd customers and products as tables: who, what they look like, and by which figures."""

from __future__ import annotations

from offersmith.profiles.behaviour.named import named, unit_of
from offersmith.profiles.odd import Odd, OddOne, Why
from offersmith.report.base import Cell, Column, Table
from offersmith.report.checkup.facts import CheckupFacts
from offersmith.report.format import MISSING, Reader
from offersmith.words import say

SHOWN = 15
"""Odd ones in a table, at most; how many there are stands above it."""
_LARGE, _SMALL = 100.0, 10.0


def words(reader: Reader, name: str, /, **values: object) -> str:
    """Return the message `checkup.name` in the reader's language."""
    return say(f"checkup.{name}", reader.language, **values)


def written(column: str, value: float | None, reader: Reader) -> str:
    """Write a value of a feature: money in major units, shares in percents, no decimals that say nothing."""
    if value is None:
        return MISSING
    unit = unit_of(column)
    if unit == "minor":
        return reader.money(value / 10 ** _digits(reader))
    if unit == "share":
        return reader.percent(value)
    if float(value).is_integer() or abs(value) >= _LARGE:
        return reader.count(value)
    return reader.number(value, 1 if abs(value) >= _SMALL else 2)


def customers_table(facts: CheckupFacts, reader: Reader) -> Table:
    """Return the odd customers, those that nothing is learned from first."""
    out = {one.key for one in facts.kept_out.found}
    others = [one for one in facts.customers.found if one.key not in out]
    columns = tuple(Column(words(reader, name)) for name in ("customer", "looks_like", "why", "learned_from"))
    rows: list[tuple[Cell, ...]] = []
    for one in [*facts.kept_out.found, *others][:SHOWN]:
        kind = words(reader, f"kind_{one.kind}")
        rows.append((one.key, kind, _why(one, reader), words(reader, "no" if one.key in out else "yes")))
    return Table(words(reader, "customers_table"), columns, tuple(rows))


def products_table(facts: CheckupFacts, reader: Reader) -> Table:
    """Return the odd products with their names."""
    columns = tuple(Column(words(reader, name)) for name in ("product", "product_name", "why"))
    rows = tuple(
        (one.key, facts.names.get(one.key, MISSING), _why(one, reader)) for one in facts.products.found[:SHOWN]
    )
    return Table(words(reader, "products_table"), columns, rows)


def counted(found: Odd) -> int:
    """Return how many are odd, those that go unnamed included."""
    return len(found.found) + found.more


def _why(one: OddOne, reader: Reader) -> str:
    return words(reader, "joint").join(_reason(why, reader) for why in one.why)


def _reason(why: Why, reader: Reader) -> str:
    told = {"value": written(why.feature, why.value, reader), "usual": written(why.feature, why.usual, reader)}
    return words(reader, "reason", feature=named(why.feature, reader.language), **told)


def _digits(reader: Reader) -> int:
    return len(str(round(1 / reader.major(1)))) - 1
