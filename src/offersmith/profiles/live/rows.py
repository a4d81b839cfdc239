"""Events as the kernels see them: numbers only, a row an event.

What an event counts for is worked out here, column by column, the same for a table and for one event: its kind as a
bit, the conditions it meets as bits, its values as the fixed-point integers of the batch query
(`store.feature_values`), and fingerprints of its ids.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.profiles.live.fingerprints import fingerprint, fingerprints
from offersmith.profiles.live.schema import LINE_VALUES, Layout
from offersmith.store.feature_values import DAY_US, FRACTION_BITS
from offersmith.vocabulary import EVENT_NAMES, EVENTS, Where

MINUTE_US = 60_000_000
WEEKS_US = 3_000 * 7 * DAY_US  # whole weeks, so that clocks before 1970 are positive, as in the batch query
MONDAY_US = 3 * DAY_US
OTHER_EVENT = 63
LOOSE = np.uint64(0xFFFFFFFFFFFFFFFF)
"""In place of half a fingerprint: what has no id of its own, and whose other half is its day or its moment."""
_CODES = {name: code for code, name in enumerate(EVENT_NAMES)}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC by contract
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_ARROW = {
    "=": pc.equal, "!=": pc.not_equal, ">": pc.greater, ">=": pc.greater_equal, "<": pc.less, "<=": pc.less_equal,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Events of known customers as numbers; every array has a row per event.

    Attributes:
        slots: the customer's place.
        kinds: a bit for the kind of event.
        tests: a bit for each condition of the layout that holds.
        known: a bit for each value of the layout that is known.
        values: the layout's values, shape (rows, values).
        offsets: minutes to add for the shop's wall clock.
        ids: fingerprints of the event ids, shape (2, rows).
        keys: for each gathering the fingerprints of the order's or session's id, shape (gatherings, 2, rows).
        keyed: for each gathering whether the row belongs to an order or session, shape (gatherings, rows).
    """

    slots: NDArray[np.int64]
    kinds: NDArray[np.uint64]
    tests: NDArray[np.uint64]
    known: NDArray[np.uint64]
    values: NDArray[np.int64]
    offsets: NDArray[np.int64]
    ids: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    keyed: NDArray[np.bool_]

    @property
    def times(self) -> NDArray[np.int64]:
        """Return the microseconds since 1970."""
        return np.ascontiguousarray(self.values[:, 1])


def bits_of(events: tuple[str, ...]) -> np.uint64:
    """Return the bits of kinds of events; of none, those of all."""
    found = sum(1 << _CODES[name] for name in set(events)) if events else 2**64 - 1
    return np.uint64(found)


