"""The customers who could still choose differently while prices move within a box; the others are settled.

Offer k can beat a customer's present best k* somewhere in the box of prices p +- radius only where

    reduced(k) - reduced(k*) + sum over rows of radius * |what k draws - what k* draws| >= 0.

Whoever has no such offer takes k* at every price in the box. What is left is a small instance with few options each,
on which the same dual function is cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.allocation.passes import each
from offersmith.strategy.allocation.pricing import Taken
from offersmith.strategy.allocation.problem import Chunk, Floats, Instance, Rows
from offersmith.strategy.allocation.sifting import Ints, best_option, narrow_down, sift


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Undecided customers, each with the offers that could be best; nothing is always possible.

    Attributes:
        who: (c,) place in the instance.
        start: (c + 1,) where each one's options begin.
        offer: (o,) of every option.
        cell: (o,) of its customer.
        drawn: (M, o) what it draws of every measure.
        settled: (M, K, C) what the others draw, wherever prices are in the box.
    """

    who: Ints
    start: Ints
    offer: Ints
    cell: Ints
    drawn: Floats
    settled: Floats

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Rows, price: Floats, worth: float = 1.0) -> tuple[Taken, Ints]:
        """Return what everybody takes at these prices, and (c,) the option of the undecided, -1 for none."""
        table = rows.tables(price)
        option, drawn = np.empty(len(self), np.int64), self.settled.copy()
        gain = best_option(self.start, self.offer, self.cell, self.drawn, table, worth, option, drawn)
        gain += worth * float(self.settled[2].sum()) - float(np.sum(table * self.settled))
        return Taken(gain, drawn), option

    def offers_of(self, option: Ints) -> Ints:
        """Return the offers that options are of, in any shape; -1 for none."""
        return np.where(option >= 0, np.append(self.offer, -1)[option], -1)

    def within(self, rows: Rows, price: Floats, radius: Floats, worth: float = 1.0) -> Core:
        """Return the core of a smaller box."""
        settled, kept = self.settled.copy(), np.zeros(len(self.offer), np.bool_)
        undecided = np.zeros(len(self), np.bool_)
        narrow_down(
            self.start, self.offer, self.cell, self.drawn, rows.weight, radius, rows.tables(price), worth, kept,
            undecided, settled,
        )  # fmt: skip
        return self._of(undecided, kept, settled)

    def only(self, chosen: NDArray[np.bool_], option: Ints) -> Core:
        """Return the core of some customers, the others held to the option they have."""
        held = option[~chosen & (option >= 0)]
        settled = self.settled.copy()
        for measure, drawn in zip(settled, self.drawn[:, held], strict=True):
            np.add.at(measure, (self.offer[held], self.cell[held]), drawn)
        return self._of(chosen, np.repeat(chosen, np.diff(self.start)), settled)

    def _of(self, undecided: NDArray[np.bool_], kept: NDArray[np.bool_], settled: Floats) -> Core:
        count = np.add.reduceat(np.append(kept, False), self.start[:-1])[undecided] if len(self) else np.zeros(0, int)
        count = np.where(np.diff(self.start)[undecided] > 0, count, 0)
        start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        return Core(self.who[undecided], start, self.offer[kept], self.cell[kept], self.drawn[:, kept], settled)


def narrow(instance: Instance, rows: Rows, price: Floats, radius: Floats, worth: float = 1.0) -> Core:
    """Return who could choose differently at prices in the box `price` +- `radius`.

    Args:
        instance: all customers: one pass.
        rows: the limits.
        price: (R,) middle of the box.
        radius: (R,) not negative; below zero no price goes, which is not used here.
        worth: what a unit of value counts.
    """
    table, spread = rows.tables(price), np.tensordot(radius, np.abs(rows.weight), axes=1)

    def work(chunk: Chunk, first: int) -> tuple[Floats, tuple[Ints, Ints, Ints, Ints, Floats]]:
        part = np.zeros(table.shape)
        return part, _sifted(chunk, table, spread, worth, first, part)

    settled, parts = np.zeros(table.shape), [_none(table.shape[0])]
    for part, found in each(instance, work):
        settled += part
        parts.append(found)
    who, count, offer, cell, drawn = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Core(who, start, offer, cell, drawn, settled).within(rows, price, radius, worth)


def _none(measures: int) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    empty = np.zeros(0, np.int64)
    return empty, empty, empty, empty, np.zeros((measures, 0))


def _sifted(
    chunk: Chunk, table: Floats, spread: Floats, worth: float, first: int, settled: Floats
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    size = chunk.value.shape[1]
    possible = np.zeros((chunk.value.shape[0], size), np.bool_)
    undecided = np.zeros(size, np.bool_)
    sift(chunk.value, chunk.cost, chunk.cell, chunk.extra, table, spread, worth, possible, undecided, settled)
    here = np.flatnonzero(undecided)
    mine = possible[:, here].T
    place, offer = np.nonzero(mine)
    customer = here[place]
    one = table.shape[2] == 1  # the last chunk may be of a single customer, whose cell is any
    cell = np.zeros(len(customer), np.int64) if one else chunk.cell[customer].astype(np.int64)
    drawn = np.empty((table.shape[0], len(customer)))
    drawn[0], drawn[1], drawn[2] = 1.0, chunk.cost[offer, customer], chunk.value[offer, customer]
    drawn[3:] = chunk.extra[:, offer, customer]
    return here + first, mine.sum(axis=1), offer.astype(np.int64), cell, drawn
