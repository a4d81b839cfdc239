"""The synthetic shop: what it is made from, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.events.synthetic import baskets, forms, lots, people, promotions, season, shelf, truth, visits
from offersmith.events.synthetic.journal import Journal
from offersmith.events.synthetic.lots import Lottery, Unit
from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, EVERY_DAYS, FIRST_DAY, VALID_DAYS, Campaign
from offersmith.events.synthetic.switches import OFF, STOCKED_DAYS, Switches
from offersmith.events.synthetic.truth import HORIZON_DAYS
from offersmith.events.synthetic.visits import Visits
from offersmith.events.synthetic.world import World, expit
from offersmith.store.decided import DECIDED, chances_of

BLOCK = 4096
"""Customers made at a time: memory does not grow with the shop."""
TOWN = 100
"""Customers of a town, where towns share a shelf or draw together."""
ROWS = 1 << 16
_SHELF, _PEOPLE, _LOTS, _VISITS, _BASKETS, _JOURNAL, _SWITCHES = range(7)
_UNITS = ("customer", "town")


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of `customers` customers over `days` days from `start`, all drawn from `seed`. Its clock is UTC.

    Attributes:
        customers: how many.
        days: how long.
        seed: of everything.
        start: the first day.
        form: what offers do, a key of `forms.FORMS`.
        switches: what makes it hard to learn from.
        every_days: from the start of one campaign to that of the next.
        drawn_by: whether customers draw their offers, or towns for all who live there.
    """

    customers: int
    days: int
    seed: int
    start: date
    form: str = "logit"
    switches: Switches = OFF
    every_days: int = EVERY_DAYS
    drawn_by: Unit = "customer"

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the events, block of customers by block, each in order of time."""
        products, calendar = self._shelf(), season.calendar(self.start, self.days)
        first_day = (self.start - date(1970, 1, 1)).days
        for block, crowd in self._crowds():
            world = self._world(crowd, self.days)
            drawn = self._lottery(block, world).drawn
            trips = self._visits(block, world, drawn, self.days)
            items = baskets.fill(self._luck(_BASKETS, block), trips, crowd, calendar, products)
            journal = Journal(crowd, trips, items, products, first_day, self.days)
            table = journal.events(self._luck(_JOURNAL, block), self.campaigns(), drawn)
            yield from table.combine_chunks().to_batches(ROWS)

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return the mailings in their order."""
        return promotions.schedule(self.days, self.every_days)

    def register(self) -> pa.Table:
        """Return all customers: customer_id, member, age_band, town."""
        return pa.concat_tables([crowd.register() for _, crowd in self._crowds()])

    def assignments(self) -> pa.Table:
        """Return what everybody drew: campaign_id, customer_id, offer_id (`none` too), probability of that draw.

        The probability is null where the shop did not write it down (`Switches.chances_known`). Where towns draw, it is
        that of the town's draw, and customers of one town are no separate draws.
        """
        drawn = self._draws().drop_columns(["chances"])
        if self.switches.chances_known:
            return drawn
        nothing = pa.nulls(drawn.num_rows, pa.float64())
        return drawn.set_column(drawn.column_names.index("probability"), "probability", nothing)

    def decided(self) -> pa.Table | None:
        """Return the draws with the chances of all arms, as the shop has them on record.

        None where it did not write them down; and where towns draw for all who live there, for then a customer's chance
        does not say what a comparison of customers is worth.
        """
        if not self.switches.chances_known or self.drawn_by == "town":
            return None
        drawn = self._draws()
        # All draw in the hour in which a mailing is sent.
        drawn = drawn.append_column("time", pa.nulls(drawn.num_rows, pa.timestamp("us")))
        return drawn.select(DECIDED.names).cast(DECIDED)

    def _draws(self) -> pa.Table:
        tables = []
        for block, crowd in self._crowds():
            lottery = self._lottery(block, self._world(crowd, self.days))
            for number, campaign in enumerate(self.campaigns()):
                arm = pa.array(lottery.drawn[:, number])
                columns = {
                    "campaign_id": pa.repeat(campaign.campaign_id, len(arm)),
                    "customer_id": crowd.ids,
                    "offer_id": pa.array(ARMS).take(arm),
                    "probability": pa.array(lottery.chance[:, number]),
                    "chances": chances_of(ARMS, lottery.chances(number, lottery.drawn[:, number - 1])),
                }
                tables.append(pa.table(columns))
        return pa.concat_tables(tables).sort_by([("campaign_id", "ascending"), ("customer_id", "ascending")])

    def truth(
        self, margin_rate: float = 0.3, horizon_days: int = HORIZON_DAYS, campaign: str | None = None
    ) -> pa.Table:
        """Return what each offer of each campaign changes for each customer; columns as in `truth.effects`.

        Args:
            margin_rate: profit before offers over shelf value.
            horizon_days: counted from the start of each campaign, also past the shop's last day.
            campaign: one of them alone; None = all.

        Raises:
            InputError: the horizon ends before the offers do, or there is no such campaign.
        """
        names = [one.campaign_id for one in self.campaigns()]
        if campaign is not None and campaign not in names:
            raise InputError(f"synthetic shop: campaign = {campaign!r} is unknown; there are: {', '.join(names)}")
        if horizon_days < VALID_DAYS:
            allowed = f"at least {VALID_DAYS}, as long as offers hold"
            raise InputError(f"synthetic shop: horizon_days = {horizon_days} must be {allowed}")
        tables, by_town = [], self.drawn_by == "town"
        for block, crowd in self._crowds():
            world = self._world(crowd, self.days + horizon_days)
            tables += truth.effects(
                world, self._lottery(block, world), margin_rate, horizon_days, by_town=by_town, only=campaign
            )
        order = [(name, "ascending") for name in ("campaign_id", "customer_id", "offer_id")]
        return pa.concat_tables(tables).sort_by(order)

    def _crowds(self) -> Iterator[tuple[int, People]]:
        shared = self.drawn_by == "town" or self.switches.shared_stock > 0
        for block, first in enumerate(range(0, self.customers, BLOCK)):
            size = min(BLOCK, self.customers - first)
            crowd = people.draw(self._luck(_PEOPLE, block), first + 1, size)
            yield block, people.settle(crowd, block, TOWN) if shared else crowd

    def _world(self, crowd: People, days: int) -> World:
        """Return a block with a calendar of `days` days; what customers feel is measured on the shop's own days."""
        calendar = season.calendar(self.start, days)
        basket, come = calendar.basket(crowd, self._shelf()), calendar.visits(crowd)
        usual, often = basket[:, : self.days].mean(axis=1), come[:, : self.days].mean(axis=1)
        return World(
            people=crowd,
            come=come,
            basket=basket,
            response=forms.respond(self.form, crowd, usual),
            demand=often * expit(crowd.will) * STOCKED_DAYS,
            switches=self.switches,
            campaigns=self.campaigns(),
        )

    def _lottery(self, block: int, world: World) -> Lottery:
        n, campaigns = len(world.people.ids), len(self.campaigns())
        orders = np.zeros(n, dtype=np.int64)
        if self.switches.logging and self.switches.logged_by == "orders" and campaigns:
            # The first four weeks, lived again with the same luck: no offer has been sent by then.
            past = self._visits(block, world, np.zeros((n, campaigns), dtype=np.int64), FIRST_DAY)
            orders = np.bincount(past.who[past.buys], minlength=n)
        return lots.draw(self._luck(_LOTS, block), campaigns, self.switches, world.people.town, orders, self.drawn_by)

    def _visits(self, block: int, world: World, drawn: shelf.Ints, days: int) -> Visits:
        return visits.run(self._luck(_VISITS, block), self._luck(_SWITCHES, block), world, drawn, days)

    def _shelf(self) -> shelf.Shelf:
        return shelf.stock(self._luck(_SHELF, 0))

    def _luck(self, stream: int, block: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream, block])


def make(
    customers: int = 2000,
    days: int = 180,
    seed: int = 7,
    start: date = date(2025, 1, 6),
    *,
    form: str = "logit",
    switches: Switches = OFF,
    every_days: int = EVERY_DAYS,
    drawn_by: Unit = "customer",
) -> Shop:
    """Return a shop; the same arguments give the same bytes. See `Shop` for the arguments.

    Raises:
        InputError: a number is out of range, or a word unknown.
    """
    numbers = (
        ("customers", customers, 1),
        ("days", days, 1),
        ("seed", seed, 0),
        ("every_days", every_days, VALID_DAYS),
    )
    for name, value, least in numbers:
        if value < least:
            raise InputError(f"synthetic shop: {name} = {value} must be at least {least}")
    for name, word, allowed in (("form", form, tuple(forms.FORMS)), ("drawn_by", drawn_by, _UNITS)):
        if word not in allowed:
            raise InputError(f"synthetic shop: {name} = {word!r} is unknown; allowed: {', '.join(allowed)}")
    switches.check()
    return Shop(customers, days, seed, start, form, switches, every_days, drawn_by)
