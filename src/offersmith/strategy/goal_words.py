"""What a plan was asked to make large, in words; of profit, the usual goal, nothing is said."""

from __future__ import annotations

from statistics import NormalDist

from offersmith.strategy.objective import CAUTIOUS, PROFIT, Goal
from offersmith.words import Language, say


def of_goal(name: str, language: Language = "en") -> str:
    """Return what follows an amount that is one of the goal: ` of revenue`; empty for profit."""
    return "" if name == PROFIT else say(f"strategy.of_{name}", language)


def goal_lines(goal: Goal, value: float, given_up: tuple[int, float], language: Language = "en") -> list[str]:
    """Return what was asked for and how much of it there is, then what it costs in profit.

    Args:
        goal: see there.
        value: how much of it the plan expects, major units.
        given_up: as `Plan.given_up`.
        language: of the lines.
    """
    if goal.name == PROFIT:
        return []
    sure = {}
    if goal.name == CAUTIOUS:
        sure = {"confidence": goal.confidence, "times": NormalDist().inv_cdf(goal.confidence)}
    said = [say(f"strategy.told_goal_{goal.name}", language, value=value, **sure)]
    customers, loss = given_up
    if customers:
        said.append(say("strategy.told_given_up", language, customers=customers, loss=loss))
    return said
