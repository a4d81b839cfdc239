"""Some customers are decided by lot, so that the next plan can learn; the lots keep the budget and log true odds.

A customer who may get something is decided by lot with probability `share`, then gets none or one of their candidate
offers, each equally likely; everybody else gets the optimum's choice. So choice a of customer i has probability

    share / options_i + (1 - share) * [a is the optimum's choice for i]

and that is exact, because the optimum is computed for everybody, before and without the lots. A cold start is the same
with `none` in the place of the optimum.

The lots' expected cost is reserved first, and with it three standard deviations of the total; the optimum plans with
what remains. Lots over the budget all the same (about one in a thousand) are drawn again with the next salt: the log is
then conditional on a total within the budget, which moves a probability by about one ten-thousandth of itself. Where
the lots would take more than their part of the budget, the share is made smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.strategy.assign import assign
from offersmith.strategy.certificate import Assignment, Certificate
from offersmith.strategy.constraints import rows
from offersmith.strategy.constraints.base import Problem
from offersmith.strategy.kernels import Bits, Choice, Floats
from offersmith.strategy.lots import lots, uniform

MARGIN_SD = 3.0
"""Standard deviations of the total cost that are kept back."""
LOTS_PART = 0.5
"""Of the budget the lots may reserve at most half, unless all is decided by lot."""
DRAWS = 64
SMALLEST_SHARE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """What was decided, by the optimum or by lot.

    Attributes:
        choice: (n,) int16, -1 for none.
        probability: (n,), with which this choice was made.
        by_lot: (n,), whether a lot decided.
        share: of customers decided by lot, in expectation.
        price: the budget's dual price.
        certificate: of the optimum, scaled by 1 - share: its expected part of the plan; None in a cold start.
    """

    choice: Choice
    probability: Floats
    by_lot: NDArray[np.bool_]
    share: float
    price: float
    certificate: Certificate | None


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """What lots cost: options, mean and mean square of the cost of a lot for each customer, none included."""

    cost: Floats
    allowed: NDArray[np.bool_]
    options: Floats
    mean: Floats
    square: Floats


def odds(cost: Floats, allowed: NDArray[np.bool_]) -> Odds:
    """Return what a lot over the allowed offers and none costs each customer in the mean."""
    paid = np.where(allowed, cost, 0.0)
    options = 1.0 + allowed.sum(axis=0)
    return Odds(paid, allowed, options, paid.sum(axis=0) / options, (paid * paid).sum(axis=0) / options)


def explore(
    value: Bits, cost: Bits, chances: Odds, ids: pa.StringArray, budget: float, share: float, salt: str, *, cold: bool
) -> Explored:
    """Decide about everybody within `budget`.

    Args:
        value: float32 (K, n), -inf where not allowed.
        cost: float32 (K, n).
        chances: of the lots.
        ids: customers, as in the arrays.
        budget: major units, not negative.
        share: of customers to decide by lot, if the budget allows it.
        salt: of the lots.
        cold: put `none` in the place of the optimum.
    """
    nobody = np.full(value.shape[1], -1, np.int16)
    share = min(share, _affordable(chances, budget * (1.0 if cold or share == 1 else LOTS_PART)))
    while True:
        share = share if share >= SMALLEST_SHARE else 0.0
        planned = None if cold or share == 1 else _optimum(value, cost, chances, budget, share)
        if planned is not None or cold or share == 1:
            best = nobody if planned is None else planned.choice
            for attempt in range(DRAWS):
                choice, by_lot = _draw(chances, best, ids, share, f"{salt}|{attempt}")
                if _spent(chances.cost, choice) <= budget:
                    odds_of = share / chances.options + (1 - share) * (choice == best)
                    proof = None if planned is None else _scaled(planned.certificate, 1 - share)
                    price = 0.0 if proof is None else proof.rows[0].price
                    return Explored(choice, odds_of, by_lot, share, price, proof)
        share /= 2


def _affordable(chances: Odds, budget: float) -> float:
    """Return the largest share whose lots' expected cost and margin stay within `budget`.

    With x = sqrt(share): mean * x**2 + margin * sqrt(square) * x <= budget, the variance being below share * square.
    """
    mean, square = math.fsum(chances.mean), math.fsum(chances.square)
    if mean == 0:
        return 1.0
    spread = MARGIN_SD * math.sqrt(square)
    root = (math.sqrt(spread * spread + 4 * mean * budget) - spread) / (2 * mean)
    return min(1.0, root * root)


def _optimum(value: Bits, cost: Bits, chances: Odds, budget: float, share: float) -> Assignment | None:
    """Return the optimum under what the lots and the margin leave, or None if nothing is left."""
    reserved, margin = share * math.fsum(chances.mean), 0.0
    for _ in range(4):
        bound = (budget - reserved - margin) / (1 - share)
        if bound < 0:
            return None
        made = assign(value, rows(Problem(cost, bound)))
        paid = _paid(chances.cost, made.choice)
        mean = (1 - share) * paid + share * chances.mean
        square = (1 - share) * paid * paid + share * chances.square
        needed = MARGIN_SD * math.sqrt(max(math.fsum(square - mean * mean), 0.0)) if share else 0.0
        if math.fsum(mean) + needed <= budget:
            return made
        margin = max(needed, margin * 1.05)
    return None


def _draw(
    chances: Odds, best: Choice, ids: pa.StringArray, share: float, salt: str
) -> tuple[Choice, NDArray[np.bool_]]:
    by_lot = uniform(lots(ids, f"{salt}|whether")) < share
    by_lot &= chances.options > 1
    pick = (uniform(lots(ids, f"{salt}|which")) * chances.options).astype(np.int64)
    if not chances.allowed.shape[0]:
        return best, by_lot
    place = np.cumsum(chances.allowed, axis=0, dtype=np.int64)
    drawn = np.where(pick == 0, -1, (chances.allowed & (place == pick)).argmax(axis=0))
    return np.where(by_lot, drawn, best).astype(np.int16), by_lot


def _paid(cost: Floats, choice: Choice) -> Floats:
    paid = np.zeros(choice.size)
    given = np.flatnonzero(choice >= 0)
    paid[given] = cost[choice[given], given]
    return paid


def _spent(cost: Floats, choice: Choice) -> float:
    return math.fsum(_paid(cost, choice))


def _scaled(proof: Certificate, part: float) -> Certificate:
    lines = tuple(replace(row, bound=row.bound * part, usage=row.usage * part) for row in proof.rows)
    return replace(proof, value=proof.value * part, dual_bound=proof.dual_bound * part, rows=lines)
