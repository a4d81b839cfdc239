"""What a plan tries to make large, as a value for every customer and offer.

Whatever it is, limits, costs and what a plan promises speak of expected profit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType
from typing import Any

import numpy as np

from offersmith.errors import InputError
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.kernels import Bits, Floats

PROFIT, REVENUE, CAUTIOUS = "profit", "revenue", "cautious"
CONFIDENCE = 0.8
"""How sure `cautious` is to reach at least what it counts on: .84 standard deviations below what is expected."""


def profit(candidates: Candidates, confidence: float = CONFIDENCE) -> Floats:  # noqa: ARG001 - of `cautious` alone
    """Return the expected incremental profit after the offer's cost, major units, shape (K, n)."""
    return candidates.profit


def revenue(candidates: Candidates, confidence: float = CONFIDENCE) -> Floats:  # noqa: ARG001 - of `cautious` alone
    """Return the expected incremental revenue, before margin and costs, major units, shape (K, n)."""
    return candidates.revenue


def cautious(candidates: Candidates, confidence: float = CONFIDENCE) -> Floats:
    """Return a one-sided lower bound of the expected profit, shape (K, n): profit - z(confidence) * its spread.

    z is the quantile of the normal distribution: .84 at .8. Summed over a plan it is the lower bound of the plan's
    profit where the estimates of all customers err the same way (`Plan.profit_sd_shared`), the widest of the intervals
    that their own spread can give (a mean - risk * sd objective: Markowitz 1952, with perfect correlation).
    """
    return candidates.profit - NormalDist().inv_cdf(confidence) * candidates.profit_sd


OBJECTIVES: Mapping[str, Callable[[Candidates, float], Floats]] = MappingProxyType(
    {PROFIT: profit, REVENUE: revenue, CAUTIOUS: cautious}
)
"""Every objective by name."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is asked of a plan.

    Attributes:
        name: of `OBJECTIVES`.
        confidence: of `cautious`, from .5 (which is profit) to below 1.
        margin: rate of profit over revenue before offers, which turns the spread of one into that of the other.
    """

    name: str = PROFIT
    confidence: float = CONFIDENCE
    margin: float = 1.0

    def worth(self, found: Candidates) -> Floats:
        """Return (K, n): what giving each offer adds to what is made large, major units.

        Raises:
            InputError: there is no such goal, or it cannot be that sure.
        """
        check(self.name, self.confidence)
        return OBJECTIVES[self.name](found, self.confidence)

    def believed(self, found: Candidates) -> tuple[Floats, Floats]:
        """Return (K, n) mean and spread of what the goal is about: a lot tries what may turn out to be best for it.

        The goal `cautious` is about profit: what is not known is what a lot is for.
        """
        if self.name == REVENUE:
            return found.revenue, found.profit_sd / self.margin if self.margin else found.profit_sd
        return found.profit, found.profit_sd

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: the name, and how sure where that counts."""
        return {"goal": self.name, **({"confidence": self.confidence} if self.name == CAUTIOUS else {})}


def check(name: object, confidence: object = CONFIDENCE) -> None:
    """Look whether a plan can be asked for this.

    Raises:
        InputError: it cannot.
    """
    if not isinstance(name, str) or name not in OBJECTIVES:
        there = ", ".join(OBJECTIVES)
        facts = {"field": "goal", "goal": name, "allowed": there}
        raise InputError(f"goal = {name!r} is not known", hint=f"allowed: {there}", key="unknown_goal", **facts)
    number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    if not number or not 0.5 <= float(confidence) < 1:  # type: ignore[arg-type]
        raise InputError(
            f"confidence = {confidence!r} must be a number from 0.5 to below 1",
            hint="0.8 counts on what is reached with a chance of 80 %",
            key="no_confidence",
            field="confidence",
            confidence=confidence,
        )


def settle(named: Mapping[str, str], otherwise: str) -> str:
    """Return the one goal that playbooks name; `otherwise` where none does.

    Args:
        named: playbook -> the goal in its file, empty where it names none.
        otherwise: what the settings say.

    Raises:
        InputError: they name different ones.
    """
    goals = {goal: playbook for playbook, goal in named.items() if goal}
    if len(goals) > 1:
        said = "; ".join(f"{playbook}: {goal}" for goal, playbook in goals.items())
        raise InputError(
            f"a plan makes one thing large, and these playbooks ask for different ones: {said}",
            hint="say which with --goal, or plan them apart",
            key="several_goals",
            field="goal",
            goals=said,
        )
    return next(iter(goals), otherwise)


def as_value(candidates: Candidates, worth: Floats) -> Bits:
    """Return `worth` as the assignment takes it: float32, -inf where an offer is not allowed."""
    return np.where(candidates.allowed, worth, -np.inf).astype(np.float32)


def as_cost(cost: Floats) -> Bits:
    """Return costs as float32, rounded up: what fits in float32 then fits in float64 too."""
    rounded = cost.astype(np.float32)
    return np.where(rounded < cost, np.nextafter(rounded, np.float32(np.inf)), rounded).astype(np.float32)
