"""A row per product, against sums by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.profiles.odd import odd
from offersmith.store.analytics import Analytics
from offersmith.store.goods import goods
from offersmith.vocabulary import EVENTS

AS_OF = datetime(2024, 6, 1)


def found(path: Path, rows: list[dict[str, Any]]) -> pa.Table:
    full = [{"event_id": f"e{i}", "utc_offset": 0, "event": "purchase", "customer_id": "c", "product_id": "p", **row}
            for i, row in enumerate(rows)]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(full, schema=EVENTS), path / "events.parquet")
    with Analytics(threads=1) as analytics:
        analytics.use_events([path / "events.parquet"])
        return analytics.run(goods(AS_OF))


def ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def test_a_product_is_summed_up(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"time": ago(10), "quantity": 2.0, "amount": 200, "discount": 50},
        {"time": ago(6), "quantity": 1.0, "amount": 150, "customer_id": "d"},
        {"time": ago(5), "quantity": 4.0, "amount": 0, "customer_id": None},
        {"time": ago(4), "event": "refund", "quantity": 1.0, "amount": 100},
        {"time": ago(-1), "quantity": 99.0, "amount": 9900},
        {"time": ago(3), "event": "view_item"},
    ]
    assert found(tmp_path, rows).to_pylist() == [
        {"product_id": "p", "sold_lines": 3, "buyers": 2, "sold_pieces": 7.0, "sold_value": 350, "price": 100.0,
         "price_spread": 1.5, "largest_line": 4.0, "discount_rate": 0.125, "given_back_rate": pytest.approx(1 / 3),
         "days_on_sale": 5.0}
    ]  # fmt: skip


def test_a_product_only_given_back_has_no_price(tmp_path: Path) -> None:
    row = found(tmp_path, [{"time": ago(4), "event": "refund", "quantity": 1.0, "amount": 100}]).to_pylist()[0]
    assert (row["sold_lines"], row["sold_value"], row["price"], row["given_back_rate"]) == (0, 0, None, None)


def test_a_product_sold_by_the_thousand_is_odd_and_no_reseller(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"time": ago(i % 30 + 1), "product_id": f"p{i % 60}", "quantity": float(i % 3 + 1),
         "amount": (i % 3 + 1) * (300 + i % 60)}
        for i in range(900)
    ]  # fmt: skip
    rows.append({"time": ago(2), "product_id": "p7", "quantity": 80_000.0, "amount": 80_000 * 307})
    one = odd(found(tmp_path, rows), 0, key="product_id").found[0]
    assert (one.key, one.kind) == ("p7", "unusual")
    assert "largest line" in "; ".join(why.text() for why in one.why)


def test_an_empty_shop_has_no_products_and_a_zone_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path, []).num_rows == 0
    with pytest.raises(InputError, match="UTC"):
        goods(datetime.fromisoformat("2024-06-01T00:00:00+00:00"))
