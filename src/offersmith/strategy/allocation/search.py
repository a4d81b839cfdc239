"""The best prices: on a small sample first, then on larger ones, looking only at who could still choose differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.allocation.core import Core, narrow
from offersmith.strategy.allocation.planes import Lowest, lowest
from offersmith.strategy.allocation.pricing import take
from offersmith.strategy.allocation.problem import Floats, Instance, Memory, Rows

FIRST, TIMES, LARGEST = 1 << 14, 8, 1 << 20
"""Customers of the first sample; by how many times the next is larger; of the last at most."""
SAMPLED = 2 * FIRST
"""Customers up to whom prices are found on all of them: to learn how far a sample's are off takes as long."""
FEW = 4_000
"""Cells (customers x offers) up to which everything is decided exactly."""
WIDE = 3.0
"""Standard errors of the prices that a box reaches."""
EVERYWHERE, NEAR = 1e9, 0.05
"""Radius of a box, in units: of one that holds every price, of one around prices found on all."""
TRIES, WIDER = 20, 4.0
"""Boxes tried, each so many times wider than the one before for the prices that lay on its edge."""
CLOSE, ROUGH = 1e-4, 1e-5
"""Of the value, that the prices of a quarter and of the first sample may be above the lowest."""
FINE = 1e-3
"""Of what one customer is worth, that the prices of a core may be above the lowest in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Where the best prices are.

    Attributes:
        core: who could choose differently inside.
        low: the best prices inside.
        middle: (R,) of the box.
        radius: (R,) of the box.
    """

    core: Core
    low: Lowest
    middle: Floats
    radius: Floats

    def holds(self, price: Floats) -> bool:
        """Return whether those who are settled are so at these prices."""
        return bool((np.abs(price - self.middle) <= self.radius).all())


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A search for prices.

    Attributes:
        rows: the limits.
        unit: (R,) what a price is of the order of.
        least: no assignment of all customers is worth less: where the dual is, limits cannot be kept.
        typical: what one customer is worth.
    """

    rows: Rows
    unit: Floats
    least: float
    typical: float

    @classmethod
    def of(cls, sample: Memory, rows: Rows, customers: int) -> Search:
        """Learn from a sample: the price of a row is of the order of value over draw, of offers that draw on it."""
        allowed = np.isfinite(sample.value)
        value = np.where(allowed, sample.value, 0.0)
        typical = float(np.abs(value).max(axis=0, initial=0.0).mean()) if sample.customers else 0.0
        cell = np.broadcast_to(sample.cell, (sample.customers,)).astype(np.int64)
        unit = np.full(len(rows.names), typical or 1.0)
        for row in range(len(unit)):
            each = np.zeros(value.shape)
            for m, source in enumerate((np.ones(value.shape), sample.cost, value, *sample.extra)):
                each += rows.weight[row, m][:, cell] * source
            some = allowed & (each != 0)
            unit[row] /= float(np.abs(each[some]).mean()) if some.any() else 1.0
        lowest_each = float(np.minimum(value.min(axis=0, initial=0.0), 0.0).mean()) if sample.customers else 0.0
        least = (2 * lowest_each - 1e-3 * typical) * customers
        return cls(rows, unit, least, typical)

    def sampled(self, sample: Memory, customers: int) -> tuple[Floats, Floats] | None:
        """Return prices and how far they may be off.

        Args:
            sample: the largest sample, or all.
            customers: whom it stands for.

        Returns:
            None where the sample says that the limits cannot be kept.
        """
        rows, unit = self.rows, self.unit
        if customers * sample.value.shape[0] <= FEW:
            return np.zeros(len(unit)), EVERYWHERE * unit
        every = customers <= SAMPLED
        part = sample if every else sample.sample(FIRST, 0)
        found = self._whole(part, customers, np.zeros(len(unit)), unit, ROUGH)
        if found.value < self.least:
            return None
        price = found.place
        if every:
            return price, NEAR * unit
        quarters = [self._whole(_every(part, each), customers, price, unit * NEAR, CLOSE).place for each in range(4)]
        # Of the four, as an estimate of a quarter's spread; a sample of four times as many varies half as much.
        error = np.maximum(np.std(quarters, axis=0, ddof=1) / 2, 0.002 * np.maximum(price, NEAR * unit))
        size = FIRST * TIMES
        while size <= sample.customers and size * 2 < customers:
            part = sample.sample(size, 1)
            share = rows.scaled(part.customers / customers)
            price = self.boxed(part, share, price, WIDE * error).low.place
            error, size = error / np.sqrt(TIMES), size * TIMES
        return price, WIDE * error

    def boxed(self, instance: Instance, rows: Rows, price: Floats, radius: Floats) -> Box:
        """Return the best prices in a box, moved and widened while they lie on its edge: one pass each."""
        for _ in range(TRIES):
            core = narrow(instance, rows, price, radius)
            box = Box(core, self._low(core, rows, price, radius), price, radius)
            edge = _edge(box.low.place, price, radius)
            if not edge.any():
                break
            price, radius = box.low.place, np.where(edge, radius * WIDER, radius)
        return box

    def smaller(self, box: Box) -> Box:
        """Return the box of a tenth of the radius around the best prices, moved while they lie on its edge."""
        price, radius = box.low.place, box.radius * 0.1
        for _ in range(TRIES):
            core = box.core.within(self.rows, price, radius)
            found = Box(core, self._low(core, self.rows, price, radius), price, radius)
            edge = _edge(found.low.place, price, radius)
            if not edge.any():
                break
            price, radius = found.low.place, np.where(edge, np.minimum(radius * WIDER, box.radius), radius)
        return found

    def whole(self, instance: Instance) -> tuple[Floats, Floats] | None:
        """Return prices found on all customers, a pass each, and how far they may be off.

        Returns:
            None where the limits cannot be kept.
        """
        found = self._whole(instance, instance.customers, np.zeros(len(self.unit)), self.unit, ROUGH)
        return None if found.value < self.least else (found.place, NEAR * self.unit)

    def _whole(self, part: Instance, customers: int, start: Floats, reach: Floats, tolerance: float) -> Lowest:
        rows = self.rows.scaled(part.customers / customers)

        def ask(price: Floats) -> tuple[float, Floats]:
            taken = take(part, rows, price)
            # As a value of all customers, so that it can be compared with what is possible at all.
            times = customers / part.customers
            gain, bound = taken.gain + float(price @ rows.bound), rows.bound - rows.usage(taken.drawn)
            return gain * times, bound * times

        nothing, all_ = np.zeros(len(start)), np.full(len(start), np.inf)
        return lowest(ask, start, nothing, all_, reach, tolerance, least=self.least)

    def _low(self, core: Core, rows: Rows, price: Floats, radius: Floats) -> Lowest:
        def ask(at: Floats) -> tuple[float, Floats]:
            taken, _ = core.take(rows, at)
            return taken.gain + float(at @ rows.bound), rows.bound - rows.usage(taken.drawn)

        reach, about = np.minimum(radius / 4, self.unit), abs(ask(price)[0])
        fine = max(FINE * self.typical / about, 1e-14) if about else 1e-9
        return lowest(ask, price, np.maximum(price - radius, 0.0), price + radius, reach, fine, least=self.least)


def _every(part: Memory, quarter: int) -> Memory:
    cell = part.cell if part.cell.size == 1 else part.cell[quarter::4]
    return Memory(part.value[:, quarter::4], part.cost[:, quarter::4], cell, part.extra[:, :, quarter::4], part.cells)


def _edge(place: Floats, price: Floats, radius: Floats) -> NDArray[np.bool_]:
    """Return (R,) which prices lie on the edge of the box, where they would go on."""
    almost = (1 - 1e-6) * radius
    below = (place <= price - almost) & (place > 0)
    return np.asarray((below | (place >= price + almost)) & (radius > 0))
