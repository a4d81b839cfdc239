"""The register of customers: everybody a shop may address, with or without events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.events.base import REFUSED, Registered, Source
from offersmith.events.mapping import text
from offersmith.events.recognise import bare
from offersmith.events.sources.files import by_ending
from offersmith.events.synonyms import COLUMNS
from offersmith.settings import REGISTER, Settings, SourceSettings
from offersmith.store.files import parquet, replace
from offersmith.vocabulary import CUSTOMERS


def save_registers(settings: Settings, folder: Path, sources: Sequence[Source], root: Path) -> None:
    """Write the registers the settings and the sources offer, as one table, to `root/tables/customers.parquet`.

    A customer in several registers keeps the first one's attributes and gains the columns of the later ones. Nothing
    is written when nobody offers a register.

    Raises:
        InputError: a register has no column of customers.
        StorageError: the disk refused.
    """
    offered = [read(part.customers, folder) for part in settings.events if part.customers]
    offered += [table for source in sources if isinstance(source, Registered) and (table := source.register())]
    if not offered:
        return
    whole = offered[0]
    for table in offered[1:]:
        whole = _joined(whole, table)
    whole = whole.sort_by("customer_id")
    replace(root / REGISTER, parquet(whole.cast(_schema(whole.column_names))))


def read(path: str, folder: Path) -> pa.Table:
    """Read a register from CSV or Parquet: `CUSTOMERS` and every other column as text, one row per customer.

    Raises:
        InputError: the file cannot be read or has no column of customers.
    """
    tables = [_one(source) for source in by_ending(SourceSettings(files=(path,)), folder)]
    whole = tables[0]
    for table in tables[1:]:
        whole = _joined(whole, table)
    return whole


def _one(source: Source) -> pa.Table:
    batches = [batch for batch in source.batches() if REFUSED not in (batch.schema.metadata or {})]
    names = batches[0].schema.names
    known = [name for name in names if bare(name) in ("id", *map(bare, COLUMNS["customer_id"]))]
    if not known:
        raise InputError(
            f"{source.name} is no register of customers; found: {', '.join(names)}",
            hint="name the column of customer ids customer_id",
            found=names,
            missing=["customer_id"],
        )
    ranked = sorted(known, key=lambda name: (*map(bare, COLUMNS["customer_id"]), "id").index(bare(name)))
    columns = {"customer_id": ranked[0]} | {name: name for name in names if name not in (ranked[0], "customer_id")}
    made = []
    for batch in batches:
        arrays = [text(batch.column(theirs), ours) for ours, theirs in columns.items()]
        made.append(pa.record_batch(arrays, names=list(columns)))
    return _unique(pa.Table.from_batches(made))


def _unique(table: pa.Table) -> pa.Table:
    table = table.filter(pc.is_valid(table["customer_id"]))
    numbered = table.append_column("row", pa.array(np.arange(table.num_rows)))
    first = numbered.group_by("customer_id").aggregate([("row", "min")])
    return table.take(first["row_min"].combine_chunks().sort())


def _joined(left: pa.Table, right: pa.Table) -> pa.Table:
    """Return all customers of both; where both have a column, the left one's value, else the right one's."""
    both = left.join(right, keys="customer_id", join_type="full outer", right_suffix="\n")
    for name in [name for name in both.column_names if name.endswith("\n")]:
        kept = name.removesuffix("\n")
        merged = pc.coalesce(both[kept], both[name])
        both = both.drop_columns([name]).set_column(both.column_names.index(kept), kept, merged)
    return both


def _schema(names: Sequence[str]) -> pa.Schema:
    return pa.schema([*CUSTOMERS, *[pa.field(name, pa.string()) for name in names if name != "customer_id"]])
