"""A shop of planted customers: everybody buys everyday things, and some care for tea, a baby or the garden besides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.profiles.interests.evidence import Evidence, read_evidence
from offersmith.store.analytics import Analytics
from offersmith.store.texts import compile_baskets
from offersmith.vocabulary import EVENTS

AS_OF = datetime(2025, 6, 1)
GROUPS = {
    "茶": ("绿茶", "红茶", "乌龙茶", "茉莉花茶", "紫砂茶壶", "陶瓷茶杯", "茶叶罐"),
    "婴儿": ("婴儿纸尿裤", "婴儿奶粉", "婴儿湿巾", "婴儿推车", "婴儿奶瓶", "婴儿睡袋", "婴儿玩具"),
    "garden": ("Garden Spade", "Garden Hose 20 m", "Garden Gloves", "Garden Rake", "Plant Pots", "Plant Seeds 5 g",
               "Garden Shears"),
}  # fmt: skip
EVERYDAY = ("Bananas 1 kg", "Milk 500 ml", "White Bread", "Brown Eggs 12PK", "苹果", "矿泉水", "Paper Towels", "食盐",
            "大米 5kg", "Soap", "Chocolate Bar", "Orange Juice")  # fmt: skip
PRODUCTS = (*EVERYDAY, *(name for names in GROUPS.values() for name in names))


def event(number: int, customer: str | None, name: str | None, days: float, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "event": "purchase", "time": AS_OF - timedelta(days=days), "utc_offset": 0,
        "customer_id": customer, "order_id": f"o{customer}{int(days)}", "product_name": name,
        "product_id": None if name is None else f"p{PRODUCTS.index(name)}", "quantity": 1.0, "amount": 100, **more,
    }  # fmt: skip


def planted(customers: int = 200, noise: int = 400, seed: int = 1) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return events, and what each planted customer cares for."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    truth = {f"c{i:04}": list(GROUPS)[i % len(GROUPS)] for i in range(customers)}
    for customer in (*truth, *(f"n{i:04}" for i in range(noise))):
        own = GROUPS.get(truth.get(customer, ""), ())
        for day in rng.uniform(1, 200, 8):
            names = [*rng.choice(EVERYDAY, 3, replace=False), *rng.choice(own or PRODUCTS, 1)]
            rows += [event(len(rows) + i, customer, str(name), float(day)) for i, name in enumerate(names)]
    return rows, truth


def evidence(path: Path, rows: Iterable[dict[str, Any]], as_of: datetime = AS_OF, **more: Any) -> Evidence:
    pq.write_table(pa.Table.from_pylist(list(rows), schema=EVENTS), path)
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        return read_evidence(analytics, as_of, **more)


def baskets(path: Path, as_of: datetime = AS_OF) -> pa.Table:
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        return analytics.run(compile_baskets(as_of))
