"""The values and clocks features are made of: what a line, an order or a session is worth, as whole numbers.

Everything that is added up is an integer: floats are scaled to fixed point first. So a result depends neither on the
order in which threads add, nor on the engine.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.vocabulary import Where

DAY_US = 86_400_000_000
FRACTION_BITS = {"quantity": 16, "rating": 16, "unit_price": 20}
"""Values that are no integers are kept as value x 2^bits."""
COUNT_BITS, VALUE_BITS = 40, 24
"""Bits after the point of a decayed count and a decayed value."""
REST_BITS = 24
"""Further bits of a decayed value of lines, which are added up apart."""
LOG_BITS, VALUE_LOG_BITS = 32, 12
"""Bits after the point of n ln n, where n counts lines or adds up a value."""

# Whole weeks added before division, so that clocks before 1970 are right too; small enough for doubles to be exact.
_WEEKS_US = 3_000 * 7 * DAY_US
_MONDAY_US = 3 * DAY_US


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def epoch_us(time: ibis.dtype("timestamp")) -> int:  # type: ignore[empty-body,valid-type]
    """Microseconds since 1970; DuckDB has it, `store.spark` defines it."""


def moment_us(moment: datetime) -> int:
    """Return the microseconds from 1970 to a naive UTC moment."""
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001 - naive UTC by contract


def whole(value: ir.Value) -> ir.Value:
    """Round to an integer, half away from zero (both engines do)."""
    return value.round().cast("int64")


def real(value: ir.Value | float) -> ir.Value:
    """Make a double: a bare float literal would become DECIMAL on Spark."""
    return (value if isinstance(value, ir.Value) else ibis.literal(value)).cast("float64")


def line_value(lines: ir.Table, name: str) -> ir.Value:
    """Return a value of event lines as an integer, scaled by `FRACTION_BITS`.

    Raises:
        InputError: there is no such value.
    """
    if name == "lines":
        return ibis.literal(1).cast("int64")
    if name == "gross":
        return lines.amount + lines.discount.fill_null(0)
    if name == "unit_price":
        positive = lines.quantity > 0
        return whole(ibis.ifelse(positive, real(lines.amount) / lines.quantity, None) * real(2 ** FRACTION_BITS[name]))
    if name in FRACTION_BITS:
        return whole(real(lines[name]) * real(2 ** FRACTION_BITS[name]))
    if name in ("amount", "discount", "coupon_discount", "dwell_ms"):
        return lines[name]
    raise InputError(
        f"a feature cannot add up {name!r}; it can: amount, gross, discount, coupon_discount, quantity, unit_price, "
        "lines, rating, dwell_ms",
        field="value",
        value=name,
    )


def local_us(table: ir.Table) -> ir.Value:
    """Return the shop's wall clock in microseconds since 1970, shifted by whole weeks to be positive."""
    return epoch_us(table.time) + table.utc_offset.cast("int64") * 60_000_000 + _WEEKS_US


def local_day(table: ir.Table) -> ir.Value:
    """Return the number of the day on the shop's wall clock."""
    return local_us(table) // DAY_US


def column(table: ir.Table, name: str) -> ir.Value:
    """Return a column of the table, or `hour` (0-23) or `weekday` (0 = Monday) of the shop's wall clock.

    Raises:
        InputError: the table has no such column.
    """
    if name == "hour":
        return (local_us(table) % DAY_US) // (DAY_US // 24)
    if name == "weekday":
        return ((local_us(table) + _MONDAY_US) % (7 * DAY_US)) // DAY_US
    if name not in table.columns:
        raise InputError(
            f"a condition cannot use {name!r} here; it can use: {', '.join(table.columns)}, hour, weekday",
            field="where",
            value=name,
        )
    return table[name]


def holds(left: ir.Value, condition: Where) -> ir.BooleanValue:
    """Return whether a condition holds, row by row, for the values `left` of its column."""
    right = condition.value
    match condition.op:
        case "=":
            return left == right
        case "!=":
            return left != right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case "in":
            return left.isin(list(right))
        case "known":
            return left.notnull()


def weight(table: ir.Table, as_of: datetime, half_life_days: float) -> ir.Value:
    """Return 2^(-age / half life), the weight of what happened `age` before the moment."""
    age_us = ibis.literal(moment_us(as_of)) - epoch_us(table.time)
    return (real(age_us) * real(-log(2) / (half_life_days * DAY_US))).exp()
