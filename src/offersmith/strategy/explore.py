"""Some customers are decided by lot, so that the next plan can learn; the lots keep every row and log true odds.

A customer is decided by lot with probability `share`, then gets none or one of their candidate offers by the odds of
the lot (`odds`); everybody else gets the optimum's choice. So choice a of customer i has probability

    share * lot_i(a) + (1 - share) * [a is the optimum's choice for i]

and that is exact, because the optimum is computed for everybody, before and without the lots, and because the draw
(`balance` for the budget alone, `cube` for several rows) never has to be repeated: what it uses of a row is what is
expected, give or take what a few customers may draw. That much is kept in reserve (`reserve`).

Decided by lot, a share of the customers may take no more than that share of a row: where the odds would, offers that
draw much are tried less often, each by 1 / (1 + thrift * draw) with one thrift a row for all, and `none` takes the
rest. An offer that would take more than a part of a row for a single customer is not tried.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InfeasibleError
from offersmith.strategy.balance import balanced
from offersmith.strategy.certificate import Assignment, Certificate
from offersmith.strategy.cube import Draws, cubed
from offersmith.strategy.kernels import Bits, Choice, Floats
from offersmith.strategy.lots import lots
from offersmith.strategy.objective import as_cost
from offersmith.strategy.odds import Odds
from offersmith.strategy.percent import percent
from offersmith.strategy.reserve import Risks
from offersmith.words import say

CLOSE = 1e-9
"""Of a row: what lots alone may seem to be above it by rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """What was decided, by the optimum or by lot.

    Attributes:
        choice: (n,) int16, -1 for none.
        probability: (n,), with which this choice was made.
        chances: (1 + K, n), with which `none` and each paying offer would have been; columns add up to 1.
        by_lot: (n,), whether a lot decided.
        share: of customers decided by lot, in expectation.
        price: (R,) the rows' dual prices where no lot decides, as "at most".
        reserve: (R,) kept back of every row, so that it holds whatever is drawn.
        certificate: of the optimum that is followed where no lot decides, every choice counted with the chance that it
            is followed, within what lots and reserve leave; None where lots decide about all.
    """

    choice: Choice
    probability: Floats
    chances: Floats
    by_lot: NDArray[np.bool_]
    share: float
    price: Floats
    reserve: Floats
    certificate: Certificate | None


def explore(value: Bits, lot: Odds, ids: pa.StringArray, risks: Risks, share: float, salt: str) -> Explored:
    """Decide about everybody within every row.

    Args:
        value: float32 (K, n), -inf where not allowed.
        lot: what offers cost and are worth, and the lots' odds.
        ids: customers, as in the arrays.
        risks: the rows, and which of them lots could break.
        share: of customers to decide by lot; 1 = all, without an optimum.
        salt: of the lots.

    Raises:
        InfeasibleError: the rows cannot be kept together, or not with so many lots.
    """
    keep, by_lot_alone = risks.keep, share == 1
    if not risks.only_caps:
        # A floor counts on what lots give; who may get what no lot gives is then not decided by lot.
        large = (np.isfinite(value) & ~lot.small & risks.fits(lot.cost, lot.worth)).any(axis=0)
        lot = replace(lot, chance=np.where(large, 0.0, lot.chance))
    share = share if lot.possible.any() else 0.0
    spare = risks.reserve(lot) if share else np.zeros(len(keep.rows.names))
    for row in risks.rows:
        if risks.capped(row):
            draw, most = keep.draw(row, lot.cost, lot.worth), keep.rows.bound[row] - spare[row]
            lot = lot.thrifty(draw, max(most, 0.0))
    if by_lot_alone:
        _held(lot, risks, spare)
    planned = None if by_lot_alone else _optimum(value, lot, risks, spare, share)
    best = np.full(value.shape[1], -1, np.int16) if planned is None else planned.choice
    everybody = np.arange(best.size)
    given = np.flatnonzero(best >= 0)
    dear = np.zeros(best.size, np.bool_)
    dear[given] = ~lot.small[best[given], given]
    asked = np.where(lot.possible & ~dear, share, 0.0)
    cell = _drawn(lot, best, asked, ids, risks, salt)
    choice = np.where(cell >= 0, cell - 1, best).astype(np.int16)
    chances = asked * np.vstack([lot.nothing, lot.chance])
    chances[best.astype(np.int64) + 1, everybody] += 1 - asked
    return Explored(
        choice=choice,
        probability=chances[choice.astype(np.int64) + 1, everybody],
        chances=chances,
        by_lot=cell >= 0,
        share=share * float((asked > 0).mean()) if asked.size else 0.0,
        price=np.zeros(len(keep.rows.names)) if planned is None else keep.prices(planned),
        reserve=spare,
        certificate=None if planned is None else planned.certificate,
    )


