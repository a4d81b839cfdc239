"""What customers did day by day, as arrays: the days of each customer one after another, and the things of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.store.analytics import Analytics
from offersmith.store.sequences import KINDS, days, next_things, things

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST, EACH = 32, 8
"""Days of a customer, and things of a day, at most: the latest and the dearest."""
COUNTS = (*KINDS, "looked", "paid")
NUMBERS = (*COUNTS, "gap", "before", "hour_sin", "hour_cos", "week_sin", "week_cos")
"""What a day is described by: logarithms of counts and of money, of the days since the day before it and until the
moment, and the hour and the weekday as points of a circle."""
_FIRST_MONDAY = 4
"""The first Monday of 1970 in days; whole weeks added to the wall clock leave it where it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Rows of names: those of row i are at `ends[i]:ends[i + 1]`.

    Attributes:
        ends: (n + 1,).
        products: ids.
        categories: of them; null where unknown.
    """

    ends: Ints
    products: pa.Array
    categories: pa.Array


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What n customers did, as of a moment (or several, one after another).

    Attributes:
        ends: (n + 1,) the days of customer i are at `ends[i]:ends[i + 1]`, the earliest first; may be none.
        numbers: (days, len(NUMBERS)).
        things: a row a day.
        following: a row a customer: what they bought on their next day; empty rows where nothing is known of it.
    """

    ends: Ints
    numbers: Floats
    things: Things
    following: Things

    def __len__(self) -> int:
        return len(self.ends) - 1


def read(analytics: Analytics, as_of: datetime, customers: pa.Array, until: datetime | None = None) -> Steps:
    """Read what customers did before a moment, and what they bought next where that is over.

    Args:
        analytics: over the events.
        as_of: naive UTC; nothing at or after it is known of the days.
        customers: ids, whose rows they are; who did nothing has no days.
        until: what came next is looked for before it; None = nothing is known of it.

    Raises:
        InputError: the moment has a time zone.
    """
    found = analytics.run(days(as_of, MOST)).combine_chunks()
    of = _place(found["customer_id"], customers)
    # By customer and day already, in the order of names; the rows wanted may stand in another.
    order = np.flatnonzero(of >= 0)[np.argsort(of[of >= 0], kind="stable")]
    table, of = found.take(pa.array(order)), of[order]
    ends = _ends(of, len(customers))
    about = analytics.run(things(as_of, MOST, EACH)).combine_chunks()
    day = np.asarray(table["day"], np.int64)
    mine = _place(about["customer_id"], customers)
    key, other = of * (day.max(initial=0) + 1) + day, mine * (day.max(initial=0) + 1) + np.asarray(about["day"])
    at = np.searchsorted(key, other)
    held = (mine >= 0) & (at < len(key))
    held[held] &= key[at[held]] == other[held]
    return Steps(ends, _numbers(table, ends), _rows(about, np.where(held, at, -1), len(key)), _next(
        analytics, as_of, until, customers
    ))  # fmt: skip


def joined(parts: Sequence[Steps]) -> Steps:
    """Return the rows of all, one after another."""
    return Steps(
        _joined_ends([one.ends for one in parts]),
        np.concatenate([one.numbers for one in parts]),
        _joined_things([one.things for one in parts]),
        _joined_things([one.following for one in parts]),
    )


def _next(analytics: Analytics, start: datetime, end: datetime | None, customers: pa.Array) -> Things:
    if end is None:
        return Things(np.zeros(len(customers) + 1, np.int64), pa.array([], pa.string()), pa.array([], pa.string()))
    found = analytics.run(next_things(start, end, EACH)).combine_chunks()
    return _rows(found, _place(found["customer_id"], customers), len(customers))


def _numbers(table: pa.Table, ends: Ints) -> Floats:
    day, before = np.asarray(table["day"], np.float64), np.asarray(table["before"], np.float64)
    gap = np.diff(day, prepend=day[:1])
    gap[ends[:-1][ends[:-1] < len(day)]] = 0.0
    hour = np.asarray(table["hour"], np.float64) / 24 * 2 * np.pi
    week = (day - _FIRST_MONDAY) % 7 / 7 * 2 * np.pi
    columns = [np.log1p(np.maximum(np.asarray(table[name], np.float64), 0.0)) for name in COUNTS]
    columns += [np.log1p(np.maximum(gap, 0.0)), np.log1p(np.maximum(before, 0.0))]
    columns += [np.sin(hour), np.cos(hour), np.sin(week), np.cos(week)]
    return np.column_stack(columns).astype(np.float32)


def _place(names: pa.ChunkedArray, among: pa.Array) -> Ints:
    found = pc.fill_null(pc.index_in(names, value_set=among), -1)
    return np.asarray(found.to_numpy(), np.int64)


def _ends(of: Ints, rows: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=rows)[:rows])]).astype(np.int64)


def _rows(table: pa.Table, of: Ints, rows: int) -> Things:
    order = np.flatnonzero(of >= 0)
    order = order[np.argsort(of[order], kind="stable")]
    kept = table.take(pa.array(order))
    products, categories = (kept[name].combine_chunks() for name in ("product_id", "category"))
    return Things(_ends(of[order], rows), products, categories)


def _joined_ends(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.concatenate([np.diff(one) for one in parts]))]).astype(np.int64)


def _joined_things(parts: Sequence[Things]) -> Things:
    return Things(
        _joined_ends([one.ends for one in parts]),
        pa.concat_arrays([one.products for one in parts]),
        pa.concat_arrays([one.categories for one in parts]),
    )
