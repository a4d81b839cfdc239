"""Groups of customers that limits speak of, and the cells that tell them apart.

A part is one condition, or every value of one column. A customer's cell is the combination of all parts that rows speak
of; only combinations that occur are counted, in the order of their codes, so that customers may come in any order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.strategy.allocation.problem import Cells

Ints = NDArray[np.int64]
Value = str | int | float | bool
MOST_CELLS = 65_535
"""A cell is a number of 16 bits."""
_ROOM = 1 << 62
ROUNDING = 1e-9
"""Of a share times a number of customers: three of thirty are a tenth, and not four."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Customers whose column is one of some values, or a number in a range or among the largest; none without a value.

    Attributes:
        column: of the profile table.
        values: allowed ones; empty where numbers are compared.
        low: of the range; None is open.
        high: of the range, itself outside; None is open.
        top: the share of the customers with a value who have the largest; who ties at the edge is in.
        bottom: the share who have the smallest.
    """

    column: str
    values: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None
    top: float | None = None
    bottom: float | None = None

    @property
    def bound(self) -> tuple[str, float | None]:
        """What the file says of its numbers first: the field and the value."""
        said = {"from": self.low, "below": self.high, "top": self.top, "bottom": self.bottom}
        return next(((field, value) for field, value in said.items() if value is not None), ("from", None))

    def codes(self, profiles: pa.Table) -> Ints:
        """Return (n,) 1 for who is in, else 0."""
        column = profiles[self.column]
        if self.values:
            kind = sort_of(column.type)
            held = numbers(column) if kind == "numbers" else column.cast(pa.string() if kind == "texts" else pa.bool_())
            wanted = np.array(self.values, np.float64) if kind == "numbers" else pa.array(self.values)
            return np.asarray(_is_in(held, wanted), dtype=np.int64)
        held = numbers(column)
        inside = ~np.isnan(held)
        if self.low is not None:
            inside &= held >= self.low
        if self.high is not None:
            inside &= held < self.high
        if self.top is not None:
            inside &= -held <= _edge(-held, self.top)
        if self.bottom is not None:
            inside &= held <= _edge(held, self.bottom)
        return inside.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Every:
    """Every value of a column is a group; customers without a value are in none."""

    column: str

    def values(self, profiles: pa.Table) -> list[Value]:
        """Return the values that occur, ascending."""
        column = profiles[self.column]
        if sort_of(column.type) == "numbers":
            held = numbers(column)
            return [float(one) for one in np.unique(held[~np.isnan(held)])]
        if sort_of(column.type) == "texts":
            column = column.cast(pa.string())
        return sorted(pc.unique(column).drop_null().to_pylist())

    def codes(self, profiles: pa.Table) -> Ints:
        """Return (n,) the place of each one's value, counted from 1; 0 without a value."""
        column, values = profiles[self.column], self.values(profiles)
        if sort_of(column.type) == "numbers":
            held = numbers(column)
            place = np.searchsorted(np.array(values, np.float64), held) + 1
            return np.where(np.isnan(held), 0, place).astype(np.int64)
        text = column.cast(pa.string()) if sort_of(column.type) == "texts" else column
        place = pc.index_in(text, value_set=pa.array(values, text.type), skip_nulls=True)
        return np.asarray(pc.fill_null(place, -1).to_numpy(), np.int64) + 1


@dataclass(frozen=True, slots=True)
class Bands:
    """A column of numbers cut at some edges, each the first number of the next band; who has no number is in none."""

    column: str
    edges: tuple[float, ...]

    def codes(self, profiles: pa.Table) -> Ints:
        """Return (n,) the place of each one's band, counted from 1; 0 without a number."""
        held = numbers(profiles[self.column])
        band = np.searchsorted(np.array(self.edges, np.float64), held, side="right") + 1
        return np.where(np.isnan(held), 0, band).astype(np.int64)


Part = Condition | Every | Bands


def sort_of(kind: pa.DataType) -> str:
    """Return `texts`, `numbers`, `truths` (yes or no), or `` for a column that conditions cannot speak of."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(inner) or pa.types.is_large_string(inner):
        return "texts"
    if pa.types.is_boolean(inner):
        return "truths"
    number = pa.types.is_integer(inner) or pa.types.is_floating(inner) or pa.types.is_decimal(inner)
    return "numbers" if number else ""


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return (n,) the numbers of a column, NaN where there is none."""
    plain = column.cast(pa.float64(), safe=False).to_numpy()
    return np.asarray(plain, dtype=np.float64)


def _edge(held: NDArray[np.float64], share: float) -> float:
    """Return the largest of the share of the known values that is smallest: at least one of them."""
    known = np.sort(held[~np.isnan(held)])
    count = max(1, math.ceil(share * len(known) - ROUNDING))
    return float(known[count - 1]) if len(known) else -math.inf


def _is_in(held: pa.ChunkedArray | NDArray[np.float64], wanted: pa.Array | NDArray[np.float64]) -> NDArray[np.bool_]:
    if isinstance(held, np.ndarray):
        return np.isin(held, wanted)
    return np.asarray(pc.is_in(held, value_set=wanted).to_numpy(), dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which cell everybody is in, and what a cell says of every part.

    Customers who have opted out are in cells of their own: what is compared a head is among the others.

    Attributes:
        cell: (n,) of every customer; None where all are in one.
        heads: (C,) customers of every cell.
        codes: of every part, (C,).
        asked: (C,) the cells of customers about whom a plan decides.
    """

    cell: Cells | None
    heads: Ints
    codes: Mapping[Part, Ints]
    asked: NDArray[np.bool_]

    @classmethod
    def of(cls, codes: Mapping[Part, Ints], customers: int, out: NDArray[np.bool_] | None = None) -> Grouping | None:
        """Combine codes of every part; None where there are more than `MOST_CELLS` combinations.

        Args:
            codes: (n,) each.
            customers: how many.
            out: (n,) who has opted out and is told apart; None = nobody.
        """
        settled = np.zeros(customers, np.int64) if out is None else out.astype(np.int64)
        combined, size = settled, 2
        for code in codes.values():
            many = int(code.max()) + 1
            if size > _ROOM // many:
                combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
                size = int(combined.max()) + 1
            combined, size = combined * many + code, size * many
        _, first, cell, heads = np.unique(combined, return_index=True, return_inverse=True, return_counts=True)
        if len(first) > MOST_CELLS:
            return None
        where = cell.astype(np.uint16) if len(first) > 1 else None
        of_cells = {part: code[first] for part, code in codes.items()}
        return cls(where, heads.astype(np.int64), of_cells, settled[first] == 0)

    @property
    def cells(self) -> int:
        """How many."""
        return len(self.heads)

    def inside(self, parts: Sequence[Condition]) -> NDArray[np.bool_]:
        """Return (C,) the cells that are in all conditions; all cells where there is none."""
        found = np.ones(self.cells, np.bool_)
        for part in parts:
            found &= self.codes[part] == 1
        return found

    def of_asked(self, customers: Ints) -> Ints:
        """Return those of some customers, (m,) places and -1 for who is gone, about whom a plan decides."""
        mine = self.asked[0] if self.cell is None else self.asked[self.cell[customers]]
        return customers[(customers < 0) | mine]
