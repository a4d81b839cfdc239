"""Which purchases of The Complete Journey were in the week's mailer or on display in that shop.

20.9 million rows say so, sorted by week. One week at a time is laid out as a small grid of shop x product, and the
purchases of that week look themselves up in it: two passes of direct addressing, no join and no sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.events.examples.journey_files import Ints, table_path

PLACEMENTS: tuple[str | None, ...] = (None, "mailer", "display", "mailer+display")
"""Name of each code of `placements`: bit 0 mailer, bit 1 display."""

Codes = npt.NDArray[np.uint8]


def placements(product: Ints, store: Ints, week: Ints) -> Codes:
    """Return the code (index into `PLACEMENTS`) of each purchase.

    Args:
        product: product id of each purchase line.
        store: store id of each line.
        week: week 1-53 of each line, ascending.
    """
    products, shops = _dense(product), _dense(store)
    width = int(products.max()) + 1
    grid = np.zeros((int(shops.max()) + 1) * width, dtype=np.uint8)
    lines = np.searchsorted(week, np.arange(int(week.max()) + 2))
    codes = np.zeros(product.size, dtype=np.uint8)
    for number, row_product, row_store, bits in _promotions():
        if number + 1 >= lines.size:
            continue
        item = products[np.minimum(row_product, products.size - 1)]
        cell = shops[np.minimum(row_store, shops.size - 1)] * width + item
        for bit in (1, 2):  # one at a time: two rows of the same cell in one |= would lose the first
            grid[cell[(bits & bit) > 0]] |= bit
        mine = slice(int(lines[number]), int(lines[number + 1]))
        codes[mine] |= grid[shops[store[mine]] * width + products[product[mine]]]
        grid[:] = 0
    return codes


def _dense(ids: Ints) -> npt.NDArray[np.int32]:
    """Return id -> 1, 2, ... for the ids that occur, and 0 for all others; the last entry stands for "beyond"."""
    occurs = np.zeros(int(ids.max()) + 2, dtype=np.bool_)
    occurs[ids] = True
    found = np.flatnonzero(occurs)
    numbers = np.zeros(occurs.size, dtype=np.int32)
    numbers[found] = np.arange(1, found.size + 1, dtype=np.int32)
    return numbers


def _promotions() -> Iterator[tuple[int, Ints, Ints, Codes]]:
    """Yield runs of rows of one week: week, product id, store id, bits."""
    file = pq.ParquetFile(table_path("promotions"), read_dictionary=["display_location", "mailer_location"])
    for batch in file.iter_batches(1 << 20, use_threads=False):
        weeks = batch["week"].to_numpy(zero_copy_only=False)
        product, store = batch["product_id"].to_numpy(), batch["store_id"].to_numpy()
        bits = _shown(batch["mailer_location"]) + _shown(batch["display_location"]) * np.uint8(2)
        cuts = [0, *(np.flatnonzero(np.diff(weeks)) + 1).tolist(), weeks.size]
        for start, stop in pairwise(cuts):
            yield int(weeks[start]), product[start:stop], store[start:stop], bits[start:stop]


def _shown(location: pa.DictionaryArray) -> Codes:
    """Return 1 where the location is not `0` (nowhere)."""
    known = pc.not_equal(location.dictionary, "0").to_numpy(zero_copy_only=False).astype(np.uint8)
    shown: Codes = known[location.indices.to_numpy()]
    return shown
