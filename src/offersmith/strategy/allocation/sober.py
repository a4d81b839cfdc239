"""A plan does not believe itself: what it costs and earns is read from estimates that it did not choose by.

Who is picked because an offer looked worth it is more often over- than underestimated, and whose offer looked cheap
costs more than it looked (the winner's curse: Thaler 1988; the optimizer's curse: Smith and Winkler 2006). A second
estimate, from other data, errs without regard to who was picked: its sum over those picked is unbiased. The plan is
made with as much budget as makes that sum, and a reserve for its own error, fit into the budget that was stated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Bits, Limit, Memory
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.certificate import Assignment

SURE = 1.645
"""Standard errors held in reserve: the true cost stays within the budget in 95 of 100 plans."""
ROUNDS, CLOSE = 8, 1e-2
"""Plans made at most, and how near to the budget is near enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Sober:
    """A plan and what another estimate says of it.

    Attributes:
        assignment: the plan; its certificate speaks of the estimates it was made with.
        claimed: its value by the other estimate.
        promised: its value by its own.
        cost: its cost by the other estimate.
        reserve: held back for that estimate's error.
        asked: the part of the stated budget that the plan was made with.
    """

    assignment: Assignment
    claimed: float
    promised: float
    cost: float
    reserve: float
    asked: float


def sober(instance: Memory, limits: Sequence[Limit], budget: str, value: Bits, cost: Bits) -> Sober:
    """Plan with one estimate so that the budget holds by another.

    Args:
        instance: with the estimates to plan with.
        limits: all of them.
        budget: name of the one that limits cost.
        value: (K, n) by estimates that are independent of the instance's.
        cost: likewise.

    Raises:
        InputError: there is no such limit, it is a floor, or shapes differ.
        InfeasibleError: the limits cannot be kept together with as much budget as may be planned with.
    """
    stated = next((limit for limit in limits if limit.name == budget), None)
    if stated is None or stated.at_least:
        raise InputError(
            f"limit {budget!r} must be one that says at most; there are {[limit.name for limit in limits]}"
        )
    if value.shape != instance.value.shape or cost.shape != instance.cost.shape:
        raise InputError(f"the other estimates {value.shape}, {cost.shape} must be of shape {instance.value.shape}")
    asked, best = 1.0, None
    for _ in range(ROUNDS):
        tried = [replace(limit, bound=limit.bound * asked) if limit is stated else limit for limit in limits]
        found = _read(allocate(instance, tried), value, cost, asked)
        need = found.cost + found.reserve
        if need <= stated.bound and (best is None or asked > best.asked):
            best = found
        if stated.bound <= 0 or (need <= stated.bound and (asked >= 1 or need >= (1 - CLOSE) * stated.bound)):
            break
        # Aimed a little below, so that the search ends on the right side.
        asked = min(1.0, asked * (1 - CLOSE / 2) * stated.bound / max(need, 1e-12))
    return best if best is not None else found


def _read(made: Assignment, value: Bits, cost: Bits, asked: float) -> Sober:
    given = np.flatnonzero(made.choice >= 0)
    offer = made.choice[given]
    paid = cost[offer, given].astype(np.float64)
    # Each customer's estimate is one draw: its square bounds the square of its error.
    reserve = SURE * math.sqrt(float(paid @ paid))
    worth = float(value[offer, given].astype(np.float64).sum())
    return Sober(made, worth, made.certificate.value, float(paid.sum()), reserve, asked)
