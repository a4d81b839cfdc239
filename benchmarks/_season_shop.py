"""The synthetic shop lived in rounds: what everybody does when given an arm, and what that truly changes.

A round is a fortnight, as long as offers hold. With all switches off nothing of one round reaches into the next (an
offer that was not used is gone, and what is bought later hangs on no past offer), so every round is the shop's own
simulation (`visits`, `baskets`, priced by `offers.evaluate`) and its own truth (`truth.effects`) over its own days of
the calendar. What the shop knows of its customers is what any shop's systems write down: visits, orders, lines,
prices, coupons, the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.events.synthetic import baskets, forms, lots, people, season, shelf, truth, visits
from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS, Campaign
from offersmith.events.synthetic.switches import OFF
from offersmith.events.synthetic.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START = date(2025, 1, 6)
WATCHED = 364
"""Days on record before the first round, without any offer: a shop that has been there for a year."""
BLOCK = 4096
_SHELF, _PEOPLE, _VISITS, _BASKETS = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """What everybody did in some days, one number a customer.

    Attributes:
        visits: how often they came.
        weekend: of these, on a Saturday or Sunday.
        orders: visits that ended in a purchase.
        lines: of all orders.
        pieces: likewise.
        value: at shelf prices, major units.
        off: what offers took off, major units.
        used: offers used.
        last: days from the last order to the end; the number of days where there was none.
    """

    visits: Floats
    weekend: Floats
    orders: Floats
    lines: Floats
    pieces: Floats
    value: Floats
    off: Floats
    used: Floats
    last: Floats


@dataclass(frozen=True)
class Shop:
    """A plain synthetic shop.

    Attributes:
        customers: how many.
        rounds: how many fortnights follow the `WATCHED` days.
        seed: of everything.
        form: what offers do, a key of `forms.FORMS`.
    """

    customers: int
    rounds: int
    seed: int
    form: str = "logit"

    @cached_property
    def ids(self) -> pa.Array:
        """Return the customers' ids, sorted."""
        return pa.concat_arrays([crowd.ids for crowd in self._crowds])

    def watched(self) -> Iterator[Lived]:
        """Yield what everybody did in each fortnight before the first round, without any offer."""
        for first in range(0, WATCHED, VALID_DAYS):
            yield self._lived(first, VALID_DAYS, None)

    def live(self, number: int, arm: Ints) -> Lived:
        """Return what everybody did in a round, numbered from 0, given arms of `promotions.ARMS`."""
        return self._lived(self.first_day(number), VALID_DAYS, arm)

    def truth(self, number: int, margin: float) -> tuple[Floats, Floats]:
        """Return (offers, n) what each offer is expected to change in profit, and what it is expected to cost."""
        profit, cost = [], []
        for block, crowd in enumerate(self._crowds):
            n = len(crowd.ids)
            nothing = np.zeros((n, 1), np.int64)
            lottery = lots.Lottery(np.zeros(n), False, 0.0, nothing, np.ones((n, 1)))
            world = self._world(block, self.first_day(number), VALID_DAYS, offers=True)
            tables = truth.effects(world, lottery, margin, VALID_DAYS, by_town=False, only=None)
            profit.append(np.stack([table["profit"].to_numpy() for table in tables]))
            cost.append(np.stack([table["cost"].to_numpy() for table in tables]))
        return np.concatenate(profit, axis=1), np.concatenate(cost, axis=1)

    def first_day(self, number: int) -> int:
        """Return the day on which a round begins."""
        return WATCHED + number * VALID_DAYS

    def register(self) -> Floats:
        """Return (n,) who is a gold member, which the shop knows."""
        return np.concatenate([crowd.gold for crowd in self._crowds]).astype(np.float64)

    @cached_property
    def _shelf(self) -> shelf.Shelf:
        return shelf.stock(np.random.default_rng([self.seed, _SHELF]))

    @cached_property
    def _crowds(self) -> tuple[People, ...]:
        starts = range(0, self.customers, BLOCK)
        return tuple(
            people.draw(np.random.default_rng([self.seed, _PEOPLE, block]), first, min(BLOCK, self.customers - first))
            for block, first in enumerate(starts)
        )

    @cached_property
    def _responses(self) -> tuple[forms.Response, ...]:
        """What offers do, felt against a customer's usual basket: its mean over all days."""
        year = season.calendar(START, self.first_day(self.rounds))
        return tuple(
            forms.respond(self.form, crowd, year.basket(crowd, self._shelf).mean(axis=1)) for crowd in self._crowds
        )

    def _world(self, block: int, first: int, days: int, *, offers: bool) -> World:
        crowd, calendar = self._crowds[block], season.calendar(START + timedelta(days=first), days)
        return World(
            people=crowd,
            come=calendar.visits(crowd),
            basket=calendar.basket(crowd, self._shelf),
            response=self._responses[block],
            demand=np.ones(len(crowd.ids)),  # read where shelves are shared alone, which is switched off
            switches=OFF,
            campaigns=(Campaign("round", 0),) if offers else (),
        )

    def _lived(self, first: int, days: int, arm: Ints | None) -> Lived:
        parts = list(self._blocks(first, days, arm))
        return Lived(*(np.concatenate([getattr(one, name) for one in parts]) for name in Lived.__slots__))

    def _blocks(self, first: int, days: int, arm: Ints | None) -> Iterator[Lived]:
        calendar, start = season.calendar(START + timedelta(days=first), days), 0
        for block, crowd in enumerate(self._crowds):
            n = len(crowd.ids)
            drawn = np.zeros((n, 0), np.int64) if arm is None else arm[start : start + n, None]
            start += n
            world = self._world(block, first, days, offers=arm is not None)
            luck = np.random.default_rng([self.seed, _VISITS, block, first])
            trips = visits.run(luck, luck, world, drawn, days)
            items = baskets.fill(
                np.random.default_rng([self.seed, _BASKETS, block, first]), trips, crowd, calendar, self._shelf
            )
            yield _added_up(trips, items, self._shelf, calendar, n, days)


