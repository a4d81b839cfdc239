"""A seeded shop's events, as many as asked for, written to one Parquet file in chunks of bounded memory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from offersmith.vocabulary import EVENTS

AS_OF = datetime(2025, 7, 1)  # noqa: DTZ001 - naive UTC by contract
_START = np.datetime64("2023-07-15T00:00:00", "us")
_DAYS = 730
_MIX = {
    "purchase": 0.38, "view_item": 0.34, "add_to_cart": 0.10, "view_promotion": 0.07, "search": 0.05, "review": 0.03,
    "refund": 0.02, "redeem": 0.01,
}  # fmt: skip
_CHUNK = 1_000_000


def write_events(path: Path, events: int, seed: int = 7, each: int = 100) -> None:
    """Write `events` lines of about `events` / `each` customers over two years, some after `AS_OF`, ordered by time.

    Customers differ in how often they come (log-normal), products in how often they sell (Zipf-like); a visit is one
    session of a few lines, and its purchases are one order. One in a hundred visits is anonymous.
    """
    rng = np.random.default_rng(seed)
    customers = max(events // each, 1)
    weights = rng.lognormal(0.0, 0.8, customers)
    cumulative = np.cumsum(weights / weights.sum())
    with pq.ParquetWriter(path, EVENTS, compression="zstd") as writer:
        for start in range(0, events, _CHUNK):
            size = min(_CHUNK, events - start)
            slot = (start / events, (start + size) / events)
            writer.write_table(_chunk(rng, start, size, cumulative, slot), row_group_size=122_880)


def _chunk(
    rng: np.random.Generator, start: int, size: int, cumulative: NDArray[np.float64], slot: tuple[float, float]
) -> pa.Table:
    lengths = 1 + rng.poisson(6, size // 6 + 1)
    visit = np.repeat(np.arange(len(lengths)), lengths)[:size]
    visit = np.concatenate([visit, np.full(size - len(visit), len(lengths))])
    visits = int(visit[-1]) + 1
    customer = np.searchsorted(cumulative, rng.random(visits)).clip(0, len(cumulative) - 1)
    begun = np.sort(rng.uniform(*slot, visits)) * _DAYS * 86_400e6
    micros = begun[visit].astype("int64") + np.arange(size) % 7 * 31_000_000
    kind = rng.choice(len(_MIX), size, p=list(_MIX.values()))
    names = np.array(list(_MIX))
    is_ = {name: kind == i for i, name in enumerate(_MIX)}
    sale = is_["purchase"] | is_["refund"]
    product = (20_000 * rng.random(size) ** 2.5).astype("int64")
    quantity = 1.0 + rng.integers(0, 4, size) * (rng.random(size) < 0.3)
    shelf = np.rint((150 + product * 7919 % 2350) * quantity).astype("int64")
    coupon = np.where(is_["purchase"] & ((customer[visit] + visit) % 11 == 0), shelf // 10, 0)
    discount = np.where(is_["purchase"] & (rng.random(size) < 0.3), shelf // 5, 0) + coupon
    promoted = is_["view_promotion"] | is_["redeem"]
    number = rng.integers(0, 30, size)
    columns: dict[str, pa.Array] = {
        "event_id": _tag("e", np.arange(start, start + size)),
        "event": _pick(names, kind),
        "time": pa.array(_START + micros.astype("timedelta64[us]")),
        "utc_offset": pa.array(np.full(size, 60, "int16")),
        "customer_id": _tag("c", customer[visit], rng.random(visits)[visit] > 0.01),
        "session_id": _tag("s", start + visit),
        "order_id": _tag("o", start + visit, sale),
        "product_id": _tag("p", product, ~(is_["search"] | promoted)),
        "product_name": _tag("product ", product, sale),
        "category": _tag("category ", product % 60, ~is_["search"]),
        "brand": _tag("brand ", product % 400, ~is_["search"]),
        "quantity": _some(quantity, sale),
        "amount": _some(shelf - discount, sale),
        "discount": _some(discount, is_["purchase"]),
        "coupon_discount": _some(coupon, is_["purchase"]),
        "offer_id": _tag("offer ", number, promoted),
        "campaign_id": _tag("campaign ", number, promoted),
        "placement": _tag("slot ", number % 4, promoted | (rng.random(size) < 0.1)),
        "search_term": _tag("term ", number, is_["search"]),
        "rating": _some(rng.integers(1, 6, size).astype("float32"), is_["review"]),
        "dwell_ms": _some(rng.integers(500, 120_000, size), is_["view_item"]),
        "channel": _tag("channel ", number % 3),
        "device": _tag("device ", number % 4),
        "place": _tag("place ", customer[visit] % 50),
    }
    return pa.table([columns[name] for name in EVENTS.names], schema=EVENTS)


def _tag(prefix: str, numbers: NDArray[Any], known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return texts like `c17`, null where not known; each distinct number is spelled once."""
    distinct, index = np.unique(numbers, return_inverse=True)
    words = pa.array([f"{prefix}{number}" for number in distinct.tolist()], pa.string())
    return words.take(pa.array(index, mask=None if known is None else ~known))


def _pick(names: NDArray[Any], index: NDArray[Any]) -> pa.Array:
    return pa.array(names.tolist(), pa.string()).take(pa.array(index))


def _some(values: NDArray[Any], known: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~known)
