"""Sets of offers that a customer may get together: a plan of several offers a customer is a plan of one set each.

Of K offers, the sets of 1 to `each` of them are candidates of their own, single offers first, so that set k < K is
offer k and everything that decides about one offer decides about one set. A set may be given where all its members may.

What is expected of a set, from what is expected of its members:

- its cost is their sum: nobody can use more than all of them;
- what they earn is not. A purchase that one offer brings, another cannot bring again. Members stand by expected
  profit, largest first, and what a further one brings before its cost counts as far as those before it are not used,
  as if customers used offers independently of each other: times the product of (1 - redemption) of those before. Costs
  and losses are never discounted, so two offers that are likely to be used are seldom worth giving together;
- its spread is their sum, as if all estimates erred the same way.

What two offers really do together was never tried: this is an assumption, a plan says so, and lots try single offers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.kernels import Choice, Floats
from offersmith.vocabulary import JOINED, NO_OFFER

LEAST, MOST = 1, 3
"""Offers a customer may get in one plan."""
MOST_SETS = 150
"""Sets that somebody may get: arrays over customers and sets must fit in memory."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def checked(each: object) -> int:
    """Return how many offers a customer may get at most.

    Raises:
        InputError: it is no whole number from 1 to 3.
    """
    if isinstance(each, bool) or not isinstance(each, int) or not LEAST <= each <= MOST:
        raise InputError(
            f"each = {each!r} must be a whole number from {LEAST} to {MOST}",
            hint="each = 2 lets a plan give a customer up to two offers",
            field="each",
            key="wrong_each",
            each=each,
            least=LEAST,
            most=MOST,
        )
    return each


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Which sets there are.

    Attributes:
        offers: ids of the K single offers.
        members: of every set, places of its offers, ascending; the K single offers first.
    """

    offers: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What each set is called: the ids of its members."""
        return tuple(JOINED.join(self.offers[k] for k in one) for one in self.members)

    @property
    def single(self) -> Bools:
        """(S,) which sets are one offer."""
        return np.arange(len(self.members)) < len(self.offers)

    @property
    def several(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """The sets of more than one offer: place and members."""
        return tuple(enumerate(self.members))[len(self.offers) :]

    @property
    def table(self) -> Ints:
        """(S, most members) places of offers, -1 where a set has fewer."""
        most = max((len(one) for one in self.members), default=1)
        return np.array([[*one, *[-1] * (most - len(one))] for one in self.members], np.int64).reshape(-1, most)


def sets_of(allowed: Bools, offers: Sequence[str], each: int) -> Sets:
    """Return the sets of at most `each` offers that somebody may get.

    Args:
        allowed: (K, n) of single offers.
        offers: their ids.
        each: at most so many in a set.

    Raises:
        InputError: an id has the sign that joins ids, or there are too many sets.
    """
    joined = [name for name in offers if JOINED in name]
    if joined:
        raise InputError(
            f"offer {joined[0]!r}: an id with {JOINED!r} in it cannot stand beside each = {each}, where {JOINED!r} "
            "joins the offers that a customer gets together",
            hint="give the offer an id without it, or ask for each = 1",
            field="each",
        )
    found: list[tuple[int, ...]] = [(k,) for k in range(len(offers))]
    last: list[tuple[tuple[int, ...], Bools]] = [((k,), allowed[k]) for k in range(len(offers))]
    for _ in range(1, each):
        further: list[tuple[tuple[int, ...], Bools]] = []
        for members, who in last:
            for k in range(members[-1] + 1, len(offers)):
                both = who & allowed[k]
                if both.any():
                    further.append(((*members, k), both))
                if len(found) + len(further) > MOST_SETS:
                    raise _too_many(len(offers), each)
        found += [members for members, _ in further]
        last = further
    return Sets(tuple(offers), tuple(found))


def _too_many(offers: int, each: int) -> InputError:
    fits = max((k for k in range(1, 200) if sum(comb(k, m) for m in range(1, each + 1)) <= MOST_SETS), default=1)
    return InputError(
        f"each = {each}: up to {each} of {offers} offers a customer come to more than {MOST_SETS} sets that somebody "
        f"may get; up to {fits} offers always fit",
        hint="plan with fewer offers, exclude some of them from each other's customers, or ask for fewer a customer",
        field="each",
    )


def lost(profit: Floats, gain: Floats, used: Floats) -> Floats:
    """Return (m, n): what each of m offers given together does not bring because another one does, major units.

    Args:
        profit: (m, n) of each alone; they stand by it, largest first, ties in their order.
        gain: (m, n) the same before the offer's cost.
        used: (m, n) chance that each is used.
    """
    order = np.argsort(-profit, axis=0, kind="stable")
    free = np.cumprod(1.0 - np.take_along_axis(used, order, axis=0), axis=0)
    taken = np.zeros(profit.shape)
    np.put_along_axis(taken, order[1:], 1.0 - free[:-1], axis=0)
    return np.asarray(np.maximum(gain, 0.0) * taken)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """The candidates of a plan that may give several offers: over sets, with what their members are expected to do.

    Attributes:
        single: the K offers alone.
        sets: S of them.
        used: (K, n) chance that an offer is used if it is given.
        cost_share: part of the offers' cost that the shop pays.
    """

    single: Candidates
    sets: Sets
    used: Floats
    cost_share: float = 1.0

    def contributions(self, members: Sequence[int], who: Ints | slice = slice(None)) -> tuple[Floats, Floats]:
        """Return (m, n) profit and revenue of offers given together, each less what it does not bring any more."""
        one, rows = self.single, list(members)
        profit, revenue, used = one.profit[rows][:, who], one.revenue[rows][:, who], self.used[rows][:, who]
        before = profit + self.cost_share * one.cost[rows][:, who]
        return profit - lost(profit, before, used), revenue - lost(profit, revenue, used)

    def candidates(self) -> Candidates:
        """Return what is expected of every set, (S, n)."""
        one, shape = self.single, (len(self.sets.members), len(self.single.customers))
        allowed = np.zeros(shape, np.bool_)
        profit, cost, spread, revenue = (np.zeros(shape) for _ in range(4))
        many = len(self.sets.offers)
        for made, own in (
            (allowed, one.allowed),
            (profit, one.profit),
            (cost, one.cost),
            (spread, one.profit_sd),
            (revenue, one.revenue),
        ):
            made[:many] = own
        for s, members in self.sets.several:
            rows = list(members)
            allowed[s] = one.allowed[rows].all(axis=0)
            earned, sold = self.contributions(members)
            profit[s], revenue[s] = earned.sum(axis=0), sold.sum(axis=0)
            cost[s], spread[s] = one.cost[rows].sum(axis=0), one.profit_sd[rows].sum(axis=0)
            for made in (profit, cost, spread, revenue):
                made[s][~allowed[s]] = 0.0
        return Candidates(one.customers, self.sets.names, allowed, profit, cost, spread, revenue)


def used_chances(estimates: pa.Table, found: Candidates) -> Floats:
    """Return (K, n): the chance that an offer is used if it is given, held to 0 to 1; 0 where there is no estimate.

    Args:
        estimates: `vocabulary.ESTIMATES`, those that the candidates were laid out from.
        found: the candidates.
    """
    used = np.zeros(found.allowed.shape)
    given = estimates.filter(pc.not_equal(estimates["offer_id"], NO_OFFER))
    row = pc.index_in(given["offer_id"].cast(pa.string()), value_set=pa.array(found.offers, pa.string())).to_numpy()
    column = pc.index_in(given["customer_id"].cast(pa.string()), value_set=found.customers).to_numpy()
    chance = given["redemption"].cast(pa.float64()).to_numpy()
    if not np.isfinite(chance).all():
        raise InputError("estimates: redemption must be a finite number where a plan may give several offers")
    used[row.astype(np.int64), column.astype(np.int64)] = np.clip(chance, 0.0, 1.0)
    return used


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The decisions, a row for each offer that a customer gets and one for each customer who gets nothing.

    Attributes:
        customer: (r,) places, ascending.
        offer: (r,) places of single offers, -1 for nothing.
        nth: (r,) 0 for the first offer of a customer, 1 for the second.
        profit: (r,) expected, of a customer's rows together what is expected of their set.
        cost: (r,) likewise.
        spread: (r,) likewise.
    """

    customer: Ints
    offer: Ints
    nth: Ints
    profit: Floats
    cost: Floats
    spread: Floats


def rows_of(choice: Choice, together: Together) -> Rows:
    """Return the decisions of customers who were given sets, offers in the catalogue's order.

    Args:
        choice: (n,) set of each customer, -1 for nothing.
        together: what the sets are.
    """
    table = np.vstack([together.sets.table, np.full((1, together.sets.table.shape[1]), -1)])
    mine = table[choice.astype(np.int64)]  # the last row is that of nothing
    here = mine >= 0
    here[:, 0] = True
    customer, nth = np.nonzero(here)
    offer = mine[customer, nth]
    profit, cost, spread = (np.zeros(offer.size) for _ in range(3))
    given = np.flatnonzero(offer >= 0)
    for made, own in (
        (profit, together.single.profit),
        (cost, together.single.cost),
        (spread, together.single.profit_sd),
    ):
        made[given] = own[offer[given], customer[given]]
    first = np.cumsum(np.concatenate([[0], here.sum(axis=1)[:-1]])) if choice.size else np.zeros(0, np.int64)
    for s, members in together.sets.several:
        who = np.flatnonzero(choice == s)
        earned, _ = together.contributions(members, who)
        for place in range(len(members)):
            profit[first[who] + place] = earned[place]
    return Rows(customer, offer, nth, profit, cost, spread)
