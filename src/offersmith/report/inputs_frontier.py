"""What a report is told of other budgets: the best plan at each of them, without lots, by the estimates alone."""

from __future__ import annotations

from dataclasses import dataclass

from offersmith.strategy.objective import PROFIT


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best plan at one budget; amounts are major units.

    `value` is what is made large, where that is not profit, and `shadow_price` how much of it one more unit adds.
    """

    budget: float
    spent: float
    profit: float
    customers: int
    shadow_price: float
    value: float | None = None

    @property
    def worth(self) -> float:
        """How much there is of what is made large."""
        return self.profit if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class FrontierFacts:
    """What the best plan expects over a range of budgets.

    Attributes:
        points: by budget, from 0; never empty.
        stated: the plan's budget, one of the points'.
        enough: the budget past which nothing more is worth giving, one of the points'.
        knee: the budget up to which one more unit earns more than the average unit of the whole curve, one of the
            points'; None where the curve is as good as straight.
        goal: what is made large, of `strategy.objective`.
        left_out: how many budgets were looked at and are no points, because no plan was found for them.
        off: by how much a point may be below the best plan at its budget, at most: a part of all that can be earned.
    """

    points: tuple[FrontierPoint, ...]
    stated: float
    enough: float
    knee: float | None = None
    goal: str = PROFIT
    left_out: int = 0
    off: float = 0.0

    def at(self, budget: float) -> FrontierPoint:
        """Return the point at one of the budgets."""
        return next(point for point in self.points if point.budget == budget)
