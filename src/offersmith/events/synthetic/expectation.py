"""What a block of customers is expected to do, day by day: the expectation of `visits.run`, without simulating.

A customer is in one of a few situations (without an offer, holding one, won over by one and still to pay) so many days
after the last use of an offer. The chances of the situations are carried from day to day; this is exact, but for
shared stock, where every town's sales are replaced by their expectation (mean field: off by the order of one over its
number of customers).

Arrays have shape (m, n): m courses of events (which arms are drawn later) of n customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offersmith.events.synthetic.promotions import ARMS, relief
from offersmith.events.synthetic.shelf import Floats, Ints
from offersmith.events.synthetic.switches import PULLED_DAYS, STOCKED_DAYS
from offersmith.events.synthetic.world import LAGS, World

_FREE, _HOLDS, _OWES = 0, 1, 1  # whoever owes with arm k is in situation _OWES + k


@dataclass(frozen=True, slots=True)
class Crowd:
    """Chances of where everybody stands.

    Attributes:
        chance: (m, n, situations, uses) of each situation and last use.
        since: (uses,) how many days ago that use was; the first stands for "too long ago to matter, or never".
    """

    chance: Floats
    since: Ints

    def aged(self, reach: int) -> Crowd:
        """Return it a day later; uses more than `reach` days ago no longer matter."""
        since = self.since + 1
        since[0] = LAGS + 1
        late = since > reach
        if late.sum() == 1:
            return Crowd(self.chance, since)
        old = self.chance[..., late].sum(axis=-1, keepdims=True)
        return Crowd(np.concatenate([old, self.chance[..., ~late]], axis=-1), np.append(LAGS + 1, since[~late]))


@dataclass(frozen=True, slots=True)
class Expected:
    """Where everybody stands at the start of a day.

    Attributes:
        all: everybody; sums to 1.
        none: those who have not bought anything since the count began.
        sales: (`STOCKED_DAYS`, m, towns) expected sales, by day modulo `STOCKED_DAYS`.
    """

    all: Crowd
    none: Crowd
    sales: Floats

    def recounted(self) -> Expected:
        """Return it with nobody having bought anything yet."""
        return replace(self, none=self.all)

    def times(self, m: int) -> Expected:
        """Return every course of events `m` times, side by side."""
        everybody, none = (Crowd(np.repeat(one.chance, m, axis=0), one.since) for one in (self.all, self.none))
        return Expected(everybody, none, np.repeat(self.sales, m, axis=1))


@dataclass(frozen=True, slots=True)
class Flow:
    """What a day brings, (m, n) each: purchases, their shelf value, what offers take off, uses at once, won over."""

    orders: Floats
    shelf: Floats
    relief: Floats
    used: Floats
    won: Floats


def begin(world: World) -> Expected:
    """Return the first morning: nobody has an offer, shelves are full."""
    situations = 2 + (len(ARMS) - 1) * bool(world.switches.delay)
    chance = np.zeros((1, len(world.people.ids), situations, 1))
    chance[:, :, _FREE] = 1.0
    crowd = Crowd(chance, np.array([LAGS + 1]))
    return Expected(crowd, crowd, world.full_shelves()[:, None, :])


def step(world: World, now: Expected, day: int, arms: Sequence[Ints], share: Floats | None) -> tuple[Expected, Flow]:
    """Live one day.

    Args:
        world: n customers.
        now: where they stand.
        day: its number.
        arms: of each campaign so far, (m, n) or (n,).
        share: (m, n) weight of each course, over which a town's sales are mixed; None = each course for itself.
    """
    number = world.running(day)
    starts = number >= 0 and day == world.campaigns[number].start
    groups = [now.all, now.none]
    if starts or number < 0:
        groups = [_turned(one, arms[number] if starts else None) for one in groups]
    rates = _rates(world, now, day, number, arms)
    everybody, flow, used = _moved(world, groups[0], rates, keep=True)
    none, _, _ = _moved(world, groups[1], rates, keep=False)
    if world.lags:
        everybody = Crowd(np.append(everybody.chance, used, axis=-1), np.append(everybody.since, 0))
    else:
        everybody = Crowd(everybody.chance + used, everybody.since)
    pulled = PULLED_DAYS if world.switches.pull_forward else 0
    sales = now.sales
    if world.switches.shared_stock:
        sold = flow.orders if share is None else np.broadcast_to((flow.orders * share).sum(axis=0), flow.orders.shape)
        sales = sales.copy()
        sales[day % STOCKED_DAYS] = world.by_town(sold)
    return Expected(everybody.aged(world.lags), none.aged(pulled), sales), flow


def _turned(crowd: Crowd, arm: Ints | None) -> Crowd:
    """Take back offers that ended and hand out those that begin; whoever still owes gets none."""
    if arm is None and not crowd.chance[:, :, _HOLDS].any():
        return crowd
    chance = crowd.chance.copy()
    chance[:, :, _FREE] += chance[:, :, _HOLDS]
    chance[:, :, _HOLDS] = 0.0
    if arm is not None:
        given = np.broadcast_to(arm > 0, chance.shape[:2])[..., None]
        chance[:, :, _HOLDS] = np.where(given, chance[:, :, _FREE], 0.0)
        chance[:, :, _FREE] = np.where(given, 0.0, chance[:, :, _FREE])
    return Crowd(chance, crowd.since)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Chances of a day for who has made no use lately, (m, n), and values of baskets, major units.

    Attributes:
        free: an ordinary purchase.
        use: the offer held is used at once.
        plain: a purchase that lets it lie.
        won: it wins over somebody who pays later.
        first: (n,) value of the first line of a basket.
        further: (n,) of the others, at full price.
        arm: (m, n) of the offer held.
        offered: (n, arms) value of a basket bought with each offer.
        off: (n, arms) what it takes off that.
        pays: chance that somebody who owes pays today.
    """

    free: Floats
    use: Floats
    plain: Floats
    won: Floats
    first: Floats
    further: Floats
    arm: Ints
    offered: Floats
    off: Floats
    pays: float


