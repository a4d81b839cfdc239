"""What a plan keeps to: the budget, then a shop's further limits, as rows over what the decisions draw.

Every row is written as "at most": a floor has its signs turned (`allocation.problem.Rows`). One price, that of the
budget, is found exactly (`assign`); several are searched together (`allocation`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import COST, COUNT, OWN, VALUE, Cells, Limit, Memory, Rows
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.assign import assign
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.certificate import Assignment, Row
from offersmith.strategy.kernels import Bits, Choice, Floats, choose
from offersmith.strategy.limits.compiling import OWN_ROW, Compiled
from offersmith.strategy.linear import LinearRow

CLOSE, ROUGH = 0.02, np.inf
"""Gap that a few customers who are worth much may leave: in a plan, and in a point of a picture."""
FLOAT32 = 2.0**-23
"""Relative error of a number rounded to float32, upwards at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """The rows of one plan; the first is the budget.

    Attributes:
        rows: R limits with weights (R, 3, K, C) on the count, the cost and the value of what is given.
        cell: (n,) of every customer, or (1,) where all are in one.
        profit: float32 (K, n) what the rows call value, where the plan makes something else large; None where that is
            what is made large, or where no row asks for it.
        more: rows by place, with (K, n) what giving something draws on them beside their weights, as "at most"
            (`together`).
    """

    rows: Rows
    cell: Cells
    profit: Bits | None = None
    more: tuple[tuple[int, Floats], ...] = ()

    @classmethod
    def of(
        cls, budget: float, offers: int, limits: Sequence[Limit] = (), cell: Cells | None = None, cells: int = 1
    ) -> Keeping:
        """Put the budget, in major units, before further limits on K offers."""
        weight = np.zeros((VALUE, offers, cells))
        weight[COST] = 1.0
        first = Limit(OWN_ROW, weight, budget)
        where = np.zeros(1, np.uint16) if cell is None else cell
        return cls(Rows.of((first, *limits), offers, cells, OWN), where)

    @property
    def alone(self) -> bool:
        """Whether the budget is the only row."""
        return len(self.rows.names) == 1

    @property
    def budget(self) -> float:
        """Major units."""
        return float(self.rows.bound[0])

    def beside(self, profit: Floats) -> Keeping:
        """Return the same rows for a plan that makes something else large than (K, n) the profit they speak of."""
        spoken = bool(self.rows.weight[:, VALUE].any())
        return replace(self, profit=profit.astype(np.float32) if spoken else None)

    def at_budget(self, budget: float) -> Keeping:
        """Return the same rows with another budget."""
        return self.within(np.concatenate([[budget], self.rows.bound[1:]]))

    def within(self, bound: Floats) -> Keeping:
        """Return the same rows with other bounds, (R,), as "at most"."""
        return replace(self, rows=Rows(self.rows.names, self.rows.weight, bound, self.rows.sign))

    def limits(self) -> tuple[Limit, ...]:
        """Return the rows as the allocation takes them: profit is a measure of its own where it is not the value."""
        weight = self.rows.weight
        if self.profit is not None:
            weight = np.concatenate([weight[:, :VALUE], np.zeros_like(weight[:, :1]), weight[:, VALUE:]], axis=1)
        for row, _ in self.more:
            own = np.zeros_like(weight[:, :1])
            own[row] = 1.0
            weight = np.concatenate([weight, own], axis=1)
        parts = zip(self.rows.names, weight, self.rows.bound, self.rows.sign, strict=True)
        return tuple(Limit(name, each * sign, float(most * sign), bool(sign < 0)) for name, each, most, sign in parts)

    def best(self, value: Bits, cost: Bits, *, gap: float = CLOSE) -> Assignment:
        """Return the best assignment within all rows.

        Args:
            value: float32 (K, n), -inf where not allowed.
            cost: float32 (K, n), finite and not negative.
            gap: that a few customers who are worth much may leave.

        Raises:
            InfeasibleError: the rows cannot be kept together; it says which.
        """
        if self.alone:
            return assign(value, [LinearRow(OWN_ROW, cost, self.budget)])
        return allocate(Memory.of(value, cost, self._cells(value.shape[1]), self._further()), self.limits(), gap=gap)

    def followed(self, value: Bits, cost: Bits, part: Floats) -> Assignment:
        """Return the best assignment where a choice draws only a part of itself, (K, n): the chance it is followed."""
        worth, paid = (value * part).astype(np.float32), cost
        if self.alone:
            return assign(worth, [LinearRow(OWN_ROW, paid, self.budget)])
        # What is counted is then no whole number: it is a measure of its own.
        moved = [
            replace(limit, weight=np.concatenate([np.zeros_like(limit.weight[:1]), limit.weight[1:], limit.weight[:1]]))
            for limit in self.limits()
        ]
        own = () if self.profit is None else ((self.profit * part).astype(np.float32),)
        drawn = ((more * part).astype(np.float32) for _, more in self.more)
        counted = np.stack([*own, *drawn, part.astype(np.float32)])
        return allocate(Memory.of(worth, paid, self._cells(value.shape[1]), counted), moved, gap=CLOSE)

    def at_price(self, value: Bits, cost: Bits, price: float) -> Choice:
        """Return (n,) the best choices where the budget has a price instead of a bound, within all other rows."""
        if self.alone:
            choice = np.empty(value.shape[1], np.int16)
            choose(value, cost, price, choice)
            return choice
        others = []
        for limit in self.limits()[1:]:
            weight = limit.weight.copy()
            weight[COST] += price * weight[VALUE]  # what is made large here is value - price * cost
            others.append(replace(limit, weight=weight))
        net = (value - price * cost).astype(np.float32)
        return allocate(Memory.of(net, cost, self._cells(value.shape[1]), self._further()), others, gap=ROUGH).choice

    def draw(self, row: int, cost: Floats, worth: Floats) -> Floats:
        """Return (K, n): what giving each offer draws on a row, as "at most"."""
        weight = self.rows.weight[row]
        if row == 0:
            return cost
        each = weight if self.cell.size == 1 else weight[:, :, self.cell]
        drawn = np.asarray(each[COUNT] + each[COST] * cost + each[VALUE] * worth)
        for other, more in self.more:
            drawn = drawn + more if other == row else drawn
        return drawn

    def rounding(self, cost: Floats, worth: Floats) -> Floats:
        """Return (R,): what the assignment may be off by, because it sees costs and values as float32.

        Costs are rounded up, so a row that only ever caps them is on the safe side by itself.
        """
        found = np.zeros(len(self.rows.names))
        for row, weight in enumerate(self.rows.weight):
            if weight[VALUE].any() or (weight[COST] < 0).any():
                each = np.abs(weight if self.cell.size == 1 else weight[:, :, self.cell])
                found[row] = FLOAT32 * float(
                    (each[COST] * cost + each[VALUE] * np.abs(worth)).max(axis=0, initial=0).sum()
                )
        for row, more in self.more:
            found[row] += FLOAT32 * float(np.abs(more).max(axis=0, initial=0).sum())
        return found

    def used(self, choice: Choice, cost: Floats, worth: Floats) -> Floats:
        """Return (R,): what decisions use of every row, as "at most", in float64."""
        given = np.flatnonzero(choice >= 0)
        offer = choice[given].astype(np.int64)
        where = self.cell[0] if self.cell.size == 1 else self.cell[given]
        paid, earned = cost[offer, given], worth[offer, given]
        each = self.rows.weight[:, :, offer, where]
        drawn = [one[COUNT] + one[COST] * paid + one[VALUE] * earned for one in each]
        for row, more in self.more:
            drawn[row] = drawn[row] + more[offer, given]
        return np.array([math.fsum(one) for one in drawn])

    def beyond(self, choice: Choice) -> Floats:
        """Return (R, n): what decisions draw on every row beside its weights."""
        found, given = np.zeros((len(self.rows.names), choice.size)), np.flatnonzero(choice >= 0)
        for row, more in self.more:
            found[row, given] = more[choice[given], given]
        return found

    def lines(self, used: Floats, price: Floats) -> tuple[Row, ...]:
        """Return the rows after a plan, floors as floors, from (R,) use and price as "at most"."""
        sign = self.rows.sign
        parts = zip(self.rows.bound * sign, used * sign, price * sign, strict=True)
        plain = ((float(bound), float(use), float(each)) for bound, use, each in parts)
        return tuple(
            Row(name, *one, at_least=bool(each < 0))
            for name, one, each in zip(self.rows.names, plain, sign, strict=True)
        )

    def prices(self, made: Assignment) -> Floats:
        """Return (R,) the prices of an assignment as "at most": not negative."""
        return np.array([row.price for row in made.certificate.rows]) * self.rows.sign

    def priced(self, price: Floats, cost: Floats, worth: Floats) -> Floats:
        """Return (K, n): what giving each offer costs at the rows' prices."""
        total = np.zeros(cost.shape)
        for row in np.flatnonzero(price):
            total += price[row] * self.draw(int(row), cost, worth)
        return total

    def _further(self) -> Bits | None:
        parts = [*(() if self.profit is None else (self.profit,)), *(more.astype(np.float32) for _, more in self.more)]
        return np.stack(parts) if parts else None

    def _cells(self, customers: int) -> Cells | None:
        return None if self.cell.size == 1 and customers != 1 else np.broadcast_to(self.cell, (customers,))


