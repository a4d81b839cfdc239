"""What the page of the segments says, as plain values; money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offersmith.report.inputs_base import Both


@dataclass(frozen=True, slots=True)
class Kind:
    """One segment that was found.

    Attributes:
        number: its label; below 1 whoever is in none.
        name: what it is called.
        customers: how many.
        share: of all customers.
        spend: of all of them, ever.
        spend_share: of what everybody spent.
        spend_median: of a member.
        orders: of all of them, ever.
        tells: what sets it apart, the strongest first, a line each.
    """

    number: int
    name: Both
    customers: int
    share: float
    spend: float
    spend_share: float
    spend_median: float
    orders: float
    tells: tuple[Both, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One number of segments that was tried: how well two halves of the customers agree on it, and its silhouette."""

    segments: int
    ideas: int
    stability: float
    silhouette: float | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """A map: two coordinates and the segment of each of a sample, and what the two directions mean."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    segment: tuple[int, ...]
    across: Both
    up: Both
    shown: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of recency, frequency and money, with what it means, or one segment of the shop's own."""

    name: Both
    customers: int
    share: float
    spend_share: float
    meaning: Both | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """Where the members of each segment went between two moments.

    Attributes:
        start: the earlier moment.
        end: the later one.
        names: of the segments, in their order.
        shares: row by row, of those who were in a segment: the share now in each; rows add up to 1.
        customers: who were in each.
        joined: customers not known before.
    """

    start: datetime
    end: datetime
    names: tuple[Both, ...]
    shares: tuple[tuple[float, ...], ...]
    customers: tuple[int, ...]
    joined: int


@dataclass(frozen=True, slots=True)
class CrowdFacts:
    """The segments of one shop at one moment.

    Attributes:
        shop: its name.
        as_of: the moment.
        currency: of every amount.
        customers: in all.
        kinds: segments in their order, then whoever is in none.
        stability: agreement of two random halves of the customers on the segments; None where it was not measured.
        tried: numbers of segments that were tried.
        map: None where nothing tells customers apart.
        cells: of recency, frequency and money.
        own: of the shop's own rules; empty where it stated none.
        own_horizon: days ahead that rules on what is expected look; None where no rule speaks of that.
        own_unlearned: whether a rule does, and too little is known to expect anything.
        moves: None where the shop is too young.
        kept_out: of whom nothing was learned: a sentence each with the reasons, the oddest first.
    """

    shop: str
    as_of: datetime
    currency: str
    customers: int
    kinds: tuple[Kind, ...]
    stability: float | None
    tried: tuple[Tried, ...]
    map: Sketch | None
    cells: tuple[Cell, ...]
    own: tuple[Cell, ...]
    own_horizon: int | None
    own_unlearned: bool
    moves: Moves | None
    kept_out: tuple[Both, ...] = ()

    @property
    def found(self) -> tuple[Kind, ...]:
        """The segments, without those in none."""
        return tuple(one for one in self.kinds if one.number >= 1)
