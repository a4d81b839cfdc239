"""The budget frontier: what the best plan expects at other budgets, and where more budget stops being worth much.

Every point is one assignment within all limits (`keeping`), so the picture costs some ten solves. What is expected
at a budget b is the lowest of the dual bounds that were found, each a straight line in b,

    bound(b) = minimum over the prices found of (price of the budget * b + what the other prices say),

which is concave and never falls; the whole assignment at each point lies below it by less than one customer's offer.

The knee is the point of the curve farthest above its chord, the straight line from budget 0 to the budget at which
everything worth giving is given (Satopaa, Albrecht, Irwin and Raghavan 2011, "Finding a 'Kneedle' in a haystack"). In
plain words: up to the knee one more unit of budget earns more than the average unit of the whole curve does, past it
less. On a concave curve that point is where the price of budget equals the slope of the chord, so it is found by
giving everybody what is best for them at that price, exactly and not among the points drawn.

It is all expected, by the estimates that the plan is made of: nothing here is measured, and neither lots nor their
reserve are in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from offersmith.errors import InfeasibleError
from offersmith.strategy import kernels
from offersmith.strategy.allocation.search import FEW as EXACT
from offersmith.strategy.certificate import Assignment
from offersmith.strategy.keeping import CLOSE, ROUGH, Keeping
from offersmith.strategy.kernels import Bits, Floats, Total
from offersmith.strategy.proof import at

COLD_START = "cold_start"
"""Everything is decided by lot: there is no best plan yet."""
NO_BUDGET_NEEDED = "no_budget_needed"
"""At no budget is anything worth giving that costs."""
PARTS = (0.25, 0.5, 0.75)
"""Of the stated budget, where it binds."""
EIGHTHS = tuple(part / 8 for part in range(1, 8))
"""Of what is enough, where the stated budget does not bind."""
BEYOND = 5
"""Points between the stated budget and what is enough, evenly spaced by ratio."""
NEAR = 0.02
"""A point is left out when it lies this near, by ratio, to one that is always there."""
BENT = 0.01
"""Least height of the knee above the chord, as a part of all that can be earned; a straight curve has no knee."""


@dataclass(frozen=True, slots=True)
class Point:
    """The best plan at one budget, without lots.

    Attributes:
        budget: major units.
        spent: expected cost of what is given, never above the budget.
        expected_profit: of what is given.
        value: what is made large (profit, or another goal); never less than at a smaller budget.
        bound: no plan within the budget can expect more of it.
        customers: who get an offer.
        shadow_price: what one more unit of budget would add to it.
    """

    budget: float
    spent: float
    expected_profit: float
    value: float
    bound: float
    customers: int
    shadow_price: float

    def as_dict(self) -> dict[str, Any]:
        """Return the point as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Frontier:
    """What the best plan expects over a range of budgets.

    Attributes:
        points: by budget, from 0, where the other limits can be kept; empty where there is a `reason`.
        stated: the budget of the plan; one of the points has it.
        enough: the budget at which everything worth giving is given; past it nothing changes. One of the points has
            it, unless it is left out; None where there are none.
        knee: where the curve bends most (see above), one of the points; None where it is as good as straight.
        reason: `cold_start` or `no_budget_needed`; empty where there are points.
        left_out: how many budgets were looked at and are no points: the other limits cannot be kept with them, or no
            answer was found but giving nothing where there may be a better one.
    """

    points: tuple[Point, ...]
    stated: float
    enough: float | None
    knee: Point | None
    reason: str = ""
    left_out: int = 0

    @property
    def off(self) -> float:
        """By how much a point may be below the best plan at its budget, at most: a part of all that can be earned."""
        most = max((one.bound for one in self.points), default=0.0)
        return max(one.bound - one.value for one in self.points) / most if most > 0 else 0.0

    def beside(self, budget: float, spent: float, profit: float, value: float, customers: int) -> Frontier:
        """Return the same of a plan that gives some customers something in any case; so much is added everywhere.

        Args:
            budget: that is kept for them.
            spent: of it.
            profit: expected of them.
            value: what they add to what is made large.
            customers: how many they are.
        """

        def moved(one: Point) -> Point:
            return replace(
                one,
                budget=one.budget + budget,
                spent=one.spent + spent,
                expected_profit=one.expected_profit + profit,
                value=one.value + value,
                bound=one.bound + value,
                customers=one.customers + customers,
            )

        return replace(
            self,
            points=tuple(map(moved, self.points)),
            stated=self.stated + budget,
            enough=None if self.enough is None else self.enough + budget,
            knee=None if self.knee is None else moved(self.knee),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for `--json` and `summary.json`; `left_out` and `off` where there are points."""
        made = {"left_out": self.left_out, "off": self.off} if not self.reason else {}
        return {
            "points": [point.as_dict() for point in self.points],
            "stated": self.stated,
            "enough": self.enough,
            "knee": None if self.knee is None else self.knee.as_dict(),
            "reason": self.reason,
            **made,
        }


def without(stated: float, reason: str) -> Frontier:
    """Return a frontier that has no points, with the code that says why."""
    return Frontier((), stated, None, None, reason)


def frontier(value: Bits, cost: Bits, keep: Keeping, profit: Floats | None = None) -> Frontier:
    """Return what the best plan expects at about a dozen budgets from 0 to what is enough, the stated one among them.

    Where other limits ask for something, there is no plan at all below some budget: the curve begins above it.

    Args:
        value: float32 (K, n), what giving offer k to customer i adds to what is made large, major units; -inf where not
            allowed.
        cost: float32 (K, n), expected draw on the budget, finite and not negative.
        keep: the budget of the plan, major units, not negative, and its other limits.
        profit: (K, n) expected, where something else is made large.

    Raises:
        InputError: shapes, types or numbers are not what `assign` takes.
        InfeasibleError: the stated budget is negative, or the limits cannot be kept.
    """
    stated = keep.budget
    solved: dict[float, Assignment | None] = {stated: keep.best(value, cost, gap=ROUGH)}
    most, enough = _at_price(value, cost, keep, 0.0)
    if enough <= 0:
        return without(stated, NO_BUDGET_NEEDED)

    def solve(budget: float) -> Assignment | None:
        if budget not in solved:
            solved[budget] = _solved(value, cost, keep, budget, most)
        return solved[budget]

    nothing = solve(0.0)
    knee = None if nothing is None else _knee(value, cost, keep, nothing.certificate.value, most, enough)
    always = sorted({0.0, stated, enough, *(() if knee is None else (knee,))})
    for budget in (*always, *_between(stated, enough, always)):
        solve(budget)
    found = {budget: made for budget, made in solved.items() if made is not None}
    left_out = len(solved) - len(found)
    points = _telling(_points(found, profit), always)
    bend = next((one for one in points if one.budget == knee), None) if enough in found else None
    return Frontier(points, stated, enough, bend, left_out=left_out)


def _solved(value: Bits, cost: Bits, keep: Keeping, budget: float, most: float) -> Assignment | None:
    """Return the best assignment at another budget; None where the other limits cannot be kept with it.

    None, too, where it gives nothing although a good part of `most`, all that can be earned, may be possible: then no
    answer was found.
    """
    try:
        found = keep.at_budget(budget).best(value, cost, gap=ROUGH)
    except InfeasibleError:
        if keep.alone:
            raise
        return None
    proof, large = found.certificate, value.size > EXACT and not keep.alone
    gave_up = large and proof.dual_bound - proof.value > CLOSE * most and not (found.choice >= 0).any()
    return None if gave_up else found


def _at_price(value: Bits, cost: Bits, keep: Keeping, price: float) -> tuple[float, float]:
    """Return what is earned where everybody gets what is best for them at a price, and the budget that it fits in."""
    (worth, worth_rest), used = kernels.totals(value, cost, keep.at_price(value, cost, price))
    return worth + worth_rest, _fits(used)


def _fits(used: Total) -> float:
    """Return the sum, a hair above it where float64 cannot hold it: a budget of that much is enough."""
    total, rest = used
    budget = total + rest
    return float(np.nextafter(budget, np.inf)) if (total - budget) + rest > 0 else budget


def _knee(value: Bits, cost: Bits, keep: Keeping, least: float, most: float, enough: float) -> float | None:
    """Return the budget of the knee, or None where the curve is as good as straight.

    Args:
        value: as above.
        cost: as above.
        keep: as above.
        least: what is earned with nothing spent.
        most: what is earned with `enough` spent.
        enough: where nothing changes any more.
    """
    slope = (most - least) / enough
    if slope <= 0:
        return None
    earned, spent = _at_price(value, cost, keep, slope)
    height = (earned - least - slope * spent) / (most - least)
    return spent if height >= BENT and 0 < spent < enough else None


def _between(stated: float, enough: float, always: Iterable[float]) -> list[float]:
    """Return further budgets, in round numbers: parts of the stated one and multiples of it up to what is enough."""
    if 0 < stated < enough:
        steps = (enough / stated) ** (np.arange(1, BEYOND + 1) / (BEYOND + 1))
        wanted = [*(part * stated for part in PARTS), *(float(step) * stated for step in steps)]
    else:
        wanted = [part * enough for part in EIGHTHS]
    kept: list[float] = []
    for budget in (float(f"{one:.2g}") for one in wanted):
        near = any(abs(budget - other) <= NEAR * other for other in (*always, *kept))
        if 0 < budget < enough and not near:
            kept.append(budget)
    return kept


def _points(solved: dict[float, Assignment], profit: Floats | None) -> tuple[Point, ...]:
    """Return the points by budget. What fits a smaller one fits a larger one, so no point is worth less than another.

    The bound at a budget is the lowest of the lines that the prices of all points give.
    """
    proofs = [one.certificate for one in solved.values()]
    lines = [(one.rows[0].price, one.dual_bound - one.rows[0].price * one.rows[0].bound) for one in proofs]
    points: list[Point] = []
    worth, earned, spent, customers = -np.inf, 0.0, 0.0, 0
    for budget, found in sorted(solved.items()):
        proof = found.certificate
        if proof.value > worth:
            worth, spent, customers = proof.value, proof.rows[0].usage, int(np.sum(found.choice >= 0))
            earned = worth if profit is None else math.fsum(at(profit, found.choice))
        bound = max(worth, min(start + price * budget for price, start in lines))
        points.append(Point(budget, spent, earned, worth, bound, customers, proof.rows[0].price))
    return tuple(points)


def _telling(points: Iterable[Point], always: Sequence[float]) -> tuple[Point, ...]:
    """Return the points without those in between where no more is given than at the one before.

    In a small shop a little more budget often buys nothing more.
    """
    kept: list[Point] = []
    for point in points:
        last = kept[-1] if kept else None
        same = last is not None and (point.spent, point.value) == (last.spent, last.value)
        if point.budget in always or not same:
            kept.append(point)
    return tuple(kept)
