"""A plan without the customers for whom everything is settled beforehand: what is left, and how they come back in.

The optimum, the lots and their proof see only the others, within what the settled decisions leave of every row. What
is settled adds the same to the value of every such plan and to its bound, so the proof holds of the whole as well: of
all plans that settle it so. One that gives those customers nothing may be worth more, as what they get is no choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InfeasibleError
from offersmith.strategy.allocation.problem import COST, VALUE
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.certificate import Certificate
from offersmith.strategy.explore import Explored
from offersmith.strategy.frontier import Frontier
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.kernels import Choice, Floats
from offersmith.strategy.limits.compiling import Banned
from offersmith.strategy.opted_out import (
    CODE,
    FORBIDDEN,
    GIVEN,
    NONE_STATED,
    NOT_IN_PLAN,
    NOT_KNOWN,
    TOO_MUCH,
    OptedOut,
    Settled,
)  # fmt: skip
from offersmith.strategy.proof import at

ROUNDING = 1e-12
"""Part of a row of money kept back for the rounding of its sum in two parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """A plan's problem in two parts.

    Attributes:
        found: everybody's candidates; those of who is settled are all alike.
        keep: the rows as stated.
        free: the candidates without them: nothing is allowed to who is settled.
        rest: the rows with what is left for the others.
        who: (n,) who is settled.
        choice: (n,) int16, their offer; -1 for nothing and for the others.
        settled: what came of it; None where there is nobody.
    """

    found: Candidates
    keep: Keeping
    free: Candidates
    rest: Keeping
    who: NDArray[np.bool_]
    choice: Choice
    settled: Settled | None = None

    @property
    def given(self) -> bool:
        """Whether they get the offer."""
        return self.settled is not None and self.settled.given

    def without(self, limits: Sequence[str]) -> Apart:
        """Return the plan in which they get nothing, because of these limits."""
        if self.settled is None:
            return self
        settled = Settled(self.settled.customers, self.settled.offer, TOO_MUCH, tuple(limits))
        return replace(self, rest=self.keep, choice=np.full(self.who.size, -1, np.int16), settled=settled)

    def decided(self, made: Explored) -> Explored:
        """Return all decisions; what is settled has the chance 1."""
        if self.settled is None:
            return made
        choice = np.where(self.who, self.choice, made.choice).astype(np.int16)
        chances = np.where(self.who, 0.0, made.chances)
        place = np.flatnonzero(self.who)
        chances[choice[place].astype(np.int64) + 1, place] = 1.0
        return replace(made, choice=choice, chances=chances, probability=np.where(self.who, 1.0, made.probability))

    def proof(self, proof: Certificate, worth: Floats, choice: Choice) -> Certificate:
        """Return the certificate of all decisions: no plan that gives those who are settled the same is worth more.

        Args:
            proof: of the others.
            worth: (K, n) what is made large.
            choice: (n,) of everybody.
        """
        if self.settled is None:
            return proof
        more = math.fsum(at(worth, self.choice))
        value, bound = proof.value + more, proof.dual_bound + more
        price = np.array([row.price for row in proof.rows]) * self.keep.rows.sign
        rows = self.keep.lines(self.keep.used(choice, self.found.cost, self.found.profit), price)
        gap = (bound - value) / bound if bound > 0 else 0.0
        return replace(proof, value=value, dual_bound=bound, gap=gap, rows=rows)

    def frontier(self, drawn: Frontier, worth: Floats) -> Frontier:
        """Return what is expected of everybody at other budgets: what is settled is in each of them."""
        if not self.given:
            return drawn
        cost, profit, value = (math.fsum(at(each, self.choice)) for each in (self.found.cost, self.found.profit, worth))
        return drawn.beside(self.keep.budget - self.rest.budget, cost, profit, value, int(self.who.sum()))

    def why(self, reasons: pa.ListArray) -> pa.ListArray:
        """Return the reasons of all decisions: of what is settled there is none but that."""
        if self.settled is None:
            return reasons
        place = np.where(self.who, len(reasons), np.arange(len(reasons)))
        only = pa.array([[CODE]], reasons.type)
        return pa.concat_arrays([reasons, only]).take(pa.array(place))


def set_apart(found: Candidates, keep: Keeping, out: OptedOut | None, bans: Sequence[Banned] = ()) -> Apart:
    """Settle what those who have opted out get.

    Args:
        found: the candidates; of those who have opted out, `opted_out.uniform`.
        keep: the rows of the plan.
        out: who, and what they may get.
        bans: limits that forbid something.
    """
    nobody, nothing = np.zeros(len(found.customers), np.bool_), np.full(len(found.customers), -1, np.int16)
    if out is None:
        return Apart(found, keep, found, keep, nobody, nothing)
    who = np.asarray(pc.is_in(found.customers, value_set=out.customers).to_numpy(zero_copy_only=False), np.bool_)
    if not who.any():
        return Apart(found, keep, found, keep, nobody, nothing)
    figures = (found.profit, found.cost, found.profit_sd, found.revenue)
    profit, cost, spread, revenue = (np.where(who, 0.0, each) for each in figures)
    free = replace(found, allowed=found.allowed & ~who, profit=profit, cost=cost, profit_sd=spread, revenue=revenue)
    part = Apart(found, keep, free, keep, who, nothing)
    count = int(who.sum())
    if not out.offer or out.offer not in found.offers:
        return replace(part, settled=Settled(count, out.offer, NOT_IN_PLAN if out.offer else NONE_STATED))
    offer = found.offers.index(out.offer)
    if not found.allowed[offer, who].all():
        names = tuple(ban.name for ban in bans if out.offer in ban.offers)
        return replace(part, settled=Settled(count, out.offer, FORBIDDEN if names else NOT_KNOWN, names))
    choice = np.where(who, offer, -1).astype(np.int16)
    used, weight = keep.used(choice, found.cost, found.profit), keep.rows.weight
    caps = (weight >= 0).all(axis=(1, 2, 3)) & ~weight[:, VALUE].any(axis=(1, 2))
    broken = np.flatnonzero(caps & (used > keep.rows.bound))
    if broken.size:
        names = tuple(keep.rows.names[row] for row in broken)
        return replace(part, settled=Settled(count, out.offer, TOO_MUCH, names))
    slack = np.where(weight[:, COST].any(axis=(1, 2)), ROUNDING * np.abs(keep.rows.bound), 0.0)
    left = keep.rows.bound - used - slack
    left = np.where(caps, np.maximum(left, 0.0), left)  # what was kept back for rounding breaks no cap that is met
    rest = keep.within(np.where(used == 0, keep.rows.bound, left))
    paid, earned = (math.fsum(at(each, choice)) for each in (found.cost, found.profit))
    settled = Settled(count, out.offer, GIVEN, (), paid, earned)
    return replace(part, rest=rest, choice=choice, settled=settled)


def named(fault: InfeasibleError) -> tuple[str, ...]:
    """Return the names of the limits that an error says cannot be kept."""
    rows = fault.facts.get("conflict", {}).get("rows", ())
    return tuple(row["name"] for row in rows) or tuple(str(one) for one in (fault.facts.get("limit"),) if one)
