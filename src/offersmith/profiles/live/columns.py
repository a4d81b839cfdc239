"""The numbers kept for each customer beside orders: which there are, what they begin with, what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.profiles.live.formulas import Answer
from offersmith.profiles.live.kernels import ADD, KNOWN, MAX, MIN, NEVER, NOT_YET
from offersmith.profiles.live.rows import bits_of
from offersmith.profiles.live.schema import Column, Layout
from offersmith.store.feature_cells import Cell
from offersmith.store.feature_values import DAY_US, FRACTION_BITS

_DOES = {"add": ADD, "known": KNOWN, "min": MIN, "max": MAX}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a layout as arrays; integer columns first, decayed ones on their own.

    Attributes:
        cells: integer column of each cell.
        does: what a column does, of `kernels`.
        which: the value it does it with, a place among the layout's values.
        masks: kinds of events that count and conditions to be met, as bits, shape (columns, 2).
        begins: what it is before anything happened.
        decayed_cells: decayed column of each cell.
        decayed: like `which`, of decayed columns.
        decayed_masks: like `masks`.
        half_lives: microseconds.
        scales: what a decayed sum is divided by to be in the unit of its value.
    """

    cells: Mapping[Cell, int]
    does: NDArray[np.int64]
    which: NDArray[np.int64]
    masks: NDArray[np.uint64]
    begins: NDArray[np.int64]
    decayed_cells: Mapping[Cell, int]
    decayed: NDArray[np.int64]
    decayed_masks: NDArray[np.uint64]
    half_lives: NDArray[np.float64]
    scales: NDArray[np.float64]

    def empty_numbers(self, customers: int) -> NDArray[np.int64]:
        """Return the numbers of customers of whom nothing happened yet."""
        return np.tile(self.begins, (customers, 1))

    def answers(self, numbers: NDArray[np.int64]) -> dict[Cell, Answer]:
        """Return what integer columns answer; extremes of nothing are unknown."""
        found: dict[Cell, Answer] = {}
        for cell, at in self.cells.items():
            some = np.ones(numbers.shape[0], np.bool_) if self.does[at] in (ADD, KNOWN) else None
            found[cell] = numbers[:, at], numbers[:, at] != self.begins[at] if some is None else some
        return found

    def decayed_answers(self, sums: NDArray[np.float64]) -> dict[Cell, Answer]:
        """Return what decayed columns answer; of nothing it is 0."""
        some = np.ones(sums.shape[0], np.bool_)
        return {cell: (sums[:, at] / self.scales[at], some) for cell, at in self.decayed_cells.items()}


def columns_of(layout: Layout) -> Columns:
    """Return the columns of a layout; columns that keep the same share one."""
    whole = {column: None for column in layout.columns.values() if column.does != "decayed"}
    fading = {column: None for column in layout.columns.values() if column.does == "decayed"}
    places = {column: at for at, column in enumerate(whole)} | {column: at for at, column in enumerate(fading)}
    does = np.array([_DOES[column.does] for column in whole], np.int64)
    return Columns(
        {cell: places[column] for cell, column in layout.columns.items() if column.does != "decayed"},
        does,
        _which(list(whole), layout),
        _masks(list(whole), layout),
        np.select([does == MIN, does == MAX], [np.int64(NOT_YET), np.int64(NEVER)], np.int64(0)),
        {cell: places[column] for cell, column in layout.columns.items() if column.does == "decayed"},
        _which(list(fading), layout),
        _masks(list(fading), layout),
        np.array([(column.half_life_days or 1.0) * DAY_US for column in fading], np.float64),
        np.array([2.0 ** FRACTION_BITS.get(column.value, 0) for column in fading], np.float64),
    )


def _which(columns: list[Column], layout: Layout) -> NDArray[np.int64]:
    return np.array([layout.values.index(column.value) for column in columns], np.int64)


def _masks(columns: list[Column], layout: Layout) -> NDArray[np.uint64]:
    made = np.zeros((len(columns), 2), np.uint64)
    for at, column in enumerate(columns):
        made[at] = bits_of(column.events), np.uint64(sum(1 << layout.tests.index(test) for test in set(column.where)))
    return made
