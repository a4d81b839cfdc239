"""Events of small shops in which everything that can be missing is missing now and then, and how answers compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.profiles import FEATURES
from offersmith.profiles.build import build
from offersmith.store.analytics import Analytics
from offersmith.store.feature_values import COUNT_BITS, REST_BITS, VALUE_BITS
from offersmith.vocabulary import EVENTS, Feature, Where

END = datetime(2024, 6, 1, 12)
Row = dict[str, Any]

NAMES = (
    "purchase", "purchase", "purchase", "view_item", "search", "view_promotion", "redeem", "refund", "review",
    "add_to_cart",
)  # fmt: skip

WINDOWED: tuple[Feature, ...] = tuple(
    feature
    for feature in FEATURES.values()
    if feature.window_days and feature.kind in ("count", "sum", "ratio") and not feature.by
)
"""Exact windows are kept where somebody asks for them, but declared as batch only."""

EXTRA: tuple[Feature, ...] = (
    Feature("dearest_line", "max", value="unit_price"),
    Feature("pieces", "sum", value="quantity"),
    Feature("pieces_decayed", "decayed_sum", value="quantity", half_life_days=20),
    Feature("slow_decay", "decayed_sum", value="amount", half_life_days=1.5, where=(Where("quantity", ">=", 1.0),)),
    Feature("order_value_decayed", "decayed_sum", value="amount", grain="order", half_life_days=45),
    Feature("view_gap", "gap_mean", events=("view_item",)),
    Feature("dear_gap_cv", "gap_cv", grain="order", where=(Where("amount", ">", 3000),)),
    Feature("weekday_spend", "sum", value="amount", where=(Where("weekday", "<", 5), Where("quantity", "<=", 2.0))),
    Feature("no_coupon_share", "share", value="amount", where=(Where("coupon_discount", "=", 0),)),
    Feature("not_b1", "count", where=(Where("brand", "!=", "b1"),)),
    Feature("chosen_brands", "count", where=(Where("brand", "in", ("b0", "b2")),)),
    Feature("large_early_orders", "count", grain="order", where=(Where("hour", "<", 12), Where("lines", ">=", 2))),
    Feature("orders_of_many", "count", grain="order", where=(Where("quantity", ">", 2.0),)),
    Feature("orders_of_few", "count", grain="order", where=(Where("quantity", "in", (1.0, 0.25)),)),
    Feature("orders_of_known_price", "tenure", grain="order", where=(Where("amount", "known"),)),
    Feature("pieces_per_look", "ratio", value="quantity", events=("purchase",), over=("view_item",)),
    Feature(
        "weekend_visits_60d",
        "count",
        events=("view_item",),
        grain="session",
        window_days=60,
        where=(Where("weekday", ">=", 5),),
    ),
    Feature("priced_60d", "sum", value="unit_price", window_days=60),
    Feature("anything_60d", "count", events=("view_item", "search", "purchase", "refund"), window_days=60),
    Feature("visits", "count", events=("view_item", "search"), grain="session"),
    Feature("visit_dwell", "mean", events=("view_item", "search"), value="dwell_ms", grain="session"),
)
"""What no declared feature asks, but a shop's own might."""


def shop(seed: int, size: int = 300, customers: int = 6, days: int = 120, name: str = "") -> list[Row]:
    """Return events of a small shop, in no order of time; its name stands before the ids of events and customers."""
    rng = np.random.default_rng(seed)

    def some(value: Any, chance: float = 0.85) -> Any:
        return value if rng.random() < chance else None

    rows = []
    for i in range(size):
        event = NAMES[rng.integers(len(NAMES))]
        money = event in ("purchase", "refund")
        coupon = int(rng.choice([0, 0, 40]))
        # Whole days now and then, so that moments and days meet their edges.
        when = END + timedelta(days=int(rng.integers(-days, 0)), microseconds=int(rng.choice([0, 1, 55_000_000_001])))
        rows.append({
            "event_id": f"{name}e{i}", "event": event, "time": when, "utc_offset": int(rng.choice([-300, 0, 345])),
            "customer_id": some(f"{name}顾客 {rng.integers(customers)}", 0.95),
            "session_id": some(f"s{rng.integers(size // 8 + 1)}"),
            "order_id": some(f"o{rng.integers(size // 6 + 1)}") if event == "purchase" else None,
            "product_id": some(f"p{rng.integers(30)}"), "category": some(f"k{rng.integers(4)}"),
            "brand": some(f"b{rng.integers(3)}"),
            "quantity": some(float(rng.choice([0.25, 1.0, 1.0, 3.0, 0.3]))) if money else None,
            "amount": some(int(rng.integers(0, 5000))) if money else None,
            "discount": some(int(rng.integers(0, 200)) + coupon) if money else None,
            "coupon_discount": some(coupon) if money else None,
            "campaign_id": some(f"a{rng.integers(4)}") if event in ("view_promotion", "redeem") else None,
            "placement": some("mailer", 0.3),
            "rating": some(float(rng.integers(1, 11)) / 3) if event == "review" else None,
            "dwell_ms": some(int(rng.integers(0, 90_000))) if event == "view_item" else None,
        })  # fmt: skip
    return rows


def table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=EVENTS)


def batch(rows: Sequence[Row] | pa.Table, as_of: datetime, features: Sequence[Feature], folder: Path) -> pa.Table:
    """Return what the batch query says."""
    path = folder / "events.parquet"
    pq.write_table(rows if isinstance(rows, pa.Table) else table(rows), path)
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        return build(analytics, as_of, features={feature.name: feature for feature in features})


def assert_equal(live: pa.Table, wanted: pa.Table, features: Sequence[Feature], lines: int) -> None:
    """Ask for the same schema and the same answers: all digits, but those of decayed features.

    The batch query rounds what each observation weighs to fixed point, at most half a unit of it for each; live sums of
    lines do not. Beside that, decayed features agree to 1e-9.
    """
    assert live.schema.equals(wanted.schema, check_metadata=True)
    assert live["customer_id"].to_pylist() == wanted["customer_id"].to_pylist()
    for feature in features:
        ours, theirs = live[feature.name].to_pylist(), wanted[feature.name].to_pylist()
        if feature.kind in ("decayed_count", "decayed_sum"):
            bits = COUNT_BITS if feature.kind == "decayed_count" else VALUE_BITS
            bits += REST_BITS if feature.kind == "decayed_sum" and feature.grain == "event" else 0
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=lines * 2.0 ** -(bits + 1), err_msg=feature.name)
        else:
            assert ours == theirs, feature.name