def _added_up(
    trips: visits.Visits, items: baskets.Items, stock: shelf.Shelf, calendar: season.Season, n: int, days: int
) -> Lived:
    bought = np.flatnonzero(items.bought)
    who = trips.who[items.visit[bought]]
    pieces, price = items.quantity[bought].astype(np.float64), stock.price[items.product[bought]] / 100
    buys = np.flatnonzero(trips.buys)
    last = np.full(n, -1, np.int64)
    np.maximum.at(last, trips.who[buys], trips.day[buys])

    def summed(of: Ints, weight: Floats | None = None) -> Floats:
        return np.bincount(of, weight, n).astype(np.float64)

    return Lived(
        visits=summed(trips.who),
        weekend=summed(trips.who, calendar.weekend[trips.day].astype(np.float64)),
        orders=summed(trips.who[buys]),
        lines=summed(who),
        pieces=summed(who, pieces),
        value=summed(who, pieces * price),
        off=summed(who, items.off[bought] / 100),
        used=summed(trips.who[trips.arm > 0]),
        last=np.where(last < 0, days, days - 1 - last).astype(np.float64),
    )


class Known:
    """What the shop has on record of its customers, added up over the days so far."""

    def __init__(self, shop: Shop) -> None:
        self._ids, self._gold, n = shop.ids, shop.register(), shop.customers
        self._sums = {name: np.zeros(n) for name in Lived.__slots__ if name != "last"}
        self._sent, self._recency, self._days = np.zeros(n), np.zeros(n), 0
        self._offered = {name: np.zeros(n) for name in ("visits", "orders")}

    def add(self, lived: Lived, days: int, arm: Ints | None = None) -> None:
        """Add some days, and what everybody was given in them."""
        for name in self._sums:
            self._sums[name] += getattr(lived, name)
        self._recency = np.where(lived.orders > 0, lived.last, self._recency + days)
        self._days += days
        if arm is not None:
            self._sent += arm > 0
            for name in self._offered:
                self._offered[name] += np.where(arm > 0, getattr(lived, name), 0.0)

    def table(self) -> pa.Table:
        """Return the profiles as of now: `customer_id` and features.

        Rates of few are drawn to the shop's own. Nobody changes here, so that what is known of 90 days (money in minor
        units, as in the product's profiles) is read off all days.
        """
        sums, days = self._sums, float(self._days)

        def rate(top: Floats, over: Floats, weight: float) -> Floats:
            usual = float(top.sum()) / max(float(over.sum()), 1e-9)
            return np.asarray((top + weight * usual) / (over + weight))

        offered = self._offered
        plain = {name: sums[name] - offered[name] for name in offered}
        features = {
            "sessions_a_day": sums["visits"] / days,
            "orders_90d": 90 * sums["orders"] / days,
            "spend_90d": 9000 * (sums["value"] - sums["off"]) / days,
            "recency": self._recency,
            "tenure": np.full(len(self._gold), days),
            "orders_a_session": rate(plain["orders"], plain["visits"], 5.0),
            "orders_a_session_offered": rate(offered["orders"], offered["visits"], 5.0),
            "basket_lines": rate(sums["lines"], sums["orders"], 2.0),
            "basket_value": rate(sums["value"], sums["orders"], 2.0),
            "unit_price": rate(sums["value"], sums["pieces"], 3.0),
            "weekend_share": rate(sums["weekend"], sums["visits"], 3.0),
            "coupon_order_share": rate(sums["used"], sums["orders"], 3.0),
            "redemption_rate": rate(sums["used"], self._sent, 2.0),
            "exposures": self._sent.copy(),
            "discount_share": rate(sums["off"], sums["value"], 30.0),
            "member": self._gold,
        }
        return pa.table({"customer_id": self._ids, **features})


def arms_of(offers: pa.ChunkedArray) -> Ints:
    """Return the numbers of offers in `promotions.ARMS`."""
    return np.asarray(pc.index_in(offers, value_set=pa.array(ARMS)).to_numpy(), dtype=np.int64)
