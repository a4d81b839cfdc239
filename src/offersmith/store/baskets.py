"""What was bought together before a moment, as whole numbers: a row per basket and product, ready for a sparse matrix.

A basket is an order; where a purchase has no order, it is what one customer bought at one moment. A product counts once
a basket, however many pieces. Refunds are no lines: what was given back was still chosen together. Numbers are given in
the order of time (baskets) and of letters (products, customers), so that the same events give the same numbers. The
engine reads in parts, and names become numbers part by part: what is held are the different names and three numbers a
line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.feature_values import epoch_us

By = Literal["product", "category"]
Codes = NDArray[np.int64]
LINES = pa.schema([pa.field(name, pa.int32(), nullable=False) for name in ("basket", "item")])
ORDERS = pa.schema([pa.field("customer", pa.int32()), pa.field("time", pa.timestamp("us"), nullable=False)])
PART = 500_000
"""Lines that are read at once."""
_COLUMN = {"product": "product_id", "category": "category"}
_NAMES = ("order_id", "customer_id", "item")


@dataclass(frozen=True, slots=True, eq=False)
class Baskets:
    """Everything bought before a moment.

    Attributes:
        lines: `LINES`: which item was in which basket, each pair once, sorted; they number the rows of what follows.
        orders: `ORDERS`: who bought each basket (the number stands for a customer and says nothing else; null = not
            known) and when it began (UTC); by time.
        items: the products' ids (or the categories), sorted.
        nameless: purchase lines left out, since they name no product, or neither an order nor a customer.
    """

    lines: pa.Table
    orders: pa.Table
    items: pa.Array
    nameless: int


def baskets(analytics: Analytics, as_of: datetime, by: By = "product") -> Baskets:
    """Return all baskets before a moment.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        by: whether an item is a product or a category.

    Raises:
        InputError: the moment has a time zone.
        StorageError: a file cannot be read, or memory and scratch space do not suffice.
    """
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    asked = _bought(as_of, by)
    parts = [_coded(part) for part in analytics.stream(asked, PART)]
    schema = parts[0].schema if parts else _coded(pa.RecordBatch.from_pylist([], asked.schema().to_pyarrow())).schema
    read = pa.Table.from_batches(parts, schema).unify_dictionaries().combine_chunks()
    numbers, names = zip(*(_sorted(read[name]) for name in _NAMES), strict=True)
    order, customer, item = numbers
    time = read["at"].to_numpy()
    named = (item >= 0) & ((order >= 0) | (customer >= 0))
    order, customer, item, time = order[named], customer[named], item[named], time[named]
    basket = _at_once(order, customer, time, len(names[0]))
    count = int(basket.max(initial=-1)) + 1
    orders, place = _orders(basket, customer, time, count)
    items, item = _only_used(names[2], item)
    keys = place[basket] * max(len(items), 1) + item
    keys.sort()  # and not `unique`, which hashes first and takes ten times as long
    keys = keys[np.diff(keys, prepend=-1) > 0]
    lines = [pa.array(part.astype(np.int32)) for part in np.divmod(keys, max(len(items), 1))]
    return Baskets(pa.Table.from_arrays(lines, schema=LINES), orders, items, int((~named).sum()))


def _bought(as_of: datetime, by: By) -> ir.Table:
    events = EVENTS_TABLE.filter(EVENTS_TABLE.event == "purchase", EVENTS_TABLE.time < as_of)
    return events.select("order_id", "customer_id", item=events[_COLUMN[by]], at=epoch_us(events.time))


def _coded(part: pa.RecordBatch) -> pa.RecordBatch:
    """Return a part with its names as numbers."""
    columns = [part.column(name).dictionary_encode() for name in _NAMES]
    return pa.RecordBatch.from_arrays([*columns, part.column("at")], [*_NAMES, "at"])


def _sorted(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Return the number of each value in the order of letters, -1 where there is none, and the values."""
    coded = column.combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0) if coded.num_chunks else pa.array([], coded.type)
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return rank[coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)], coded.dictionary.take(pa.array(order))


def _at_once(order: Codes, customer: Codes, time: Codes, orders: int) -> Codes:
    """Return the basket of each line: its order, or what its customer bought at that moment."""
    loose = order < 0
    if not loose.any():
        return order
    _, number = np.unique(np.column_stack([customer[loose], time[loose]]), axis=0, return_inverse=True)
    basket = order.copy()
    basket[loose] = orders + number.ravel()
    return basket


def _orders(basket: Codes, customer: Codes, time: Codes, count: int) -> tuple[pa.Table, Codes]:
    """Return the baskets by time, and the place of each number among them; one of two customers is the first one's."""
    begun, nobody = np.full(count, np.iinfo(np.int64).max), np.iinfo(np.int32).max
    who = np.full(count, nobody, np.int64)
    np.minimum.at(begun, basket, time)
    np.minimum.at(who, basket, np.where(customer < 0, nobody, customer))
    used = np.flatnonzero(begun < np.iinfo(np.int64).max)
    rows = used[np.lexsort((used, begun[used]))]
    place = np.zeros(count, np.int64)
    place[rows] = np.arange(len(rows))
    people = pa.array(who[rows].astype(np.int32), mask=who[rows] == nobody)
    columns = [people, pa.array(begun[rows].view("datetime64[us]"))]
    return pa.Table.from_arrays(columns, schema=ORDERS), place


def _only_used(names: pa.Array, codes: Codes) -> tuple[pa.Array, Codes]:
    used = np.zeros(len(names), np.bool_)
    used[codes] = True
    return names.take(pa.array(np.flatnonzero(used))), (np.cumsum(used) - 1)[codes]
