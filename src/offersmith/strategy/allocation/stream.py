"""Customers in a Parquet file, more than fit in memory: read row group by row group, several times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Cells, Chunk, Memory, check, stretches


class Streamed:
    """An instance in a file with columns `value_0`.. and `cost_0`.. (float32) and, if there are several, `cell`.

    Args:
        path: of the file, as `write` makes it.
        cells: how many there are.

    Raises:
        InputError: a column is missing or of another type, or a number cannot be; it says which and where.
    """

    def __init__(self, path: Path, cells: int = 1) -> None:
        self.path, self.cells = path, cells
        with pq.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            self.customers = file.metadata.num_rows
            types = {field.name: field.type for field in file.schema_arrow}
        self.offers = sum(name.startswith("value_") for name in names)
        wanted = [f"{kind}_{k}" for kind in ("value", "cost") for k in range(self.offers)]
        missing = sorted(set(wanted) - names) or ([] if cells == 1 or "cell" in names else ["cell"])
        if missing or not self.offers:
            raise InputError(
                f"{path}: columns {missing or ['value_0', 'cost_0']} are missing; there are {sorted(names)}"
            )
        wrong = [f"{name} ({types[name]})" for name in wanted if types[name] != pa.float32()]
        if wrong:
            raise InputError(f"{path}: columns {wrong} must be float32")
        self._checked = False

    def chunks(self) -> Iterator[Chunk]:
        """Yield the row groups; the first time their numbers are looked at."""
        first = 0
        with pq.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                chunk = self._chunk(file, group)
                if not self._checked:
                    try:
                        check(chunk)
                    except InputError as wrong:
                        raise InputError(f"{self.path}, rows from {first + 1}: {wrong}") from wrong
                first += chunk.value.shape[1]
                yield chunk
        self._checked = True

    def sample(self, size: int, seed: int) -> Memory:
        """Return one customer drawn from each of `size` equal stretches: one pass."""
        place, first, parts = stretches(self.customers, size, seed), 0, []
        for chunk in self.chunks():
            last = first + chunk.value.shape[1]
            here = place[np.searchsorted(place, first) : np.searchsorted(place, last)] - first
            cell = chunk.cell if chunk.cell.size == 1 else chunk.cell[here]
            parts.append((chunk.value[:, here], chunk.cost[:, here], cell))
            first = last
        value, cost = (np.concatenate([part[i] for part in parts], axis=1) for i in (0, 1))
        cell = np.concatenate([part[2] for part in parts]) if self.cells > 1 else np.zeros(1, np.uint16)
        return Memory(value, cost, cell, np.zeros((0, *value.shape), np.float32), self.cells)

    def _chunk(self, file: pq.ParquetFile, group: int) -> Chunk:
        table = file.read_row_group(group, use_threads=False)
        value, cost = (
            np.stack([np.asarray(table[f"{kind}_{k}"].to_numpy(), np.float32) for k in range(self.offers)])
            for kind in ("value", "cost")
        )
        cell: Cells = np.zeros(1, np.uint16)
        if self.cells > 1:
            cell = np.asarray(table["cell"].to_numpy(), np.uint16)
            if int(cell.max(initial=0)) >= self.cells:
                raise InputError(f"{self.path}: cell {int(cell.max())} must be below {self.cells}")
        return Chunk(value, cost, cell, np.zeros((0, *value.shape), np.float32))


def write(path: Path, chunks: Iterable[Chunk]) -> None:
    """Write chunks to a file, a row group each; numbers are noise, so nothing is gained by packing them."""
    writer: pq.ParquetWriter | None = None
    try:
        for chunk in chunks:
            columns = {f"value_{k}": pa.array(row) for k, row in enumerate(chunk.value)}
            columns |= {f"cost_{k}": pa.array(row) for k, row in enumerate(chunk.cost)}
            if chunk.cell.size == chunk.value.shape[1]:
                columns["cell"] = pa.array(chunk.cell)
            table = pa.table(columns)
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="none", use_dictionary=False)
            writer.write_table(table, row_group_size=max(table.num_rows, 1))
    finally:
        if writer is not None:
            writer.close()