def _held(lot: Odds, risks: Risks, spare: Floats) -> None:
    """Look whether every row holds where lots decide about all.

    Raises:
        InfeasibleError: a row does not.
    """
    keep = risks.keep
    for row, name in enumerate(keep.rows.names):
        most = keep.rows.bound[row] - spare[row]
        used = lot.mean(keep.draw(row, lot.cost, lot.worth))
        if row and used > most + CLOSE * abs(most):
            sign = keep.rows.sign[row]
            at, comes_to = float(keep.rows.bound[row] * sign), float(used * sign)
            facts: dict[str, Any] = {"limit": name, "at": at, "comes_to": comes_to}
            hint = say("errors.experiment_breaks_hint")
            raise InfeasibleError(say("errors.experiment_breaks", **facts), hint=hint, key="experiment_breaks", **facts)


def _optimum(value: Bits, lot: Odds, risks: Risks, spare: Floats, share: float) -> Assignment:
    """Return the best choices where no lot decides, within what lots and reserve leave.

    A choice counts with the chance that it is followed: 1 - share, or 1 where it draws more than a lot may.
    """
    keep = risks.keep
    followed = np.where(lot.possible & lot.small, 1 - share, 1.0)
    left = keep.rows.bound - spare
    if share:
        for row in range(left.size):
            left[row] -= share * lot.mean(keep.draw(row, lot.cost, lot.worth))
    left[0] = max(left[0], 0.0)
    paid = as_cost(lot.cost * followed)
    try:
        with suppress(InfeasibleError):
            return keep.within(left - keep.rounding(lot.cost, lot.worth)).followed(value, paid, followed)
        return keep.within(left).followed(value, paid, followed)  # such as a return that giving nothing just keeps
    except InfeasibleError as fault:
        if share:
            keep.best(value, as_cost(lot.cost))
            raise InfeasibleError(
                f"the limits can be kept, but not with {percent(share)} of the customers decided by lot: "
                + "; ".join(_in_the_way(fault, lot, risks, spare, share)),
                hint=say("errors.lots_in_the_way_hint"),
                key="lots_in_the_way",
                share=share,
                percent=percent(share),
                names=", ".join(one["name"] for one in fault.facts["conflict"]["rows"]),
                **fault.facts,
            ) from fault
        raise


def _in_the_way(fault: InfeasibleError, lot: Odds, risks: Risks, spare: Floats, share: float) -> list[str]:
    """Return what lots take of each limit that is in their way, and what is kept in reserve for them."""
    keep, said = risks.keep, []
    named = {one["name"] for one in fault.facts["conflict"]["rows"]}
    for row, name in enumerate(keep.rows.names):
        if name in named:
            sign = keep.rows.sign[row]
            bound, side = keep.rows.bound[row] * sign, "at least" if sign < 0 else "at most"
            alone = share * lot.mean(keep.draw(row, lot.cost, lot.worth)) * sign
            said.append(
                f"limit {name!r} asks for {side} {bound:,.2f}; lots alone are expected to come to {alone:,.2f}, and "
                f"{spare[row]:,.2f} is kept in reserve for what they may draw"
            )
    return said


def _drawn(lot: Odds, best: Choice, asked: Floats, ids: pa.StringArray, risks: Risks, salt: str) -> NDArray[np.int64]:
    """Return what was drawn: -1 for the optimum's choice, 0 for none, k + 1 for offer k."""
    chance = np.vstack([1 - asked, asked * lot.nothing, asked * lot.chance])
    start = lots(pa.array(["draw"]), salt)
    if len(risks.rows) == 1:
        cost = np.vstack([_paid(lot.cost, best), np.zeros(best.size), lot.cost])
        stake = np.max(cost, axis=0, where=chance > 0, initial=0.0)
        order = np.lexsort((lots(ids, f"{salt}|order"), -stake))
        return balanced(chance, cost, order, start) - 1
    keep, largest = risks.keep, risks.ranges(lot)
    drawing = largest > 0
    rows = np.array(risks.rows)[drawing]
    beside = keep.beyond(best)[rows] if keep.more else None
    draws = Draws(keep.rows.weight[rows], keep.cell, lot.cost, lot.worth, best, largest[drawing], beside)
    order = np.lexsort((lots(ids, f"{salt}|order"), -risks.stake(lot)))
    return cubed(chance, draws, order, start) - 1


def _paid(cost: Floats, choice: Choice) -> Floats:
    paid = np.zeros(choice.size)
    given = np.flatnonzero(choice >= 0)
    paid[given] = cost[choice[given], given]
    return paid
