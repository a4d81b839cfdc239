"""From a shop's own columns and names to ours: one batch in, typed columns of `vocabulary.EVENTS` out.

Nothing is refused here. What could not be read becomes null and is noted, and `validate` decides what that means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError, SettingsError
from offersmith.events import amounts, clock
from offersmith.money import DIGITS
from offersmith.settings import ShopSettings, SourceSettings
from offersmith.vocabulary import EVENT_NAMES, EVENTS

IGNORED = ""
"""The event a shop's name is mapped to when its rows are known and not wanted: refused as `ignored_event`."""

DROPPED = "listed_product"
"""The product as the file names it, also where `drop_products` takes it away from the event."""

MARKS = ("negative_quantity", "negative_amount")

_IDS = ("event_id", "customer_id", "session_id", "order_id", "product_id", "offer_id", "campaign_id")
_WORDS = ("product_name", "category", "brand", "placement", "search_term", "channel", "device", "place")
_MISSING = pa.array(["", "NULL", "null", "NaN", "nan", "None", "\\N", "N/A", "#N/A", "<NA>"])
_NO_TEXT = pa.scalar(None, pa.string())
_NO_NUMBER = pa.scalar(None, pa.float64())


@dataclass(frozen=True, slots=True)
class Mapped:
    """One batch in our words, and what could not be read of it; all arrays have the batch's length.

    Attributes:
        columns: every column of `EVENTS` (`event_id` null where ids are to be made) and `listed_product`.
        times: the clock's reading, with its faults.
        unreadable: column -> rows that have something there which is no number.
        unknown: rows with an event name nobody mapped.
        ignored: rows with an event name mapped to nothing.
        refund: rows that are refunds.
        rounded: rows whose money had a part of a minor unit.
        needs: columns of ours that the source maps.
    """

    columns: Mapping[str, pa.Array]
    times: clock.Times
    unreadable: Mapping[str, pa.Array]
    unknown: pa.Array
    ignored: pa.Array
    refund: pa.Array
    rounded: pa.Array
    needs: frozenset[str]


def check(mapping: SourceSettings) -> None:
    """Check that a mapping only speaks of columns, events and marks there are.

    Raises:
        SettingsError: naming the key, its value and what is allowed.
    """
    _allowed("columns", [name for name in mapping.columns if name not in EVENTS.names], EVENTS.names)
    targets = [*mapping.names.values(), mapping.event]
    _allowed("names", [name for name in targets if name and name not in EVENT_NAMES], EVENT_NAMES)
    _allowed(
        "refund_when", [m for m in mapping.refund_when if m not in MARKS and ":" not in m], [*MARKS, "COLUMN:TEXT"]
    )
    if mapping.amount_is == "unit" and "amount" not in mapping.columns:
        raise SettingsError('[[events]] amount_is = "unit" needs columns.amount, the column of the unit price')


def locate(schema: pa.Schema, mapping: SourceSettings) -> dict[str, str]:
    """Return our column -> theirs for the columns the source has.

    Raises:
        InputError: a mapped column is not there or is there twice, or there is no column of times.
    """
    columns = dict(mapping.columns) or {name: name for name in EVENTS.names if name in schema.names}
    if mapping.kind == "ours":
        columns = {ours: theirs for ours, theirs in columns.items() if theirs in schema.names}
    missing = sorted({theirs for theirs in columns.values() if theirs not in schema.names})
    if "time" not in columns:
        missing.append("time")
    twice = sorted({theirs for theirs in columns.values() if schema.names.count(theirs) > 1})
    if missing or twice:
        what = f"lacks the column(s) {', '.join(missing)}" if missing else f"has {', '.join(twice)} more than once"
        raise InputError(what, found=list(schema.names), missing=missing)
    return columns


def map_batch(batch: pa.RecordBatch, mapping: SourceSettings, shop: ShopSettings) -> Mapped:
    """Translate one batch.

    Raises:
        InputError: a mapped column is missing, or holds lists or structs.
    """
    where = locate(batch.schema, mapping)
    raw = {ours: _flat(batch.column(batch.schema.names.index(theirs)), theirs) for ours, theirs in where.items()}
    rows, ours = batch.num_rows, mapping.kind == "ours"
    columns = {field.name: pa.nulls(rows, field.type) for field in EVENTS}
    columns |= {name: text(raw[name], name) for name in (*_IDS, *_WORDS) if name in raw}
    columns[DROPPED] = columns["product_id"]
    if mapping.drop_products:
        listed = pc.is_in(columns["product_id"], pa.array(mapping.drop_products, pa.string()))
        columns["product_id"] = pc.if_else(listed, _NO_TEXT, columns["product_id"])
    event, unknown, ignored = _events(raw.get("event"), mapping, rows)
    times = clock.read(
        raw["time"], clock.Clock("UTC" if ours else shop.timezone, mapping.time_format, mapping.ambiguous_time)
    )
    columns["time"], columns["utc_offset"] = times.time, _offset(raw, times, shop)
    signed, unreadable = _numbers(raw)
    refund = pc.or_(pc.equal(event, "refund"), _refunds(mapping, columns, signed, batch)).fill_null(False)
    columns["event"] = pc.if_else(refund, "refund", event)
    money, rounded = _money(rows, signed, mapping, 0 if ours else DIGITS.get(shop.currency, 2), unreadable)
    for name in ("amount", "quantity"):
        value = money[name] if name in money else signed.get(name)
        if value is not None:
            columns[name] = pc.if_else(refund, pc.abs(value), value)
    columns |= {name: pc.abs(money[name]) for name in ("discount", "coupon_discount") if name in money}
    if "rating" in signed:
        columns["rating"] = signed["rating"].cast(pa.float64()).cast(pa.float32())
    if "dwell_ms" in signed:
        columns["dwell_ms"] = amounts.minor(signed["dwell_ms"], 0)[0]
    if "quantity" in signed:
        columns["quantity"] = columns["quantity"].cast(pa.float64())
    return Mapped(columns, times, unreadable, unknown, ignored, refund, rounded, frozenset(where))