def kept_by(
    found: Candidates, budget: float, limits: Compiled | None, profiles: pa.Table | None
) -> tuple[Candidates, Keeping]:
    """Return the candidates without what limits forbid, and the rows, laid out on them.

    Args:
        found: who may get what, before limits.
        budget: major units.
        limits: laid out on the customers of `profiles`, in their order.
        profiles: with `customer_id`.

    Raises:
        InputError: there are limits, and not everybody has a profile.
    """
    if limits is None:
        return found, Keeping.of(budget, len(found.offers))
    ids = pa.chunked_array([]).cast(pa.string()) if profiles is None else profiles["customer_id"].cast(pa.string())
    place = pc.index_in(found.customers, value_set=ids.combine_chunks())
    if place.null_count:
        raise InputError(f"limits: {place.null_count:,} customers have estimates and no profile to tell their group by")
    row = place.to_numpy(zero_copy_only=False).astype(np.int64)
    cell = None if limits.cell is None else limits.cell[row]
    keep = Keeping.of(budget, len(found.offers), limits.limits, cell, limits.cells)
    if limits.forbidden is None:
        return found, keep
    allowed = found.allowed & ~limits.forbidden[:, row]
    expected = (found.profit, found.cost, found.profit_sd, found.revenue)
    profit, cost, spread, revenue = (np.where(allowed, each, 0.0) for each in expected)
    return replace(found, allowed=allowed, profit=profit, cost=cost, profit_sd=spread, revenue=revenue), keep
