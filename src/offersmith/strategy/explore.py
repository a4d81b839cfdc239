"""Some customers are decided by lot, so that the next plan can learn; the lots keep the budget and log true odds.

A customer is decided by lot with probability `share`, then gets none or one of their candidate offers by the odds of
the lot; everybody else gets the optimum's choice. So choice a of customer i has probability

    share * lot_i(a) + (1 - share) * [a is the optimum's choice for i]

and that is exact, because the optimum is computed for everybody, before and without the lots, and because the draw
(`balance`) never has to be repeated: its total cost is the expected total, give or take what one customer may cost.
That much is kept in reserve.

The odds of a lot start even over none and all offers (in a cold start: from the chance to be the best, `matching`).
Decided by lot, a share of the customers may take no more than that share of the budget: where even odds would, dear
offers are tried less often, each by 1 / (1 + thrift * cost) with one thrift for all, and `none` takes the rest. An
offer that would take more than a part of the budget for a single customer is not tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.assign import assign
from offersmith.strategy.balance import balanced
from offersmith.strategy.certificate import Assignment, Certificate
from offersmith.strategy.constraints import rows
from offersmith.strategy.constraints.base import Problem
from offersmith.strategy.kernels import Bits, Choice, Floats, add
from offersmith.strategy.lots import lots
from offersmith.strategy.objective import as_cost

LARGEST = 0.05
"""Part of the budget that one customer's lot may cost at most: it bounds the reserve."""
LARGEST_COLD = 0.01
"""The same in a cold start: many customers are tried rather than a few large ones."""
HALVINGS = 40
ROUNDING = 1e-9
"""Part of the budget kept back for the rounding of sums."""


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """What was decided, by the optimum or by lot.

    Attributes:
        choice: (n,) int16, -1 for none.
        probability: (n,), with which this choice was made.
        chances: (1 + K, n), with which `none` and each paying offer would have been; columns add up to 1.
        by_lot: (n,), whether a lot decided.
        share: of customers decided by lot, in expectation.
        price: the budget's dual price where no lot decides.
        reserve: major units kept back, so that the budget holds whatever is drawn.
        certificate: of the optimum that is followed where no lot decides, every choice counted with the chance that it
            is followed, within what lots and reserve leave; None where lots decide about all.
    """

    choice: Choice
    probability: Floats
    chances: Floats
    by_lot: NDArray[np.bool_]
    share: float
    price: float
    reserve: float
    certificate: Certificate | None


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """The lots before the budget.

    Attributes:
        cost: (K, n) of every paying offer.
        chance: (K, n) of every paying offer; `none` has what is missing to 1, an offer that is not tried has 0.
        limit: no lot may cost more; who gets a dearer offer from the optimum is not decided by lot.
    """

    cost: Floats
    chance: Floats
    limit: float

    @property
    def possible(self) -> NDArray[np.bool_]:
        """(n,) who could get something by lot."""
        return np.asarray((self.chance > 0).any(axis=0))

    @property
    def nothing(self) -> Floats:
        """(n,) the chance of none."""
        return np.asarray(np.maximum(1.0 - self.chance.sum(axis=0), 0.0))

    @property
    def mean(self) -> float:
        """What lots for all are expected to cost."""
        return _spent(self.chance, self.cost, 0.0)


def even(cost: Floats, allowed: NDArray[np.bool_], limit: float) -> Odds:
    """Return lots in which none and every allowed offer within the limit are equally likely."""
    tried = allowed & (cost <= limit)
    return Odds(cost, tried / (1.0 + tried.sum(axis=0)), limit)