def epoch_us(moment: datetime) -> int:
    """Return the microseconds from 1970 to a naive UTC moment."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def as_rows(events: pa.Table, slots: NDArray[np.int64], layout: Layout) -> Rows:
    """Turn a table of `EVENTS`, all of known customers, into numbers."""
    columns = {name: events[name].combine_chunks() for name in events.column_names}
    n = events.num_rows
    time = columns["time"].cast(pa.int64()).to_numpy()
    offsets = np.array(columns["utc_offset"].cast(pa.int64()))
    local = time + offsets * MINUTE_US + WEEKS_US
    day = local // DAY_US
    values, known = np.zeros((n, len(layout.values)), np.int64), np.full(n, 7, np.uint64)
    values[:, 0], values[:, 1], values[:, 2] = 1, time, day
    for at, name in enumerate(layout.values[3:], 3):
        values[:, at], valid = _line_values(columns, name)
        known |= valid.astype(np.uint64) << np.uint64(at)
    clock = {"hour": pa.array(local % DAY_US // (DAY_US // 24)), "weekday": pa.array(_weekday(local))}
    tests = np.zeros(n, np.uint64)
    for at, where in enumerate(layout.tests):
        tests |= _holds(columns | clock, where).astype(np.uint64) << np.uint64(at)
    code = pc.fill_null(pc.index_in(columns["event"], pa.array(EVENT_NAMES)), OTHER_EVENT)
    keys, keyed = np.empty((len(layout.gatherings), 2, n), np.uint64), np.ones((len(layout.gatherings), n), np.bool_)
    for at, gathering in enumerate(layout.gatherings):
        if gathering.grain == "event":
            keys[at] = np.stack([time.astype(np.uint64), np.full(n, LOOSE)])
            continue
        valid = columns[gathering.key].is_valid().to_numpy(zero_copy_only=False)
        if gathering.grain == "order":
            loose = np.stack([day.astype(np.uint64), np.full(n, LOOSE)])
            keys[at] = np.where(valid, fingerprints(columns[gathering.key]), loose)
        else:
            keys[at], keyed[at] = fingerprints(columns[gathering.key]), valid
    return Rows(
        slots,
        np.uint64(1) << code.to_numpy().astype(np.uint64),
        tests,
        known,
        values,
        offsets,
        fingerprints(columns["event_id"]),
        keys,
        keyed,
    )


def as_row(event: Mapping[str, Any], slot: int, layout: Layout) -> Rows:
    """Turn one event, a value per column of `EVENTS`, into numbers; a column that is not there is null."""
    time, offset = epoch_us(event["time"]), int(event.get("utc_offset") or 0)
    local = time + offset * MINUTE_US + WEEKS_US
    day = local // DAY_US
    values, known = [1, time, day], 7
    for at, name in enumerate(layout.values[3:], 3):
        value = line_value(event, name)
        values.append(0 if value is None else value)
        known |= (value is not None) << at
    clock = {"hour": local % DAY_US // (DAY_US // 24), "weekday": int(_weekday(local))}
    tests = 0
    for at, where in enumerate(layout.tests):
        left = clock[where.column] if where.column in clock else event.get(where.column)
        tests |= _one_holds(left, where) << at
    keys = np.empty((len(layout.gatherings), 2, 1), np.uint64)
    keyed = np.ones((len(layout.gatherings), 1), np.bool_)
    for at, gathering in enumerate(layout.gatherings):
        if gathering.grain == "event":
            keys[at, 0, 0], keys[at, 1, 0] = time % 2**64, LOOSE
            continue
        key = event.get(gathering.key)
        if key is not None:
            keys[at] = fingerprint(key)
        elif gathering.grain == "order":
            keys[at, 0, 0], keys[at, 1, 0] = day, LOOSE
        else:
            keyed[at, 0] = False
    return Rows(
        np.array([slot], np.int64),
        np.array([1 << _CODES.get(event["event"], OTHER_EVENT)], np.uint64),
        np.array([tests], np.uint64),
        np.array([known], np.uint64),
        np.array([values], np.int64),
        np.array([offset], np.int64),
        fingerprint(event["event_id"]),
        keys,
        keyed,
    )


def line_value(event: Mapping[str, Any], name: str) -> int | None:
    """Return a value of one event as the integer of the batch query; None if it is unknown."""
    if name == "gross":
        paid = event.get("amount")
        return None if paid is None else int(paid + (event.get("discount") or 0))
    if name == "unit_price":
        paid, pieces = event.get("amount"), event.get("quantity")
        return None if paid is None or pieces is None or not pieces > 0 else _fixed(float(paid) / pieces, name)
    value = event.get(name)
    if value is None:
        return None
    if name == "rating":
        value = np.float32(value)
    return _fixed(float(value), name) if name in FRACTION_BITS else int(value)


def _fixed(value: float, name: str) -> int:
    scaled = value * 2.0 ** FRACTION_BITS[name]
    whole = int(scaled)
    return whole + (abs(scaled - whole) >= 0.5) * (1 if scaled > 0 else -1)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round half away from zero, as the engines do."""
    whole = np.trunc(values)
    whole += np.sign(values) * (np.abs(values - whole) >= 0.5)
    return np.asarray(whole, np.int64)


def _line_values(columns: Mapping[str, pa.Array], name: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if name not in LINE_VALUES:
        raise AssertionError(name)
    if name == "gross":
        column = pc.add(columns["amount"], pc.fill_null(columns["discount"], 0))
    elif name == "unit_price":
        pieces = columns["quantity"]
        positive = pc.if_else(pc.greater(pieces, 0.0), pieces, pa.scalar(None, pa.float64()))
        column = pc.divide(columns["amount"].cast(pa.float64()), positive)
    else:
        column = columns[name]
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if name in FRACTION_BITS:
        numbers = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy()
        return _rounded(numbers * 2.0 ** FRACTION_BITS[name]), valid
    return pc.fill_null(column, 0).to_numpy(), valid


def _weekday(local: Any) -> Any:
    return (local + MONDAY_US) % (7 * DAY_US) // DAY_US


def _holds(columns: Mapping[str, pa.Array], where: Where) -> NDArray[np.bool_]:
    left = columns[where.column]
    if where.op == "known":
        answer = left.is_valid()
    elif where.op == "in":
        answer = pc.and_(pc.is_in(left, value_set=pa.array(where.value, left.type)), left.is_valid())
    else:
        answer = _ARROW[where.op](left, pa.scalar(where.value))
    return np.asarray(pc.fill_null(answer, False).to_numpy(zero_copy_only=False), np.bool_)


def _one_holds(left: Any, where: Where) -> bool:
    if left is None or where.op == "known":
        return left is not None
    if where.op == "in":
        return left in where.value
    if where.column == "rating":
        left = float(np.float32(left))
    return bool(_COMPARE[where.op](left, where.value))


def checked(events: pa.Table) -> pa.Table:
    """Return a table with the columns and types of `EVENTS`; what may be null may be missing.

    Raises:
        pa.ArrowInvalid: a column cannot be read as its type.
        KeyError: a column that must not be null is missing.
    """
    n = events.num_rows
    columns = []
    for wanted in EVENTS:
        if wanted.name in events.column_names:
            columns.append(events[wanted.name].cast(wanted.type))
        elif wanted.nullable:
            columns.append(pa.nulls(n, wanted.type))
        else:
            raise KeyError(wanted.name)
    return pa.table(columns, schema=pa.schema([pa.field(f.name, f.type) for f in EVENTS]))
