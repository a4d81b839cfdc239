"""What lots must not endanger: the rows that chance could break, what a lot may draw of them, and what is kept back.

Rows that could be broken are balanced by the draw, the budget first. What is used of the j-th of them differs from what
is expected by what j customers may draw at most (`cube`), so that much is kept in reserve, and a lot may only hand out
what leaves the reserve a small part of the row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.strategy.allocation.problem import COST, VALUE
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.kernels import Floats
from offersmith.strategy.odds import Odds, Tried

LARGEST = 0.05
"""Part of a row that one customer's lot may draw at most, over the row's rank: it bounds the reserve."""
LARGEST_COLD = 0.01
"""The same in a cold start: many customers are tried rather than a few large ones."""
LARGEST_COUNT = 0.25
"""The same of a row that counts: limits are often a few dozen contacts or pieces, and one is the least there is."""
ROUNDING = 1e-9
"""Part of a row kept back for the rounding of sums."""
SLACK = 1e-3
"""Of what one customer may draw, kept back for the rounding of a draw over several rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Risks:
    """The rows that lots could break.

    Attributes:
        keep: all rows.
        rows: places of those at risk, the budget first; their order is the rank in which the draw keeps them.
    """

    keep: Keeping
    rows: tuple[int, ...]

    def small(self, cost: Floats, worth: Floats, allowed: Tried, largest: float) -> Tried:
        """Return (K, n): which offers draw so little that they may be left to a lot.

        Where a row's bound or its weights say nothing of what is much (a return on spend, a band), nothing is too much.
        """
        found = allowed.copy()
        for rank, row in enumerate(self.rows, start=1):
            bound, counts = self.keep.rows.bound[row], not self.keep.rows.weight[row, COST].any()
            part = (LARGEST_COUNT if counts else largest) / rank
            if self.capped(row):
                found &= self.keep.draw(row, cost, worth) <= part * max(bound, 0.0)
            elif bound and not self.keep.rows.weight[row, VALUE].any():
                found &= np.abs(self.keep.draw(row, cost, worth)) <= part * abs(bound)
        return found

    @property
    def only_caps(self) -> bool:
        """Whether every row at risk caps what is given: no floor, no ratio, no band."""
        return all(self.capped(row) for row in self.rows)

    def capped(self, row: int) -> bool:
        """Return whether a row only ever fills up."""
        weight = self.keep.rows.weight[row]
        return bool((weight >= 0).all()) and not weight[VALUE].any()

    def fits(self, cost: Floats, worth: Floats) -> Tried:
        """Return (K, n): which offers a customer could get if nobody else got any; what is sold out nobody can."""
        found = np.ones(cost.shape, np.bool_)
        for row in self.rows:
            if self.capped(row):
                found &= self.keep.draw(row, cost, worth) <= self.keep.rows.bound[row]
        return found

    def ranges(self, lot: Odds) -> Floats:
        """Return (J,): what a customer's cells differ by at most on every row at risk."""
        return np.array([self._range(row, lot).max(initial=0.0) for row in self.rows])

    def stake(self, lot: Odds) -> Floats:
        """Return (n,): what is at stake for a customer's lot, each row in units of its largest."""
        total = np.zeros(lot.cost.shape[1])
        for row in self.rows:
            each = self._range(row, lot)
            total += each / max(float(each.max(initial=0.0)), 1e-300)
        return total

    def reserve(self, lot: Odds) -> Floats:
        """Return (R,): what is kept back of every row."""
        kept = np.zeros(len(self.keep.rows.names))
        for rank, (row, each) in enumerate(zip(self.rows, self.ranges(lot), strict=True), start=1):
            more = SLACK if len(self.rows) > 1 else 0.0
            kept[row] = (rank + more) * each + ROUNDING * abs(self.keep.rows.bound[row])
        return kept

    def _range(self, row: int, lot: Odds) -> Floats:
        draw = self.keep.draw(row, lot.cost, lot.worth)
        most = np.max(draw, axis=0, where=lot.small, initial=0.0)
        return np.asarray(most - np.min(draw, axis=0, where=lot.small, initial=0.0))


def risks(keep: Keeping, cost: Floats, worth: Floats, allowed: Tried) -> Risks:
    """Return the rows that some choice of offers that are allowed could break; the budget always counts as one."""
    rows = [0]
    for row in range(1, len(keep.rows.names)):
        worst = np.max(keep.draw(row, cost, worth), axis=0, where=allowed, initial=0.0)
        if worst.sum() > keep.rows.bound[row]:
            rows.append(row)
    return Risks(keep, tuple(rows))
