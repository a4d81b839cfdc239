"""What a plan proves of itself: the best possible within the stated limits, and what lies between it and the plan.

Everything is worked out from the decisions and the unrounded estimates, in float64. The prices come from the best
assignment at the full limits, but nobody has to trust them: any prices that are not negative give an upper bound on
what every plan within the limits may expect (weak duality), so

    bound = prices . bounds + sum over customers of max(0, max over offers of worth - prices . what the offer draws),

worth being what the plan makes large: the expected profit, or another goal (`objective`). What a limit draws of profit
stays profit.

The way from the bound to the plan is then told in three steps that add up: what the search itself left, what the
reserve for the lots would have earned at the prices of the limits, and all the rest: what deciding by lot costs.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from offersmith.strategy.candidates import Candidates
from offersmith.strategy.certificate import Certificate
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.kernels import Bits, Choice, Floats


@dataclass(frozen=True, slots=True)
class Difference:
    """What lies between the bound and the plan; the parts add up to it.

    Attributes:
        by_lot: what deciding by lot costs, major units; below zero where the lots were lucky.
        reserve: what was kept back of the limits for the lots would have earned.
        not_proved: what a better search might still find, at most.
        reserved: the money kept back.
    """

    by_lot: float
    reserve: float
    not_proved: float
    reserved: float

    def as_dict(self) -> dict[str, float]:
        """Return the parts as plain values."""
        return asdict(self)


def prove(
    found: Candidates, worth: Floats, value: Bits, cost: Bits, choice: Choice, keep: Keeping, reserved: Floats
) -> tuple[Certificate, Difference]:
    """Return the certificate of the decisions within the full limits, and what the difference consists of.

    Args:
        found: the estimates.
        worth: (K, n) what is made large, unrounded.
        value: float32 (K, n) the same, -inf where not allowed.
        cost: float32 (K, n), not below the estimates.
        choice: (n,) the decisions, whoever made them.
        keep: the limits as stated.
        reserved: (R,) of every row, for the lots.
    """
    best = keep.best(value, cost)
    price = keep.prices(best)
    bound = bound_at(found, worth, price, keep)
    achieved, used = math.fsum(at(worth, choice)), keep.used(choice, found.cost, found.profit)
    possible = math.fsum(at(worth, best.choice))
    # Rounding may put the bound a hair below what was achieved; the larger of the two is a bound.
    bound = max(bound, achieved if achieved - bound <= 1e-9 * abs(achieved) else bound)
    gap = (bound - achieved) / bound if bound > 0 else 0.0
    offers, customers = value.shape
    whole = bool(np.all((choice >= -1) & (choice < offers)))
    proof = Certificate(achieved, bound, gap, keep.lines(used, price), whole, customers, offers)
    kept = float(price @ reserved)
    return proof, Difference(possible - kept - achieved, kept, bound - possible, float(reserved[0]))


def bound_at(found: Candidates, worth: Floats, price: Floats, keep: Keeping) -> float:
    """Return the upper bound that the rows' prices, (R,), give from the unrounded estimates."""
    net = np.where(found.allowed, worth - keep.priced(price, found.cost, found.profit), 0.0)
    return math.fsum([*net.max(axis=0, initial=0.0), *(price * keep.rows.bound)])


def at(expected: Floats, choice: Choice) -> Floats:
    """Return what is expected of the chosen offers, 0 for none."""
    found = np.zeros(choice.size)
    given = np.flatnonzero(choice >= 0)
    found[given] = expected[choice[given], given]
    return found
