"""What customers dealt with and what the shop calls it, read from the store once as arrays.

An item is a product, or the words of a search; of a product, name and brand are its text. Rows of customers are kept
one after another (compressed sparse rows), so that a million customers are six arrays and no objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.store.analytics import Analytics
from offersmith.store.texts import HALF_LIFE_DAYS, compile_evidence, compile_texts


@dataclass(frozen=True, slots=True)
class Evidence:
    """Customers by items, before a moment.

    Attributes:
        as_of: the moment, naive UTC.
        customers: their ids, sorted; string.
        ends: row ends: what customer i dealt with is at `ends[i]:ends[i + 1]`.
        item: numbers of items.
        weight: of a purchase now, decayed; above 0.
        events: how many events.
        last: the latest of them, microseconds since 1970 (UTC).
        products: ids of the products, which are the first items; string.
        texts: of each item, what words are found in; empty where nothing is known.
        categories: of each item, null of searches and where unknown.
    """

    as_of: datetime
    customers: pa.Array
    ends: NDArray[np.int64]
    item: NDArray[np.int64]
    weight: NDArray[np.float64]
    events: NDArray[np.int64]
    last: NDArray[np.int64]
    products: pa.Array
    texts: pa.Array
    categories: pa.Array


def read_evidence(analytics: Analytics, as_of: datetime, half_life_days: float = HALF_LIFE_DAYS) -> Evidence:
    """Read what customers dealt with strictly before a moment.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC.
        half_life_days: after how many days an event weighs half.

    Raises:
        InputError: the moment has a time zone, or the half-life is not above 0.
        StorageError: the events cannot be read.
    """
    rows = analytics.run(compile_evidence(as_of, half_life_days)).combine_chunks()
    named = analytics.run(compile_texts(as_of)).combine_chunks()
    # What was all given back, or so long ago that nothing is left of it, is no evidence.
    rows = rows.filter(pc.and_(pc.greater(rows["weight"], 0.0), pc.greater(rows["events"], 0)))
    searches = pc.unique(rows.filter(rows["is_search"])["item"]).sort()
    products = _one(named["product_id"])
    place = pc.index_in(rows["item"], value_set=products)
    sought = pc.add(pc.index_in(rows["item"], value_set=searches), len(products))
    item = pc.if_else(rows["is_search"], sought, place)
    title, brand = (pc.fill_null(_one(named[column]), "") for column in ("product_name", "brand"))
    names = pc.utf8_trim_whitespace(pc.binary_join_element_wise(title, brand, " "))
    customers, ends = _rows(_one(rows["customer_id"]))
    return Evidence(
        as_of,
        customers,
        ends,
        np.asarray(item).astype(np.int64),
        np.asarray(rows["weight"]),
        np.asarray(rows["events"]),
        np.asarray(rows["last"].cast(pa.int64())),
        products,
        pa.concat_arrays([names, searches]),
        pa.concat_arrays([_one(named["category"]), pa.nulls(len(searches), pa.string())]),
    )


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _rows(ids: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return sorted ids, each once, and where the rows of each begin and end."""
    coded = pc.run_end_encode(ids)
    ends = np.concatenate([[0], np.asarray(coded.run_ends).astype(np.int64)])
    return coded.values.cast(pa.string()), ends
