"""What a report is told of other budgets: the best plan at each of them, without lots, by the estimates alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best plan at one budget; amounts are major units, `shadow_price` is the profit of one more unit."""

    budget: float
    spent: float
    profit: float
    customers: int
    shadow_price: float


@dataclass(frozen=True, slots=True)
class FrontierFacts:
    """What the best plan expects over a range of budgets.

    Attributes:
        points: by budget, from 0; never empty.
        stated: the plan's budget, one of the points'.
        enough: the budget past which nothing more is worth giving, one of the points'.
        knee: the budget up to which one more unit earns more than the average unit of the whole curve, one of the
            points'; None where the curve is as good as straight.
    """

    points: tuple[FrontierPoint, ...]
    stated: float
    enough: float
    knee: float | None = None

    def at(self, budget: float) -> FrontierPoint:
        """Return the point at one of the budgets."""
        return next(point for point in self.points if point.budget == budget)
