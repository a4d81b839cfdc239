"""What the page of one customer says, as plain values: gathered once, written in both languages.

Every figure is as of `PortraitFacts.as_of` and from what happened before it. Money is in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from offersmith.report.inputs_base import Both, Interval


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened, as `store.timeline` tells it; `saved` is what was taken off, `offer` what was named."""

    time: datetime
    event: str
    what: str
    others: int
    count: int
    amount: int | None
    saved: int | None
    offer: str
    channel: str


@dataclass(frozen=True, slots=True)
class Interest:
    """What a customer does more of than the shop's others do: its name, its weight (0..1) and what it rests on."""

    name: str
    kind: str
    weight: float
    evidence: float
    last: date | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a customer is expected to do and bring.

    Attributes:
        horizon_days: how far ahead is looked.
        alive: chance that the customer still buys here at all.
        orders: days with a purchase expected within the horizon, with their interval.
        value: sales expected of them, major units, with their interval; None where no spend was seen twice.
        churn: chance of no purchase within the horizon.
        next_from: first day of the span in which the next purchase falls with the chance `next_chance`, if one comes.
        next_until: its last day; None where it lies beyond what can be said.
        next_chance: of the span.
        model: key of the family that learned it.
        kept_out: whether the customer is so unlike all others that the model did not learn from them.
    """

    horizon_days: int
    alive: float
    orders: Interval
    value: Interval | None
    churn: float
    next_from: date | None
    next_until: date | None
    next_chance: float
    model: str
    kept_out: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A segment the customer is in: by which way of segmenting, its name, what it means, and its size."""

    way: Both
    name: Both
    meaning: Both
    customers: int
    share: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The segment nearest to the customer's own; `nearness` is 0 in the middle of the own one, 1 at the border."""

    name: Both
    nearness: float


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer buys in one respect: its name, what it is, and what that rests on."""

    name: Both
    value: Both
    says: Both


@dataclass(frozen=True, slots=True)
class Due:
    """A product that a customer buys again.

    Attributes:
        product_id: of it.
        name: what the shop calls it; empty where it says nothing.
        purchases: days on which they bought it.
        bought: the last of them.
        cycle_days: between two of theirs, usually.
        first: first day of the span in which half of all such next purchases fall.
        last: its last day.
        status: `overdue`, `due` or `waiting`.
    """

    product_id: str
    name: str
    purchases: int
    bought: date
    cycle_days: float
    first: date
    last: date
    status: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where customers of the same segment stood so many days later: a segment and the share of them."""

    name: Both
    share: float


@dataclass(frozen=True, slots=True)
class Given:
    """An offer that was sent or shown, and the day on which it was used; None where it was not, or not yet."""

    name: Both
    day: date
    used: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A feature: its code, its value, its unit, and the share of the shop's customers who have less of it."""

    feature: str
    value: float | None
    unit: str
    below: float | None


@dataclass(frozen=True, slots=True)
class PortraitFacts:
    """One customer of one shop at one moment.

    Attributes:
        shop: its name.
        customer_id: of whom.
        as_of: the moment.
        currency: of every amount.
        groups: the segments, the shop's usual ones first.
        neighbour: of the segment that was found among this shop's customers; None where there is no other.
        moves: where customers of the first of them went within `moved_days`, most first; empty where it is not known.
        moved_days: see above.
        interests: strongest first.
        habits: those that the shop records.
        due: products that are due, overdue, or not yet due, each bought most often first.
        due_products: how many such products there are in all.
        worth: None where the shop has too little to learn it from; `worth_reason` then says why.
        worth_reason: code of `portrait.no_worth_...`.
        happened: latest first.
        cut: whether there is more than `happened` holds.
        months: first day of each of the latest months -> minor units paid, less what was given back.
        given: latest first.
        standings: every feature, in the order of the profile.
    """

    shop: str
    customer_id: str
    as_of: datetime
    currency: str
    groups: tuple[Group, ...]
    neighbour: Neighbour | None
    moves: tuple[Move, ...]
    moved_days: int
    interests: tuple[Interest, ...]
    habits: tuple[Habit, ...]
    due: tuple[Due, ...]
    due_products: int
    worth: Worth | None
    worth_reason: str
    happened: tuple[Happened, ...]
    cut: bool
    months: Mapping[date, int]
    given: tuple[Given, ...]
    standings: tuple[Standing, ...]

    def standing(self, feature: str) -> Standing | None:
        """Return where the customer stands in a feature; None where the profile has no such."""
        return next((one for one in self.standings if one.feature == feature), None)
