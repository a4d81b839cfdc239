"""What is decided: values and costs of customers x offers, in chunks, and the limits on the whole.

A limit weighs what a customer's offer draws. What can be drawn are the *measures*: 0 counts (one an offer given),
1 is the cost, 2 the value itself (so that a return on spend or a band of benefit is a linear row too), and further
ones if the instance brings them. A weight hangs on the measure, the offer and the customer's *cell*: the combination
of the groups that limits speak of. So sixty limits cost a pass over the customers no more than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError

Bits = NDArray[np.float32]
Floats = NDArray[np.float64]
Cells = NDArray[np.uint16]

COUNT, COST, VALUE = 0, 1, 2
OWN = 3
"""Measures that every instance has."""
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some customers, offer-major.

    Attributes:
        value: (K, m) what giving an offer adds; -inf where it must not be given.
        cost: (K, m) what it draws on the budget, finite.
        cell: (m,) the customers' cells; (1,) where all are in one.
        extra: (E, K, m) further measures.
    """

    value: Bits
    cost: Bits
    cell: Cells
    extra: Bits


class Instance(Protocol):
    """Customers who may be more than fit in memory."""

    @property
    def customers(self) -> int:
        """How many."""

    @property
    def offers(self) -> int:
        """How many paying ones."""

    @property
    def cells(self) -> int:
        """How many."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield all customers, in the same order each time."""

    def sample(self, size: int, seed: int) -> Memory:
        """Return about so many of them, evenly over all."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """An instance in memory; attributes as of `Chunk`, of all customers."""

    value: Bits
    cost: Bits
    cell: Cells
    extra: Bits
    cells: int

    @classmethod
    def of(cls, value: Bits, cost: Bits, cell: Cells | None = None, extra: Bits | None = None) -> Memory:
        """Check and lay out.

        Raises:
            InputError: shapes or types differ, a cost or a further measure is not finite, a value is not below
                infinity; it says which and how many.
        """
        for name, array in (("value", value), ("cost", cost)):
            if array.ndim != 2 or array.dtype != np.float32:
                raise InputError(f"{name} must be float32 (offers, customers); got {array.dtype}, {array.ndim} axes")
        if value.shape != cost.shape:
            raise InputError(f"value {value.shape} and cost {cost.shape} differ in shape")
        further = np.zeros((0, *value.shape), np.float32) if extra is None else extra
        if further.ndim != 3 or further.shape[1:] != value.shape or further.dtype != np.float32:
            shape = (*further.shape[:1], *value.shape)
            raise InputError(f"further measures must be float32 {shape}; got {further.dtype} {further.shape}")
        where = np.zeros(1, np.uint16) if cell is None else cell
        if where.dtype != np.uint16 or (cell is not None and where.shape != (value.shape[1],)):
            raise InputError(f"cells must be uint16, one a customer; got {where.dtype} {where.shape}")
        found = cls(value, cost, where, further, int(where.max(initial=0)) + 1)
        for chunk in found.chunks():
            check(chunk)
        return found

    @property
    def customers(self) -> int:
        """How many."""
        return int(self.value.shape[1])

    @property
    def offers(self) -> int:
        """How many paying ones."""
        return int(self.value.shape[0])

    def chunks(self) -> Iterator[Chunk]:
        """Yield views of the customers."""
        for start in range(0, self.customers, CHUNK):
            part = slice(start, min(start + CHUNK, self.customers))
            cell = self.cell if self.cell.size == 1 else self.cell[part]
            yield Chunk(self.value[:, part], self.cost[:, part], cell, self.extra[:, :, part])

    def sample(self, size: int, seed: int) -> Memory:
        """Return one customer drawn from each of `size` equal stretches."""
        if size >= self.customers:
            return self
        place = stretches(self.customers, size, seed)
        cell = self.cell if self.cell.size == 1 else self.cell[place]
        return Memory(self.value[:, place], self.cost[:, place], cell, self.extra[:, :, place], self.cells)


def stretches(customers: int, size: int, seed: int) -> NDArray[np.int64]:
    """Return one place drawn from each of `size` equal stretches, ascending; all places if there are no more."""
    if size >= customers:
        return np.arange(customers)
    ends = np.linspace(0, customers, size + 1)
    drawn = ends[:-1] + np.random.default_rng(seed).random(size) * np.diff(ends)
    return np.minimum(drawn.astype(np.int64), customers - 1)


def check(chunk: Chunk) -> None:
    """Raise InputError where a number cannot be, with how many there are."""
    wrong = int(np.sum(np.isnan(chunk.value) | (chunk.value == np.inf)))
    if wrong:
        raise InputError(f"value: {wrong} entries are not a number or infinite; -inf says that an offer is not allowed")
    for name, array in (("cost", chunk.cost), ("further measures", chunk.extra)):
        wrong = int(array.size - np.isfinite(array).sum())
        if wrong:
            raise InputError(f"{name}: {wrong} entries are not finite numbers")


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """sum over customers of what their offer draws <= bound, or >= bound.

    Attributes:
        name: said where it binds or cannot be kept.
        weight: (M, K, C) of a unit of each measure, by offer and cell; trailing measures may be left out.
        bound: finite.
        at_least: >= instead of <=.
        once: it counts customers: one who gets several offers counts once.
    """

    name: str
    weight: Floats
    bound: float
    at_least: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All limits as sums that may be at most `bound`.

    Attributes:
        names: of the limits.
        weight: (R, M, K, C), with the sign turned where a limit is a floor.
        bound: (R,) likewise.
        sign: (R,) -1 for a floor.
    """

    names: tuple[str, ...]
    weight: Floats
    bound: Floats
    sign: Floats

    @classmethod
    def of(cls, limits: Sequence[Limit], offers: int, cells: int, measures: int) -> Rows:
        """Lay limits out.

        Raises:
            InputError: a shape, a number or a name that cannot be.
        """
        names = tuple(limit.name for limit in limits)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"limits {twice} stand more than once")
        weight = np.zeros((len(limits), measures, offers, cells))
        for row, limit in enumerate(limits):
            given = limit.weight.shape
            if len(given) != 3 or given[0] > measures or given[1:] != (offers, cells):
                raise InputError(
                    f"weights of limit {limit.name!r} must be at most ({measures}, {offers}, {cells}); got {given}"
                )
            if not (np.isfinite(limit.weight).all() and np.isfinite(limit.bound)):
                raise InputError(f"limit {limit.name!r}: bound {limit.bound} and weights must be finite numbers")
            weight[row, : given[0]] = limit.weight
        sign = np.array([-1.0 if limit.at_least else 1.0 for limit in limits])
        bound = np.array([limit.bound for limit in limits], dtype=np.float64)
        return cls(names, weight * sign[:, None, None, None], bound * sign, sign)

    def scaled(self, share: float) -> Rows:
        """Return the same for a sample of the customers."""
        return Rows(self.names, self.weight, self.bound * share, self.sign)

    def tables(self, price: Floats) -> Floats:
        """Return (M, K, C): what a unit of each measure costs at these prices."""
        return np.asarray(np.tensordot(price, self.weight, axes=1))

    def usage(self, drawn: Floats) -> Floats:
        """Return (R,) the use of every row, from (M, K, C) what was drawn."""
        return np.asarray(np.tensordot(self.weight, drawn, axes=3))
