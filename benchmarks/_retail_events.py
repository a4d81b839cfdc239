"""The Online Retail file as events, written to one Parquet file: products with names, orders, refunds, customers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.events.examples.online_retail import SERVICES
from offersmith.vocabulary import EVENTS


def write_retail(source: Path, path: Path) -> None:
    """Write the sales and refunds of products; lines without a price (corrections of stock) are left out."""
    table = pq.read_table(source).combine_chunks()
    keep = pc.and_(pc.greater(table["UnitPrice"], 0.0), pc.invert(pc.is_in(table["StockCode"], pa.array(SERVICES))))
    table = table.filter(keep)
    quantity = np.asarray(table["Quantity"])
    refund = pa.array(quantity < 0)
    size = table.num_rows
    customer = table["CustomerID"].cast(pa.int64()).cast(pa.string())
    given = {
        "event_id": pa.array(np.arange(size)).cast(pa.string()),
        "event": pc.if_else(refund, "refund", "purchase"),
        "time": table["InvoiceDate"].cast(pa.timestamp("us")),
        "utc_offset": pa.array(np.zeros(size, np.int16)),
        "customer_id": customer,
        "order_id": table["InvoiceNo"].cast(pa.string()),
        "product_id": table["StockCode"].cast(pa.string()),
        "product_name": table["Description"].cast(pa.string()),
        "quantity": pa.array(np.abs(quantity)),
        "amount": pa.array(np.rint(np.abs(quantity) * np.asarray(table["UnitPrice"]) * 100).astype(np.int64)),
    }
    columns = [given.get(field.name, pa.nulls(size, field.type)) for field in EVENTS]
    pq.write_table(pa.table(columns, schema=EVENTS), path, compression="zstd")
