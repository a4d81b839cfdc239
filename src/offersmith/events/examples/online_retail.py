"""UCI Online Retail I and II: two years of a British gift wholesaler, from files of your own (CSV or Parquet).

`files` in the settings names them; they are not part of this package. The columns of both editions are known
(`InvoiceNo` or `Invoice`, `UnitPrice` or `Price`, `CustomerID` or `Customer ID`); a line is a refund when its invoice
begins with `C`; prices are per unit; codes of services (postage, fees, corrections) are kept as sales without a
product. What the settings say themselves goes before all of this. The amounts are pounds and the clock is London's:
say so under `[shop]`, as in `SHOP`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from msgspec import structs

from offersmith.errors import InputError
from offersmith.events.base import REFUSED, Source
from offersmith.events.sources.files import by_ending, find
from offersmith.settings import ShopSettings, SourceSettings

SHOP = ShopSettings(name="Online Retail", currency="GBP", timezone="Europe/London")
"""What `[shop]` should say for these data."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_id": ("InvoiceNo", "Invoice"),
    "product_id": ("StockCode",),
    "product_name": ("Description",),
    "quantity": ("Quantity",),
    "time": ("InvoiceDate",),
    "amount": ("UnitPrice", "Price"),
    "customer_id": ("CustomerID", "Customer ID", "Customer_ID"),
    "place": ("Country",),
}
"""Our column -> its names in the editions of the file."""

SERVICES = (
    "POST", "DOT", "C2", "C3", "M", "m", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "ADJUST", "ADJUST2",
    "TEST001", "TEST002",
)  # fmt: skip
"""Codes that are no products: postage, carriage, manual lines, discounts, samples, debts, fees, corrections, tests."""


def sources(settings: SourceSettings, folder: Path) -> Sequence[Source]:
    """Return one source per file, with the mapping of its edition.

    Raises:
        InputError: a file is missing or unreadable, or has other columns; names what it has and what it lacks.
    """
    return [_source(settings, path.absolute(), folder.absolute()) for path in find(settings.files, folder)]


def preset(settings: SourceSettings, batch: pa.RecordBatch) -> SourceSettings:
    """Return the mapping of the edition a batch is of; what `settings` say goes first.

    Raises:
        InputError: a column is in neither edition's place.
    """
    found = batch.schema.names
    columns = {ours: next((name for name in names if name in found), "") for ours, names in COLUMNS.items()}
    columns |= settings.columns
    missing = [" or ".join(COLUMNS[ours]) for ours, theirs in columns.items() if not theirs]
    if missing:
        raise InputError(
            f"this is not Online Retail: it lacks {', '.join(missing)}; found: {', '.join(found)}",
            hint='map its columns yourself: kind = "auto" and [events.columns], or: offersmith init DIR --events FILE',
            found=found,
            missing=missing,
        )
    return structs.replace(
        settings,
        columns=columns,
        refund_when=settings.refund_when or ("order_id:C",),
        amount_is="unit",
        drop_products=settings.drop_products or SERVICES,
        time_format=settings.time_format or _time_format(batch.column(columns["time"])),
    )


def _source(settings: SourceSettings, path: Path, folder: Path) -> Source:
    mine = structs.replace(settings, files=(str(path),))
    plain = by_ending(mine, folder)[0]
    try:
        mapping = preset(mine, _first(plain.batches()))
    except InputError as fault:
        if "missing" not in fault.facts:
            raise
        raise InputError(f"{plain.name}: {fault.message}", hint=fault.hint, **fault.facts) from fault
    return by_ending(mapping, folder)[0]


def _first(batches: Iterable[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the first batch of readable rows; a source raises itself when there is none."""
    readable = (batch for batch in batches if REFUSED not in (batch.schema.metadata or {}))
    return next(readable, pa.record_batch([], names=[]))


def _time_format(column: pa.Array) -> str:
    """Return the format of times such as `12/1/2010 8:26`, which the spreadsheet's CSV has; "" for ISO 8601."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return ""
    texts = column.drop_null()
    return "%m/%d/%Y %H:%M" if len(texts) and "/" in texts[0].as_py() else ""
