"""What the shop's systems write down of it: the events of a block of customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events.columns import record
from offersmith.events.synthetic.baskets import Items
from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, Campaign
from offersmith.events.synthetic.shelf import CATEGORIES, Floats, Ints, Shelf
from offersmith.events.synthetic.visits import Visits

_SECOND, _DAY = 1_000_000, 86_400_000_000
_OPENS, _CLOSES = 7.0, 22.0  # hour of the first and the last start of a visit
_LONGEST = 120  # seconds on one page: a visit that starts at closing time still ends on its day
_GUEST = 0.05
_SEARCHES = 0.35
REFUNDED, REFUND_DAYS = 0.04, (3, 13)
"""Share of the lines that go back, and from and to (exclusive) how many days later."""
_REVIEWED, _REVIEW_DAYS = 0.08, (5, 21)


@dataclass(frozen=True, slots=True)
class Journal:
    """One block's customers, visits and items, and the days they lie in; written down by `events`."""

    people: People
    visits: Visits
    items: Items
    shelf: Shelf
    first_day: int
    days: int

    def events(self, rng: np.random.Generator, campaigns: tuple[Campaign, ...], drawn: Ints) -> pa.Table:
        """Return all events of the block, in order of time and id. `first_day` counts days since 1970-01-01."""
        items = self.items
        start = self._starts(rng)
        dwell = np.clip(rng.lognormal(3.0, 0.8, items.visit.size), 2, _LONGEST) + items.carted * 3
        seen = start[items.visit] + (_running(dwell, items.number) * _SECOND).astype(np.int64)
        ends = start.copy()
        np.maximum.at(ends, items.visit, seen)
        keys = self._visit_columns(rng)
        parts = [
            *self._looks(keys, seen, dwell),
            self._searches(rng, keys, start),
            self._purchases(keys, ends + 30 * _SECOND),
            self._redeemed(keys, ends + 30 * _SECOND, campaigns),
            *self._afterwards(rng, ends),
            self._exposures(rng, campaigns, drawn),
        ]
        return pa.Table.from_batches(parts).sort_by([("time", "ascending"), ("event_id", "ascending")])

    def _starts(self, rng: np.random.Generator) -> Ints:
        """Return the microsecond at which each visit starts."""
        who = self.visits.who
        evening = rng.random(who.size) < self.people.evening[who]
        hour = np.where(evening, rng.normal(20, 1.2, who.size), rng.normal(12.5, 2.5, who.size))
        second = np.clip(hour, _OPENS, _CLOSES) * 3600 + rng.random(who.size)
        return (self.first_day + self.visits.day) * _DAY + second.astype(np.int64) * _SECOND

    def _visit_columns(self, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Return what all events of a visit share, one row per visit."""
        visits, n = self.visits, self.visits.who.size
        customer = self.people.ids.take(pa.array(visits.who))
        day = pa.array(visits.day).cast(pa.string())
        in_app = rng.random(n) < self.people.mobile[visits.who]
        at_desk = rng.random(n) < 0.6
        guest = ~visits.buys & (rng.random(n) < _GUEST)
        return {
            "session_id": pc.binary_join_element_wise(customer, day, "-"),
            "customer_id": pc.if_else(pa.array(guest), None, customer),
            "channel": _words(in_app, "app", "web"),
            "device": _words(at_desk & ~in_app, "desktop", "mobile"),
        }

    def _looks(self, keys: dict[str, pa.Array], seen: Ints, dwell: Floats) -> Iterator[pa.RecordBatch]:
        items = self.items
        for event, chosen in (("view_item", np.ones(seen.size, bool)), ("add_to_cart", items.carted)):
            rows = np.flatnonzero(chosen)
            shared = _at(keys, items.visit[rows])
            number = pa.array(items.number[rows]).cast(pa.string())
            late = seen[rows] + (_SECOND if event == "add_to_cart" else 0)
            yield self._write(
                event,
                pc.binary_join_element_wise(event[:4], shared["session_id"], number, "-"),
                late,
                dwell_ms=(dwell[rows] * 1000).astype(np.int64) if event == "view_item" else None,
                **self._product(items.product[rows]),
                **shared,
            )

    def _searches(self, rng: np.random.Generator, keys: dict[str, pa.Array], start: Ints) -> pa.RecordBatch:
        first = np.flatnonzero(self.items.number == 0)
        first = first[rng.random(first.size) < _SEARCHES]
        visit = self.items.visit[first]
        shared = _at(keys, visit)
        term = pa.array(CATEGORIES).take(pa.array(self.shelf.category[self.items.product[first]]))
        ids = pc.binary_join_element_wise("find", shared["session_id"], "-")
        return self._write("search", ids, start[visit] - 15 * _SECOND, search_term=term, **shared)

    def _purchases(self, keys: dict[str, pa.Array], paid: Ints) -> pa.RecordBatch:
        items = self.items
        rows = np.flatnonzero(items.bought)
        shared = _at(keys, items.visit[rows])
        return self._write(
            "purchase",
            pc.binary_join_element_wise(
                "buy", shared["session_id"], pa.array(items.number[rows]).cast(pa.string()), "-"
            ),
            paid[items.visit[rows]],
            order_id=shared["session_id"],
            **self._line(rows),
            discount=items.off[rows],
            coupon_discount=items.off[rows],
            **shared,
        )

    def _redeemed(self, keys: dict[str, pa.Array], paid: Ints, campaigns: tuple[Campaign, ...]) -> pa.RecordBatch:
        visit = np.flatnonzero(self.visits.arm > 0)
        shared = _at(keys, visit)
        return self._write(
            "redeem",
            pc.binary_join_element_wise("use", shared["session_id"], "-"),
            paid[visit],
            order_id=shared["session_id"],
            offer_id=pa.array(ARMS).take(pa.array(self.visits.arm[visit])),
            campaign_id=_names(campaigns).take(pa.array(self.visits.campaign[visit])),
            **shared,
        )

    def _afterwards(self, rng: np.random.Generator, ends: Ints) -> Iterator[pa.RecordBatch]:
        """Refunds and reviews of bought lines, some days later, as far as those days are within the shop's."""
        items, last = self.items, (self.first_day + self.days) * _DAY
        for event, chance, days in (("refund", REFUNDED, REFUND_DAYS), ("review", _REVIEWED, _REVIEW_DAYS)):
            rows = np.flatnonzero(items.bought)
            rows = rows[rng.random(rows.size) < chance]
            time = ends[items.visit[rows]] + rng.integers(*days, rows.size) * _DAY
            stars = np.clip(np.rint(rng.normal(self.shelf.quality[items.product[rows]], 0.9)), 1, 5)
            rows, time, stars = rows[time < last], time[time < last], stars[time < last]
            customer = self.people.ids.take(pa.array(self.visits.who[items.visit[rows]]))
            order = pc.binary_join_element_wise(
                customer, pa.array(self.visits.day[items.visit[rows]]).cast(pa.string()), "-"
            )
            number = pa.array(items.number[rows]).cast(pa.string())
            what = self._line(rows) if event == "refund" else self._product(items.product[rows])
            yield self._write(
                event,
                pc.binary_join_element_wise(event[:3], order, number, "-"),
                time,
                customer_id=customer,
                order_id=order,
                rating=stars.astype(np.float32) if event == "review" else None,
                channel="web",
                **what,
            )

    def _exposures(self, rng: np.random.Generator, campaigns: tuple[Campaign, ...], drawn: Ints) -> pa.RecordBatch:
        """Offers sent by e-mail before the doors open; who drew nothing is sent nothing."""
        campaign, who = np.nonzero(drawn.T)
        starts = np.array([one.start for one in campaigns], dtype=np.int64)
        time = (self.first_day + starts[campaign]) * _DAY + rng.integers(6 * 3600, 7 * 3600 - 60, who.size) * _SECOND
        names, customer = _names(campaigns).take(pa.array(campaign)), self.people.ids.take(pa.array(who))
        return self._write(
            "view_promotion",
            pc.binary_join_element_wise("sent", customer, names, "-"),
            time,
            customer_id=customer,
            offer_id=pa.array(ARMS).take(pa.array(drawn[who, campaign])),
            campaign_id=names,
            channel="email",
        )

    def _product(self, product: Ints) -> dict[str, Any]:
        rows, shelf = pa.array(product), self.shelf
        return {
            "product_id": shelf.ids.take(rows),
            "product_name": shelf.names.take(rows),
            "category": pa.array(CATEGORIES).take(pa.array(shelf.category[product])),
            "brand": shelf.brands.take(rows),
        }

    def _line(self, rows: Ints) -> dict[str, Any]:
        product, quantity = self.items.product[rows], self.items.quantity[rows]
        paid = self.shelf.price[product] * quantity - self.items.off[rows]
        return {**self._product(product), "quantity": quantity.astype(np.float64), "amount": paid}

    def _write(self, event: str, event_id: pa.Array, time: Ints, **columns: Any) -> pa.RecordBatch:
        offset = np.zeros(time.size, dtype=np.int16)
        moment = pa.array(time).cast(pa.timestamp("us"))
        return record(time.size, event=event, event_id=event_id, time=moment, utc_offset=offset, **columns)


def _running(seconds: Floats, number: Ints) -> Floats:
    """Return the seconds that passed in the visit before each item."""
    before = np.cumsum(seconds) - seconds
    first = np.flatnonzero(number == 0)
    return np.asarray(before - np.repeat(before[first], np.diff(first, append=number.size)), dtype=np.float64)


def _at(keys: dict[str, pa.Array], rows: Ints) -> dict[str, pa.Array]:
    chosen = pa.array(rows)
    return {name: column.take(chosen) for name, column in keys.items()}


def _names(campaigns: tuple[Campaign, ...]) -> pa.Array:
    return pa.array([one.campaign_id for one in campaigns], pa.string())


def _words(chosen: npt.NDArray[np.bool_], yes: str, no: str) -> pa.Array:
    return pc.if_else(pa.array(chosen), yes, no)
