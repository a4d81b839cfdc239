"""The sparse matrix that all mining starts from: which basket holds which product, without what can say nothing.

Left out, and counted: products in fewer baskets than the floor (no rule about them could be told from chance, and most
products of a shop are such), and baskets of more lines than a person chooses together, which would weigh as the square
of their length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from offersmith.errors import InputError
from offersmith.store.baskets import Baskets

Whole = NDArray[np.int64]
MIN_SUPPORT = 0.0005
"""Share of baskets a rule must hold in: of a grocer's 156,000 baskets 78."""
MIN_COUNT = 5
"""Baskets a rule must hold in, however small the shop."""
MOST_LINES = 500
"""Lines of a basket that is still read."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in the matrix: lines without a name, baskets too long with their lines, and products too rare."""

    nameless: int
    long_baskets: int
    long_lines: int
    rare_items: int


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Which basket holds which product.

    Attributes:
        matrix: baskets by items, ones (int32), rows in the order of time.
        items: where each column stands in `Baskets.items`.
        counts: baskets that hold each item.
        customer: of each basket, -1 where nobody knows.
        time: of each basket, microseconds.
        floor: baskets a rule must hold in.
        left: what is not in it.
    """

    matrix: csr_array
    items: Whole
    counts: Whole
    customer: Whole
    time: Whole
    floor: int
    left: LeftOut

    @property
    def baskets(self) -> int:
        """Baskets, those that hold none of the items included."""
        return int(self.matrix.shape[0])

    def columns(self) -> csc_array:
        """Return the matrix by items."""
        return self.matrix.tocsc()


def incidence(
    found: Baskets, min_support: float = MIN_SUPPORT, min_count: int = MIN_COUNT, most_lines: int = MOST_LINES
) -> Incidence:
    """Return the matrix of what was bought.

    Args:
        found: everything bought.
        min_support: share of baskets (0 to 1) that an item, and every rule about it, must be in.
        min_count: baskets that it must be in at least.
        most_lines: lines of a basket that is still read.

    Raises:
        InputError: a floor is out of bounds.
    """
    _checked(min_support, min_count, most_lines)
    basket, item = (found.lines[name].to_numpy().astype(np.int64) for name in ("basket", "item"))
    length = np.bincount(basket, minlength=found.orders.num_rows)
    fits = length <= most_lines
    rows, total = (np.cumsum(fits) - 1)[basket], int(fits.sum())
    floor = max(min_count, math.ceil(min_support * total))
    read = fits[basket]
    counts = np.bincount(item[read], minlength=len(found.items))
    kept = np.flatnonzero(counts >= floor)
    code = np.full(len(found.items), -1, np.int64)
    code[kept] = np.arange(len(kept))
    column = code[item]
    held = read & (column >= 0)
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows[held], minlength=total))])
    ones, narrow = np.ones(int(held.sum()), np.int32), _narrow(int(held.sum()))
    matrix = csr_array((ones, column[held].astype(narrow), ends.astype(narrow)), shape=(total, len(kept)))
    left = LeftOut(found.nameless, int((~fits).sum()), int((~read).sum()), len(found.items) - len(kept))
    who = found.orders["customer"].fill_null(-1).to_numpy().astype(np.int64)[fits]
    when = found.orders["time"].to_numpy().astype("datetime64[us]").astype(np.int64)[fits]
    return Incidence(matrix, kept, counts[kept].astype(np.int64), who, when, floor, left)


def _narrow(entries: int) -> type[np.signedinteger]:
    return np.int32 if entries < np.iinfo(np.int32).max else np.int64


def _checked(min_support: float, min_count: int, most_lines: int) -> None:
    if not 0 <= min_support <= 1:
        raise InputError(
            f"min_support = {min_support} is not allowed; allowed: a share of baskets, from 0 to 1",
            field="min_support", value=min_support,
        )  # fmt: skip
    for name, value in (("min_count", min_count), ("most_lines", most_lines)):
        if value < 1:
            raise InputError(
                f"{name} = {value} is not allowed; allowed: a whole number of at least 1", field=name, value=value
            )