def _rates(world: World, now: Expected, day: int, number: int, arms: Sequence[Ints]) -> _Rates:
    people, switches, shape = world.people, world.switches, now.all.chance.shape[:2]
    free, held = (np.broadcast_to(one, shape) for one in world.odds(day, number, arms))
    reach = world.come[:, day]
    if switches.shared_stock:
        reach = reach * world.found(now.sales.sum(axis=0))
    sure, more = np.minimum(free, held), np.maximum(held - free, 0.0)
    eager = people.redeems + switches.cannibalised * (1 - people.redeems)
    if switches.delay:
        use, plain, won = sure * eager, sure * (1 - eager), more
    else:
        use = sure * eager + more * people.redeems
        plain, won = sure + more - use, np.zeros_like(more)
    first = world.basket[:, day] / (1 + people.lines)
    further = first * people.lines
    offered = first[:, None] + further[:, None] * world.response.lines
    return _Rates(
        free=reach * free,
        use=reach * use,
        plain=reach * plain,
        won=reach * won,
        first=first,
        further=further,
        arm=np.broadcast_to(arms[number] if number >= 0 else np.zeros(shape, np.int64), shape),
        offered=offered,
        off=np.column_stack([relief(arm, offered[:, arm]) for arm in range(len(ARMS))]),
        pays=1 / switches.delay if switches.delay else 0.0,
    )


def _moved(world: World, crowd: Crowd, rates: _Rates, *, keep: bool) -> tuple[Crowd, Flow, Floats]:
    """Return where everybody stands in the evening, what the day brought, and who used an offer today.

    Without `keep` whoever buys drops out. The last has the shape of `Crowd.chance` for one use.
    """
    chance, rows = crowd.chance, np.arange(crowd.chance.shape[1])
    left, thin = world.left(crowd.since), world.thinned(crowd.since)
    stays = 0.0 if keep else 1.0
    reach, full = chance @ left, chance @ (left * thin)
    orders = np.zeros(chance.shape[:2])
    used, won, shelf, off, today = orders, orders, orders, orders, np.zeros((*chance.shape[:3], 1))
    after = chance.copy()
    if chance[:, :, _HOLDS].any():
        used, won = reach[:, :, _HOLDS] * rates.use, reach[:, :, _HOLDS] * rates.won
        orders = used + reach[:, :, _HOLDS] * rates.plain
        value = reach[:, :, _HOLDS] * rates.first + full[:, :, _HOLDS] * rates.further
        shelf = used * rates.offered[rows, rates.arm] + rates.plain * value
        off = used * rates.off[rows, rates.arm]
        today[:, :, _FREE, 0] = used
        after[:, :, _HOLDS] *= 1 - (rates.use + rates.won + stays * rates.plain)[..., None] * left
    for situation in (_FREE, *range(_OWES + 1, chance.shape[2])):
        stay = 1.0
        if situation != _FREE:
            arm, stay = situation - _OWES, 1 - rates.pays
            due = chance[:, :, situation].sum(axis=-1) * rates.pays
            orders, off, shelf = orders + due, off + due * rates.off[:, arm], shelf + due * rates.offered[:, arm]
            today[:, :, _FREE, 0] += due
        orders = orders + stay * reach[:, :, situation] * rates.free
        value = reach[:, :, situation] * rates.first + full[:, :, situation] * rates.further
        shelf = shelf + stay * rates.free * value
        if not keep:
            after[:, :, situation] *= stay * (1 - rates.free[..., None] * left)
        elif situation != _FREE:
            after[:, :, situation] *= stay
        if situation != _FREE:
            wins = rates.won * (rates.arm == arm)
            after[:, :, situation] += chance[:, :, _HOLDS] * wins[..., None] * left
    return Crowd(after, crowd.since), Flow(orders, shelf, off, used, won), today
