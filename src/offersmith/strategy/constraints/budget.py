"""The expected cost of all offers together stays within the budget."""

from __future__ import annotations

from offersmith.strategy.constraints.base import LinearRow, Problem


class Budget:
    """Money: sum of expected cost <= budget."""

    name = "budget"
    structural = False

    def row(self, problem: Problem) -> LinearRow:
        """Return the cost of every offer for every customer, bounded by the budget."""
        return LinearRow(self.name, problem.cost, problem.budget)
