"""What every source of `SOURCES` promises; a new member is found here by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from offersmith.errors import MissingExtraError
from offersmith.events import SOURCES
from offersmith.events.base import REFUSED, Source
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENTS

COLUMNS = {"time": "when", "customer_id": "who", "product_id": "sku", "quantity": "qty", "amount": "paid"}
ROWS = [f"2024-05-{1 + n % 28:02} 10:00,{n % 7},p{n % 5},{n % 4 - 1},{n % 9}.50" for n in range(400)]
LINES = "\n".join(["when,who,sku,qty,paid", *ROWS, *ROWS[:5], "broken", ""])
SLOW = {"complete-journey"}


def table() -> pa.Table:
    names = ["when", "who", "sku", "qty", "paid"]
    return pa.table(dict(zip(names, map(list, zip(*(row.split(",") for row in ROWS), strict=True)), strict=True)))


def retail() -> pa.Table:
    return pa.table(
        {
            "InvoiceNo": ["536365", "C536379", "536370"] * 20,
            "StockCode": ["85123A", "D", "POST"] * 20,
            "Description": ["HOLDER", "Discount", None] * 20,
            "Quantity": [6.0, -1.0, 3.0] * 20,
            "InvoiceDate": pa.array([datetime(2010, 12, 1, 8, 26)] * 60),
            "UnitPrice": [2.55, 27.5, 18.0] * 20,
            "CustomerID": [17850.0, 14527.0, None] * 20,
            "Country": ["United Kingdom"] * 60,
        }
    )


FILES: dict[str, tuple[str, Callable[[], Any]]] = {
    "auto": ("s.csv", lambda: LINES),
    "csv": ("s.data", lambda: LINES),
    "folder": ("sales/a.csv", lambda: LINES),
    "parquet": ("s.data", table),
    "ours": ("o.csv", lambda: "event,time,amount\npurchase,2024-05-01 10:00,1250\ndance,2024-05-01 10:00,1\n"),
    "online-retail": ("retail.parquet", retail),
}


def sources(kind: str, bench: Any) -> tuple[SourceSettings, list[Source]]:
    settings = SourceSettings(kind=kind)
    if kind in FILES:
        name, content = FILES[kind]
        bench.write(name, content())
        columns = {} if kind in ("ours", "online-retail") else COLUMNS
        files = ("sales",) if kind == "folder" else (name,)
        settings = SourceSettings(kind=kind, files=files, columns=columns)
    try:
        return settings, list(SOURCES[kind](settings, bench.folder))
    except MissingExtraError as fault:
        pytest.skip(str(fault))


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.slow if kind in SLOW else ()) for kind in SOURCES])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_receipt_adds_up_and_a_second_delivery_adds_nothing(kind: str, bench: Any) -> None:
    settings, made = sources(kind, bench)
    receipt = bench.ingest(bench.settings(settings), sources=made)
    assert receipt.read > 0
    assert receipt.kept > 0
    for file in [*receipt.files, receipt.total]:
        assert file.read == file.kept + file.redelivered + file.quarantined
        assert file.quarantined == sum(file.by_reason.values())
        assert file.kept == sum(file.events_by_name.values())
        assert file.refunds_anonymous <= min(file.anonymous, file.refunds)
    with_files = [file for file in receipt.files if file.kept]
    assert len(bench.ledger.event_files()) == len(with_files)
    again = bench.ingest(bench.settings(settings), sources=made)
    assert again.files_redelivered == tuple(source.name for source in made)
    assert (again.read, again.kept) == (0, 0)
    assert bench.leftovers() == []


def test_batches_are_of_one_schema_and_the_same_every_time(kind: str, bench: Any) -> None:
    _, made = sources(kind, bench)
    assert len({source.name for source in made}) == len(made)
    for source in made:
        first = [batch for batch in source.batches() if REFUSED not in (batch.schema.metadata or {})]
        assert len({batch.schema.remove_metadata() for batch in first}) == 1
        second = [batch for batch in source.batches() if REFUSED not in (batch.schema.metadata or {})]
        assert pa.Table.from_batches(first).equals(pa.Table.from_batches(second))
        assert source.fingerprint() == source.fingerprint()
        assert len(source.fingerprint()) == 64
        assert set(source.mapping.columns) <= set(EVENTS.names)
