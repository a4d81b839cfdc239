"""What is known of every customer up to now, kept up to date event by event.

`update` takes one event, `feed` a table of them; both go through the same compiled loops. The order of events does not
matter, an event delivered twice counts once (by its `event_id`), and events of nobody known do not count. What `read`
answers is what the batch query (`profiles.build`) answers from the same events as of the same moment.

A state is "up to now": it cannot forget. A read as of a moment is refused if an event of one of the customers asked for
was at or after it. An event from the future (a wrong clock) would so lock its customer until then; where `now` is given
with the events, those at or after it wait aside, and enter when `advance` or a read passes their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.live import kernels
from offersmith.profiles.live.asked import Questions, ask, questions
from offersmith.profiles.live.columns import Columns, columns_of
from offersmith.profiles.live.formulas import Answer, feature_values
from offersmith.profiles.live.orders import Orders
from offersmith.profiles.live.rows import Rows, as_row, as_rows, checked, epoch_us
from offersmith.profiles.live.schema import Layout
from offersmith.profiles.live.seen import Seen
from offersmith.store.feature_cells import Cell
from offersmith.vocabulary import EVENTS, Event, Profile

ROWS = 1 << 16
"""Events taken in together at most: what is worked out on the way stays small."""
_SMALLEST = 256
_KNOWN_COLUMNS = frozenset(EVENTS.names)


class LiveProfiles:
    """Mergeable state of every customer, laid out by `schema.compile_live`.

    Args:
        layout: what to keep.

    Attributes:
        position: events that were handed over, those of nobody known and those delivered twice too: where to go on in
            a log after a restart.
        duplicates: events that were left out because their id had been counted.
        customers: slot by customer id.
        waiting: events that are not over yet.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.position = self.duplicates = 0
        self.customers: dict[str, int] = {}
        self.waiting: list[pa.Table] = []
        self.seen = Seen()
        self.columns: Columns = columns_of(layout)
        self.orders = tuple(Orders(layout, gathering) for gathering in layout.gatherings)
        self.questions: tuple[Questions, ...] = tuple(questions(gathering) for gathering in layout.gatherings)
        self.numbers = self.columns.empty_numbers(_SMALLEST)
        self.sums = np.zeros((_SMALLEST, self.columns.half_lives.size))
        self.blocks = np.full(self.sums.shape, kernels.NEVER)
        self.last = np.full(_SMALLEST, kernels.NEVER)

    def update(self, event: Event | Mapping[str, Any], now: datetime | None = None) -> None:
        """Take in one event.

        Args:
            event: a value for each column of `EVENTS` that is not null.
            now: the present moment, naive UTC; an event at or after it waits. None = every event is over.

        Raises:
            InputError: the event lacks its id, name or moment, or has a column that is none.
        """
        row = _as_mapping(event)
        if now is not None and row["time"] >= now:
            self.feed(pa.Table.from_pylist([row], schema=EVENTS), now)
            return
        self.position += 1
        customer = row.get("customer_id")
        if customer is not None:
            self._add(as_row(row, self._slot(customer), self.layout))

    def feed(self, events: pa.Table, now: datetime | None = None) -> None:
        """Take in a table of `EVENTS`; columns that may be null may be missing.

        Args:
            events: in any order.
            now: as of `update`.

        Raises:
            InputError: a column is missing or cannot be read.
        """
        try:
            events = checked(events)
        except (pa.ArrowException, KeyError) as fault:
            raise InputError(f"these are no events: {fault}", field="events") from fault
        missing = [name for name in ("event_id", "event", "time", "utc_offset") if events[name].null_count]
        if missing:
            raise InputError(f"events without {', '.join(missing)} cannot be counted", field=missing[0])
        self.position += events.num_rows
        events = events.filter(events["customer_id"].is_valid())
        if now is not None:
            over = pc.less(events["time"], pa.scalar(now, pa.timestamp("us")))
            if not pc.all(over).as_py():
                self.waiting.append(events.filter(pc.invert(over)))
                events = events.filter(over)
        self._absorb(events)

    def advance(self, now: datetime) -> None:
        """Let waiting events before a moment enter."""
        if not self.waiting:
            return
        held = pa.concat_tables(self.waiting)
        over = pc.less(held["time"], pa.scalar(now, pa.timestamp("us")))
        left = held.filter(pc.invert(over))
        self.waiting = [left] if left.num_rows else []
        self._absorb(held.filter(over))

    def read(self, as_of: datetime, customers: Sequence[str] | None = None) -> pa.Table:
        """Return the profiles as of a moment, as `profiles.build.build` would.

        Args:
            as_of: the moment, naive UTC, after every event of the customers asked for.
            customers: ids; those of whom nothing is known have no row. None = everybody.

        Returns:
            `customer_id` and one column per feature, sorted by `customer_id`; `as_of` is in the metadata.

        Raises:
            InputError: the moment has a time zone, or an event of one of the customers was at or after it.
        """
        now = _moment(as_of)
        self.advance(as_of)
        names = self.customers if customers is None else [name for name in customers if name in self.customers]
        ids = pa.array(names, pa.string())
        ids = ids.unique().take(pc.sort_indices(ids.unique()))
        slots = np.array([self.customers[name] for name in ids.to_pylist()], np.int64)
        self._refuse_later(ids, slots, now)
        answers = self._answers(slots, now)
        made = [feature_values(f, self.layout.parts[f.name], answers.__getitem__, now) for f in self.layout.features]
        fields = [pa.field("customer_id", pa.string(), nullable=False)]
        for feature, values in zip(self.layout.features, made, strict=True):
            fields.append(pa.field(feature.name, values.type, True, {"unit": feature.unit} if feature.unit else None))
        return pa.table([ids, *made], schema=pa.schema(fields, {"as_of": as_of.isoformat()}))

    def profile(self, customer_id: str, as_of: datetime) -> Profile | None:
        """Return one customer's profile as of a moment, or None if nothing is known of the customer.

        Raises:
            InputError: as of `read`.
        """
        found = self.read(as_of, (customer_id,)).to_pylist()
        if not found:
            return None
        return Profile(customer_id, as_of, {name: x for name, x in found[0].items() if name != "customer_id"})

    def make_room(self, customers: int) -> None:
        """Double what is too small for so many customers."""
        places = self.last.size
        while places < customers:
            places *= 2
        if places == self.last.size:
            return
        old = self.last.size
        numbers, self.numbers = self.numbers, self.columns.empty_numbers(places)
        self.numbers[:old] = numbers
        self.sums = np.concatenate([self.sums, np.zeros((places - old, self.sums.shape[1]))])
        self.blocks = np.concatenate([self.blocks, np.full((places - old, self.sums.shape[1]), kernels.NEVER)])
        self.last = np.concatenate([self.last, np.full(places - old, kernels.NEVER)])

    def slots_of(self, customers: Sequence[str]) -> NDArray[np.int64]:
        """Return the slots of customers, giving new ones to those who have none."""
        return np.array([self._slot(name) for name in customers], np.int64)

    def nbytes(self) -> int:
        """Return the bytes of all arrays, room to grow included, without the ids of customers."""
        own = [self.numbers, self.sums, self.blocks, self.last, self.seen.table]
        return sum(array.nbytes for array in own) + sum(orders.nbytes() for orders in self.orders)

    def _slot(self, customer: str) -> int:
        slot = self.customers.setdefault(customer, len(self.customers))
        if slot >= self.last.size:
            self.make_room(slot + 1)
        return slot

    def _absorb(self, events: pa.Table) -> None:
        for start in range(0, events.num_rows, ROWS):
            part = events.slice(start, ROWS)
            named = part["customer_id"].combine_chunks().dictionary_encode()
            slots = self.slots_of(named.dictionary.to_pylist())[named.indices.to_numpy()]
            self._add(as_rows(part, slots, self.layout))

    def _add(self, rows: Rows) -> None:
        keep = self.columns
        fresh = self.seen.add(rows.ids, np.ones(rows.slots.size, np.bool_))
        self.duplicates += rows.slots.size - int(np.count_nonzero(fresh))
        common = (rows.slots, rows.kinds, rows.tests, rows.known, rows.values, fresh)
        kernels.count(*common, keep.does, keep.which, keep.masks, self.numbers, self.last)
        if keep.half_lives.size:
            kernels.decay(*common, keep.decayed, keep.decayed_masks, keep.half_lives, self.sums, self.blocks)
        for number, orders in enumerate(self.orders):
            orders.add(rows, number, fresh, len(self.customers))

    def _refuse_later(self, ids: pa.Array, slots: NDArray[np.int64], now: int) -> None:
        late = np.flatnonzero(self.last[slots] >= now)
        if late.size:
            worst = late[np.argmax(self.last[slots[late]])]
            when = datetime(1970, 1, 1) + timedelta(microseconds=int(self.last[slots[worst]]))  # noqa: DTZ001
            raise InputError(
                f"live profiles are up to now and cannot be read as of an earlier moment: customer "
                f"{ids[int(worst)].as_py()!r} did something at {when.isoformat()}",
                hint="ask for a later moment, or ask the batch query",
                field="as_of",
            )

    def _answers(self, slots: NDArray[np.int64], now: int) -> dict[Cell, Answer]:
        """Return the answer to every cell for some customers."""
        found = self.columns.answers(self.numbers[slots])
        sums = kernels.decayed(slots, now, self.columns.half_lives, self.sums, self.blocks)
        found |= self.columns.decayed_answers(sums)
        for orders, those, gathering in zip(self.orders, self.questions, self.layout.gatherings, strict=True):
            orders.make_room(0, len(self.customers))
            answers, some = ask(orders, those, slots, now)
            found |= {cell: (answers[:, at], some[:, at]) for at, cell in enumerate(gathering.cells)}
        return found


def _moment(as_of: datetime) -> int:
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    return epoch_us(as_of)


def _as_mapping(event: Event | Mapping[str, Any]) -> Mapping[str, Any]:
    row = {name: getattr(event, name) for name in Event.__slots__} if isinstance(event, Event) else event
    for name, kind in (("event_id", str), ("event", str), ("time", datetime)):
        if not isinstance(row.get(name), kind):
            raise InputError(f"an event needs {name}; given: {row.get(name)!r}", field=name, value=row.get(name))
    if row["time"].tzinfo is not None:
        raise InputError(f"the moment {row['time'].isoformat()} of an event must be naive UTC", field="time")
    strange = row.keys() - _KNOWN_COLUMNS
    if strange:
        raise InputError(
            f"an event has no {', '.join(sorted(strange))}; it has: {', '.join(EVENTS.names)}", field="event"
        )
    return {"utc_offset": 0, **row}
