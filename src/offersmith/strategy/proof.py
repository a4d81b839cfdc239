"""What a plan proves of itself: the best possible within the stated budget, and what lies between it and the plan.

Everything is worked out from the decisions and the unrounded estimates, in float64. The price comes from the best
assignment at the full budget, but nobody has to trust it: any price that is not negative gives an upper bound on what
every plan within the budget may expect (weak duality), so

    bound = price * budget + sum over customers of max(0, max over offers of profit - price * cost).

The way from the bound to the plan is then told in three steps that add up: what the search itself left, what the
reserve for the lots would have earned at the price of the budget, and all the rest: what deciding by lot costs.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from offersmith.strategy.assign import assign
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.certificate import Certificate, Row
from offersmith.strategy.constraints import rows
from offersmith.strategy.constraints.base import Problem
from offersmith.strategy.kernels import Bits, Choice, Floats


@dataclass(frozen=True, slots=True)
class Difference:
    """What lies between the bound and the plan; the parts add up to it.

    Attributes:
        by_lot: what deciding by lot costs, major units; below zero where the lots were lucky.
        reserve: what the money kept back for the lots would have earned.
        not_proved: what a better search might still find, at most.
        reserved: the money kept back itself.
    """

    by_lot: float
    reserve: float
    not_proved: float
    reserved: float

    def as_dict(self) -> dict[str, float]:
        """Return the parts as plain values."""
        return asdict(self)


def prove(
    found: Candidates, value: Bits, cost: Bits, choice: Choice, budget: float, reserved: float
) -> tuple[Certificate, Difference]:
    """Return the certificate of the decisions within the full budget, and what the difference consists of.

    Args:
        found: the estimates.
        value: float32 (K, n) of the objective, -inf where not allowed.
        cost: float32 (K, n), not below the estimates.
        choice: (n,) the decisions, whoever made them.
        budget: as stated, major units.
        reserved: of the budget, for the lots.
    """
    best = assign(value, rows(Problem(cost, budget)))
    price = best.certificate.rows[0].price
    bound = bound_at(found, price, budget)
    achieved, spent = math.fsum(at(found.profit, choice)), math.fsum(at(found.cost, choice))
    possible = math.fsum(at(found.profit, best.choice))
    # Rounding may put the bound a hair below what was achieved; the larger of the two is a bound.
    bound = max(bound, achieved if achieved - bound <= 1e-9 * abs(achieved) else bound)
    gap = (bound - achieved) / bound if bound > 0 else 0.0
    offers, customers = value.shape
    whole = bool(np.all((choice >= -1) & (choice < offers)))
    proof = Certificate(achieved, bound, gap, (Row("budget", budget, spent, price),), whole, customers, offers)
    kept = price * reserved
    return proof, Difference(possible - kept - achieved, kept, bound - possible, reserved)


def bound_at(found: Candidates, price: float, budget: float) -> float:
    """Return the upper bound that a price gives, from the unrounded estimates."""
    best = np.zeros(len(found.customers))
    for allowed, profit, cost in zip(found.allowed, found.profit, found.cost, strict=True):
        np.maximum(best, np.where(allowed, profit - price * cost, 0.0), out=best)
    return math.fsum([*best, price * budget])


def at(expected: Floats, choice: Choice) -> Floats:
    """Return what is expected of the chosen offers, 0 for none."""
    found = np.zeros(choice.size)
    given = np.flatnonzero(choice >= 0)
    found[given] = expected[choice[given], given]
    return found
