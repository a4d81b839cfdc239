"""Who comes on which day, and whether they buy: the one place where an offer causes anything.

A customer visits at most once a day, offer or not. While an unused offer is valid, a visit ends in a purchase with the
log-odds of `World.odds`; a purchase then uses the offer with the chance `redeems`, and it is gone. What the switches
add is drawn from luck of its own, so that with all of them off the days are the same to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offersmith.events.synthetic.shelf import Floats, Ints
from offersmith.events.synthetic.switches import STOCKED_DAYS
from offersmith.events.synthetic.world import LAGS, World

_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in order of day and customer.

    Attributes:
        who: row of the customer.
        day: number of the day, from 0.
        buys: whether it ends in a purchase.
        campaign: index of the campaign whose offer the purchase uses, -1 for none.
        arm: index into `ARMS` of that offer, 0 for none.
        lines: factor on the customer's mean number of lines beyond the first.
    """

    who: Ints
    day: Ints
    buys: npt.NDArray[np.bool_]
    campaign: Ints
    arm: Ints
    lines: Floats


@dataclass(slots=True)
class _State:
    """Where everybody stands: the offer held, the one that won them over and is still to be paid with, the last use."""

    held: Ints
    owed: Ints
    owed_campaign: Ints
    used: Ints

    def since(self, day: int) -> Ints:
        return np.minimum(day - self.used, LAGS + 1)


def run(rng: np.random.Generator, luck: np.random.Generator, world: World, drawn: Ints, days: int) -> Visits:
    """Live through the first days.

    Args:
        rng: luck with visits, purchases and uses.
        luck: luck with what the switches add.
        world: n customers.
        drawn: (n, campaigns) arm of each customer in each.
        days: how many.
    """
    n, switches = len(world.people.ids), world.switches
    state = _State(np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -1), np.full(n, -LAGS - 2))
    arms = [drawn[:, number] for number in range(drawn.shape[1])]
    sales, parts = world.full_shelves(), []
    for day in range(days):
        number = world.running(day)
        if number < 0:
            state.held = np.zeros(n, dtype=np.int64)
        elif day == world.campaigns[number].start:
            state.held = np.where(state.owed > 0, 0, arms[number])
        free, held = world.odds(day, number, arms)
        left = world.left(state.since(day)) if switches.pull_forward else 1.0
        if switches.shared_stock:
            left = left * world.found(sales.sum(axis=0))
        held = np.where(state.held > 0, held, free)
        visit = _day(rng, luck, world, state, world.come[:, day], free * left, held * left)
        part = _written(world, state, visit, day, number)
        parts.append(part)
        if switches.shared_stock:
            sales[day % STOCKED_DAYS] = np.bincount(world.people.town[part.who[part.buys]], minlength=sales.shape[1])
    return Visits(*(np.concatenate([getattr(one, name) for one in parts]) for name in Visits.__slots__))


@dataclass(frozen=True, slots=True)
class _Day:
    """(n,) each: who comes, buys, uses the offer held, pays with the one owed, is won over for later."""

    comes: _Bools
    buys: _Bools
    uses: _Bools
    pays: _Bools
    won: _Bools


def _day(
    rng: np.random.Generator, luck: np.random.Generator, world: World, state: _State, come: Floats, free: Floats,
    held: Floats,
) -> _Day:  # fmt: skip
    people, switches, n = world.people, world.switches, len(world.people.ids)
    pays = np.zeros(n, dtype=np.bool_)
    if switches.delay:
        pays = (state.owed > 0) & (luck.random(n) < 1 / switches.delay)
    comes = rng.random(n) < come
    mood = rng.random(n)
    buys = comes & (mood < held) & ~pays
    redeems = people.redeems
    if switches.cannibalised:
        redeems = redeems + (mood < free) * switches.cannibalised * (1 - redeems)
    uses = buys & (state.held > 0) & (rng.random(n) < redeems)
    won = np.zeros(n, dtype=np.bool_)
    if switches.delay:
        won = buys & (state.held > 0) & (mood >= free)
        buys, uses = buys & ~won, uses & ~won
    return _Day(comes | pays, buys | pays, uses, pays, won)


def _written(world: World, state: _State, visit: _Day, day: int, number: int) -> Visits:
    """Return the visits of a day, and bring everybody's state to its end."""
    arm = np.where(visit.uses, state.held, 0)
    campaign = np.where(visit.uses, number, -1)
    arm, campaign = np.where(visit.pays, state.owed, arm), np.where(visit.pays, state.owed_campaign, campaign)
    lines = np.where(arm > 0, world.response.lines[np.arange(arm.size), arm], 1.0)
    if world.switches.cannibalised:
        lines = np.where(arm > 0, lines, world.thinned(state.since(day)))
    who = np.flatnonzero(visit.comes)
    state.owed = np.where(visit.pays, 0, np.where(visit.won, state.held, state.owed))
    state.owed_campaign = np.where(visit.won, number, state.owed_campaign)
    state.held = np.where(visit.uses | visit.won, 0, state.held)
    state.used = np.where(arm > 0, day, state.used)
    return Visits(who, np.full(who.size, day), visit.buys[who], campaign[who], arm[who], lines[who])