def text(column: pa.Array, name: str) -> pa.Array:
    """Return a column as trimmed text, null where there is nothing; whole floats lose their `.0` (17850.0 -> 17850)."""
    kind = column.type
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
        whole = pc.fill_null(pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 2.0**53)), False)
        if pc.all(pc.or_(whole, pc.is_null(column))).as_py():
            return column.cast(pa.int64()).cast(pa.string())
        digits = pc.if_else(whole, column, _NO_NUMBER.cast(kind)).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(digits, column.cast(pa.string()))
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return column.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    missing = _MISSING if name in _IDS else _MISSING[:1]
    trimmed = pc.if_else(pc.is_in(trimmed, missing), _NO_TEXT, trimmed)
    if name == "customer_id":
        return pc.replace_substring_regex(trimmed, r"^(\d+)\.0+$", r"\1")
    return trimmed


def _flat(column: pa.Array, name: str) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        raise InputError(f"has {column.type} in the column {name!r}; a mapped column holds plain values", column=name)
    return column


def _events(column: pa.Array | None, mapping: SourceSettings, rows: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return (our names, unknown names, ignored names); a row without a name is of the source's `event`."""
    never = pa.array(np.zeros(rows, bool))
    if column is None:
        return pa.repeat(pa.scalar(mapping.event), rows), never, never
    coded = text(column, "event").dictionary_encode()
    names = {name: name for name in EVENT_NAMES} | dict(mapping.names)
    ours = pa.array([names.get(name) for name in coded.dictionary.to_pylist()], pa.string())
    event = ours.take(coded.indices)
    missing = pc.is_null(coded.indices)
    unknown = pc.and_(pc.is_null(event), pc.invert(missing))
    event = pc.if_else(missing, mapping.event, event)
    return event, unknown, pc.fill_null(pc.equal(event, IGNORED), False)


def _offset(raw: Mapping[str, pa.Array], times: clock.Times, shop: ShopSettings) -> pa.Array:
    made = clock.offsets(times.time, shop.timezone)
    if "utc_offset" not in raw:
        return made
    given, _ = amounts.pieces(raw["utc_offset"])
    return pc.coalesce(given.cast(pa.float64()).cast(pa.int16(), safe=False), made)


def _numbers(raw: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Return (exact decimals, unreadable rows) of every mapped number."""
    read = {name: amounts.exact(raw[name]) for name in ("amount", "discount", "coupon_discount", "rating", "dwell_ms")
            if name in raw}  # fmt: skip
    if "quantity" in raw:
        read["quantity"] = amounts.pieces(raw["quantity"])
    return {name: value for name, (value, _) in read.items()}, {name: bad for name, (_, bad) in read.items()}


def _money(
    rows: int, signed: Mapping[str, pa.Array], mapping: SourceSettings, digits: int, unreadable: dict[str, pa.Array]
) -> tuple[dict[str, pa.Array], pa.Array]:
    money: dict[str, pa.Array] = {}
    rounded = pa.array(np.zeros(rows, bool))
    for name in ("amount", "discount", "coupon_discount"):
        if name not in signed:
            continue
        value = signed[name]
        if name == "amount" and mapping.amount_is == "unit" and "quantity" in signed:
            value = amounts.line(value, signed["quantity"])
        money[name], changed, tall = amounts.minor(value, digits)
        rounded = pc.or_(rounded, changed)
        unreadable[name] = pc.or_(unreadable[name], tall)
    return money, rounded


def _refunds(
    mapping: SourceSettings, columns: Mapping[str, pa.Array], signed: Mapping[str, pa.Array], batch: pa.RecordBatch
) -> pa.Array:
    refund = pa.array(np.zeros(batch.num_rows, bool))
    for mark in mapping.refund_when:
        if mark in MARKS:
            value = signed.get(mark.removeprefix("negative_"))
            found = None if value is None else pc.less(value, pa.scalar(0, value.type))
        else:
            name, _, prefix = mark.partition(":")
            column = columns.get(name)
            if column is None and name in batch.schema.names:
                column = text(_flat(batch.column(batch.schema.names.index(name)), name), name)
            if column is None or not pa.types.is_string(column.type):
                raise InputError(f"lacks the column {name!r} of refund_when = {mark!r}", found=batch.schema.names)
            found = pc.starts_with(column, prefix)
        if found is not None:
            refund = pc.or_(refund, pc.fill_null(found, False))
    return refund


def _allowed(key: str, wrong: list[str], allowed: tuple[str, ...] | list[str]) -> None:
    if wrong:
        raise SettingsError(f"[[events]] {key} has {', '.join(map(repr, wrong))}; allowed: {', '.join(allowed)}")
