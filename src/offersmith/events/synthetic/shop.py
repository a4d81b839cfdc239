"""The synthetic shop: what it is made from, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.events.synthetic import baskets, people, promotions, season, shelf, truth, visits
from offersmith.events.synthetic.journal import Journal
from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, CHANCES, Campaign
from offersmith.events.synthetic.shelf import Floats, Ints

BLOCK = 4096
"""Customers made at a time: memory does not grow with the shop."""
ROWS = 1 << 16
_SHELF, _PEOPLE, _LOTS, _VISITS, _BASKETS, _JOURNAL = range(6)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of `customers` customers over `days` days from `start`, all drawn from `seed`. Its clock is UTC."""

    customers: int
    days: int
    seed: int
    start: date

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the events, block of customers by block, each in order of time."""
        products, calendar = shelf.stock(self._luck(_SHELF, 0)), season.calendar(self.start, self.days)
        first_day = (self.start - date(1970, 1, 1)).days
        for block, crowd in self._crowds():
            drawn = self._lots(block, crowd)
            come, buy, _ = self._chances(crowd, calendar, products)
            trips = visits.run(self._luck(_VISITS, block), crowd, come, buy, self.campaigns(), drawn)
            items = baskets.fill(self._luck(_BASKETS, block), trips, crowd, calendar, products)
            journal = Journal(crowd, trips, items, products, first_day, self.days)
            table = journal.events(self._luck(_JOURNAL, block), self.campaigns(), drawn)
            yield from table.combine_chunks().to_batches(ROWS)

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return the mailings in their order."""
        return promotions.schedule(self.days)

    def register(self) -> pa.Table:
        """Return all customers: customer_id, member, age_band, town."""
        return pa.concat_tables([crowd.register() for _, crowd in self._crowds()])

    def assignments(self) -> pa.Table:
        """Return what everybody drew: campaign_id, customer_id, offer_id (`none` too), probability of that draw."""
        tables = []
        for block, crowd in self._crowds():
            drawn = self._lots(block, crowd)
            for number, campaign in enumerate(self.campaigns()):
                arm = pa.array(drawn[:, number])
                columns = {
                    "campaign_id": pa.repeat(campaign.campaign_id, len(arm)),
                    "customer_id": crowd.ids,
                    "offer_id": pa.array(ARMS).take(arm),
                    "probability": pa.array(CHANCES).take(arm),
                }
                tables.append(pa.table(columns))
        return pa.concat_tables(tables).sort_by([("campaign_id", "ascending"), ("customer_id", "ascending")])

    def truth(self, margin_rate: float = 0.3) -> pa.Table:
        """Return what each offer of each campaign changes for each customer; columns as in `truth.effects`."""
        products, calendar = shelf.stock(self._luck(_SHELF, 0)), season.calendar(self.start, self.days)
        tables = []
        for _, crowd in self._crowds():
            come, buy, basket = self._chances(crowd, calendar, products)
            tables += [truth.effects(crowd, come, buy, basket, one, margin_rate) for one in self.campaigns()]
        order = [(name, "ascending") for name in ("campaign_id", "customer_id", "offer_id")]
        return pa.concat_tables(tables).sort_by(order)

    def _crowds(self) -> Iterator[tuple[int, People]]:
        for block, first in enumerate(range(0, self.customers, BLOCK)):
            size = min(BLOCK, self.customers - first)
            yield block, people.draw(self._luck(_PEOPLE, block), first + 1, size)

    def _lots(self, block: int, crowd: People) -> Ints:
        return promotions.lots(self._luck(_LOTS, block), len(crowd.ids), len(self.campaigns()))

    def _luck(self, stream: int, block: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream, block])

    @staticmethod
    def _chances(crowd: People, calendar: season.Season, products: shelf.Shelf) -> tuple[Floats, Floats, Floats]:
        """Return the chance to come (customers x days), to buy (x arms), and the expected basket (x days)."""
        basket = calendar.basket(crowd, products)
        return calendar.visits(crowd), visits.chances_to_buy(crowd, basket.mean(axis=1)), basket


def make(customers: int = 2000, days: int = 180, seed: int = 7, start: date = date(2025, 1, 6)) -> Shop:
    """Return a shop; the same arguments give the same bytes.

    Raises:
        InputError: a number is out of range.
    """
    for name, value, least in (("customers", customers, 1), ("days", days, 1), ("seed", seed, 0)):
        if value < least:
            raise InputError(f"synthetic shop: {name} = {value} must be at least {least}")
    return Shop(customers, days, seed, start)