def explore(value: Bits, lot: Odds, ids: pa.StringArray, budget: float, share: float, salt: str) -> Explored:
    """Decide about everybody within `budget`.

    Args:
        value: float32 (K, n), -inf where not allowed.
        lot: what offers cost, and the lots' odds.
        ids: customers, as in the arrays.
        budget: major units, not negative.
        share: of customers to decide by lot; 1 = all, without an optimum.
        salt: of the lots.
    """
    by_lot_alone, share = share == 1, share if lot.possible.any() else 0.0
    small = np.isfinite(value) & (lot.cost <= lot.limit)
    reserve = float(np.max(lot.cost, where=small, initial=0.0)) + ROUNDING * budget if share else 0.0
    lot = _thrifty(lot, max(budget - reserve, 0.0))
    planned = None if by_lot_alone else _optimum(value, lot, budget - reserve, share)
    best = np.full(value.shape[1], -1, np.int16) if planned is None else planned.choice
    asked = np.where(lot.possible & (_paid(lot.cost, best) <= lot.limit), share, 0.0)
    cell = _drawn(lot, best, asked, ids, salt)
    choice = np.where(cell >= 0, cell - 1, best).astype(np.int16)
    chances = asked * np.vstack([lot.nothing, lot.chance])
    everybody = np.arange(choice.size)
    chances[best.astype(np.int64) + 1, everybody] += 1 - asked
    return Explored(
        choice=choice,
        probability=chances[choice.astype(np.int64) + 1, everybody],
        chances=chances,
        by_lot=cell >= 0,
        share=share * float((asked > 0).mean()) if asked.size else 0.0,
        price=0.0 if planned is None else planned.certificate.rows[0].price,
        reserve=reserve,
        certificate=None if planned is None else planned.certificate,
    )


def _thrifty(lot: Odds, budget: float) -> Odds:
    """Return lots for all that are expected to cost at most `budget`: dear offers less often, by one thrift for all."""
    if lot.mean <= budget:
        return lot
    if budget <= 0:
        return replace(lot, chance=np.where(lot.cost > 0, 0.0, lot.chance))
    # chance * cost / (1 + thrift * cost) < chance / thrift, so this much thrift is enough.
    low, high = 0.0, float(lot.chance.sum()) / budget
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _spent(lot.chance, lot.cost, middle) > budget else (low, middle)
    return replace(lot, chance=lot.chance / (1 + high * lot.cost))


@compiled
def _spent(chance: Floats, cost: Floats, thrift: float) -> float:
    total, rest = 0.0, 0.0
    for offer in range(cost.shape[0]):
        for i in range(cost.shape[1]):
            total, rest = add(total, rest, chance[offer, i] * cost[offer, i] / (1.0 + thrift * cost[offer, i]))
    return total + rest


def _optimum(value: Bits, lot: Odds, budget: float, share: float) -> Assignment:
    """Return the best choices where no lot decides, within what the lots leave.

    A choice counts with the chance that it is followed: 1 - share, or 1 where it costs more than a lot may.
    """
    followed = np.where(lot.possible & (lot.cost <= lot.limit), 1 - share, 1.0)
    worth = (value * followed).astype(np.float32)
    return assign(worth, rows(Problem(as_cost(lot.cost * followed), max(budget - share * lot.mean, 0.0))))


def _drawn(lot: Odds, best: Choice, asked: Floats, ids: pa.StringArray, salt: str) -> NDArray[np.int64]:
    """Return what was drawn: -1 for the optimum's choice, 0 for none, k + 1 for offer k."""
    chance = np.vstack([1 - asked, asked * lot.nothing, asked * lot.chance])
    cost = np.vstack([_paid(lot.cost, best), np.zeros(best.size), lot.cost])
    stake = np.max(cost, axis=0, where=chance > 0, initial=0.0)
    order = np.lexsort((lots(ids, f"{salt}|order"), -stake))
    return balanced(chance, cost, order, lots(pa.array(["draw"]), salt)) - 1


def _paid(cost: Floats, choice: Choice) -> Floats:
    paid = np.zeros(choice.size)
    given = np.flatnonzero(choice >= 0)
    paid[given] = cost[choice[given], given]
    return paid
