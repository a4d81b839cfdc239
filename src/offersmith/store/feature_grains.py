"""The scans behind the features: one aggregation for each grain, answering all cells of that grain at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.feature_cells import Cell
from offersmith.store.feature_values import (
    COUNT_BITS,
    FRACTION_BITS,
    LOG_BITS,
    REST_BITS,
    VALUE_BITS,
    VALUE_LOG_BITS,
    column,
    holds,
    line_value,
    local_day,
    real,
    weight,
    whole,
)

Named = Mapping[str, Cell]
_KEYS = {"order": "order_id", "session": "session_id"}
_CROWD = 6
"""So many cells on the same events earn a scan of their own (measured on 10 M events: a quarter less CPU)."""


def scans(named: Named) -> list[dict[str, Cell]]:
    """Return the cells scan by scan; cells of the same scan are answered together, `named`'s first in the first.

    A kind of event that many cells ask for gets a scan of its own: leaving out other lines before gathering is cheaper
    than testing each line for each cell.
    """
    lines = Counter(cell.events for cell in named.values() if _source(cell) == ("event",))
    crowded = {events for events, asked in lines.items() if events and asked >= _CROWD}
    found: dict[tuple[object, ...], dict[str, Cell]] = {}
    for name, cell in named.items():
        key = _source(cell)
        key = (*key, cell.events) if key == ("event",) and cell.events in crowded else key
        found.setdefault(key, {})[name] = cell
    return list(found.values())


def _source(cell: Cell) -> tuple[object, ...]:
    if cell.how == "gap_squares":
        return ("gap", cell.grain, cell.events, repr(cell.where), cell.window_days or 0)
    if cell.grain == "group":
        return ("group", cell.by or "")
    return ("event",) if cell.grain == "event" else (cell.grain, cell.events)


def scan(named: Named, table: ir.Table, as_of: datetime) -> ir.Table:
    """Return `customer_id` and a column per cell, for cells of one source.

    Args:
        named: cells by column name; all of the same `source`.
        table: what `observations` returned for the grain of these cells.
        as_of: the moment.
    """
    first = next(iter(named.values()))
    if first.how == "gap_squares":
        return _gaps(named, table, as_of)
    if first.grain == "group":
        return _groups(named, table, as_of)
    if first.grain == "event" and _alike(named):
        table = table.filter(_is_one_of(table.event, first.events)).drop("event")
    answers = {name: _aggregate(cell, table, as_of) for name, cell in named.items()}
    return table.group_by("customer_id").aggregate(**answers)


def _alike(named: Named) -> bool:
    """Return whether all cells look at the same events, so that other lines can be left out beforehand."""
    events = {cell.events for cell in named.values()}
    return len(events) == 1 and events != {()}


def _counts(cell: Cell, table: ir.Table, as_of: datetime) -> ir.BooleanValue | None:
    """Return whether a row of `table` counts for the cell; None if every row does."""
    tests = [holds(_tested(cell, table, condition.column), condition) for condition in cell.where]
    if "event" in table.columns and cell.events:
        tests.insert(0, _is_one_of(table.event, cell.events))
    if cell.window_days is not None:
        tests.append(table.time >= ibis.literal(as_of - timedelta(days=cell.window_days)))
    return ibis.and_(*tests) if tests else None


def _tested(cell: Cell, table: ir.Table, name: str) -> ir.Value:
    """Return the column a condition tests; what was gathered as fixed point is read as it was."""
    if cell.grain in _KEYS and name in FRACTION_BITS:
        return real(table[name]) / real(2 ** FRACTION_BITS[name])
    return column(table, name)


def _is_one_of(event: ir.Value, events: tuple[str, ...]) -> ir.BooleanValue:
    return event == events[0] if len(events) == 1 else event.isin(events)


def grain(cell: Cell) -> tuple[object, ...]:
    """Return which observations a cell looks at; cells of one grain share them."""
    return ("line",) if cell.grain in ("event", "group") else (cell.grain, cell.events)


def observations(cells: Sequence[Cell], lines: ir.Table) -> ir.Table:
    """Return one row per observation: lines as they are, or lines gathered to orders or sessions.

    The moment of an order or session is that of its first line, and decides about windows and the clock.

    Args:
        cells: all cells of one grain; what they ask for decides the columns.
        lines: event lines of known customers before the moment.
    """
    if grain(cells[0]) == ("line",):
        return lines
    wanted = sorted({cell.value for cell in cells if cell.value} | {w.column for cell in cells for w in cell.where})
    chosen = lines.filter(_is_one_of(lines.event, cells[0].events))
    key = _KEYS[cells[0].grain]
    if cells[0].grain == "session":
        chosen = chosen.filter(chosen[key].notnull())
        keys = {"customer_id": chosen.customer_id, "key": chosen[key]}
    else:
        # Without an order id, what a customer bought on one day of the wall clock is one order.
        loose = ibis.ifelse(chosen[key].isnull(), local_day(chosen), None)
        keys = {"customer_id": chosen.customer_id, "key": chosen[key], "loose_day": loose}
    sums = {name: _gathered(chosen, name) for name in wanted if name not in ("hour", "weekday", "time")}
    return chosen.group_by(**keys).aggregate(time=chosen.time.min(), utc_offset=chosen.utc_offset.min(), **sums)


def _gathered(lines: ir.Table, name: str) -> ir.Value:
    if name == "lines":
        return lines.count()
    if name in ("unit_price", "rating"):
        raise InputError(
            f"{name!r} belongs to a line; it cannot be added up over an order or session", field="value", value=name
        )
    return line_value(lines, name).sum()


def _value(cell: Cell, table: ir.Table) -> ir.Value:
    name = cell.value or "lines"
    return line_value(table, name) if cell.grain in ("event", "group") else table[name]


def _aggregate(cell: Cell, table: ir.Table, as_of: datetime) -> ir.Value:
    where = _counts(cell, table, as_of)
    match cell.how:
        case "count":
            return table.count(where=where)
        case "known":
            return _value(cell, table).count(where=where)
        case "sum":
            return _value(cell, table).sum(where=where)
        case "median":
            return _value(cell, table).median(where=where)
        case "max":
            return _value(cell, table).max(where=where)
        case "first":
            return table.time.min(where=where)
        case "last":
            return table.time.max(where=where)
        case "first_day":
            return local_day(table).min(where=where)
        case "last_day":
            return local_day(table).max(where=where)
        case "decayed":
            return _faded(cell, table, as_of, where)
        case _:
            raise AssertionError(cell)


def _faded(cell: Cell, table: ir.Table, as_of: datetime, where: ir.BooleanValue | None) -> ir.Value:
    """Add up what has faded, in fixed point.

    A value of a line is added up in two integers, its whole units and the rest of them: what has faded to a fraction of
    a cent is as exact as what is fresh, and no large amount is too large for 64 bits.
    """
    share = weight(table, as_of, cell.half_life_days or 1.0)
    if cell.value is None:
        return whole(share * real(2**COUNT_BITS)).sum(where=where)
    bits = VALUE_BITS - FRACTION_BITS.get(cell.value, 0)
    units = share * real(_value(cell, table)) * real(2**bits)
    if cell.grain != "event":
        return whole(units).sum(where=where)
    rest = whole((units - real(whole(units))) * real(2**REST_BITS))
    return real(whole(units).sum(where=where)) + real(rest.sum(where=where)) / real(2**REST_BITS)


def _gaps(named: Named, table: ir.Table, as_of: datetime) -> ir.Table:
    """Add up squared days between neighbouring observations; neighbours need an order, so this is the one window."""
    cell = next(iter(named.values()))
    where = _counts(cell, table, as_of)
    chosen = table if where is None else table.filter(where)
    days = chosen.select("customer_id", day=local_day(chosen))
    pairs = days.mutate(before=days.day.lag().over(group_by="customer_id", order_by="day"))
    gap = pairs.day - pairs.before
    return pairs.group_by("customer_id").aggregate(**dict.fromkeys(named, (gap * gap).sum()))


def _groups(named: Named, lines: ir.Table, as_of: datetime) -> ir.Table:
    """Gather lines to (customer, group) with a measure for each way of counting, then compare a customer's groups."""
    by = next(iter(named.values())).by or ""
    ways = {(cell.events, repr(cell.where), cell.window_days, cell.value): cell for cell in named.values()}
    numbers = {way: f"m{number}" for number, way in enumerate(ways)}
    events = tuple(sorted({event for cell in named.values() for event in cell.events}))
    chosen = lines.filter(lines[by].notnull(), _is_one_of(lines.event, events))
    chosen = chosen.drop("event") if _alike(named) else chosen
    measures = {}
    for way, cell in ways.items():
        where = _counts(cell, chosen, as_of)
        measures[numbers[way]] = (
            chosen.count(where=where) if cell.value is None else _value(cell, chosen).sum(where=where)
        )
    groups = chosen.group_by("customer_id", by).aggregate(**measures)
    answers = {}
    for name, cell in named.items():
        measure = groups[numbers[(cell.events, repr(cell.where), cell.window_days, cell.value)]]
        answers[name] = _compare(cell, measure)
    return groups.group_by("customer_id").aggregate(**answers)


def _compare(cell: Cell, measure: ir.Value) -> ir.Value:
    positive = measure > 0
    match cell.how:
        case "groups":
            return measure.count(where=positive)
        case "total":
            return measure.sum(where=positive)
        case "top":
            return measure.max(where=positive)
        case "n_log_n":
            bits = LOG_BITS if cell.value is None else VALUE_LOG_BITS
            size = real(ibis.ifelse(positive, measure, None))
            return whole(size * size.ln() * real(2**bits)).sum()
        case _:
            raise AssertionError(cell)
