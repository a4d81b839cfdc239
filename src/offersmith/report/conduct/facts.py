"""What the page of behaviour says, as plain values; money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from offersmith.profiles.behaviour.abandonment import Abandoned
from offersmith.profiles.behaviour.cycles import Cycle
from offersmith.profiles.behaviour.elasticity import Elasticity
from offersmith.profiles.behaviour.funnel import Funnel
from offersmith.profiles.behaviour.preferred import Preferred
from offersmith.profiles.behaviour.price import PriceSense
from offersmith.profiles.behaviour.seasonality import Seasonality
from offersmith.profiles.behaviour.visits import Visits


@dataclass(frozen=True, slots=True)
class Pile:
    """What lies behind under one key: a product with how many left it, or a customer with how many products.

    `value` is minor units of all of it; None where the price of something in it is not known.
    """

    key: str
    count: int
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What was left in carts, or only looked at: the figures, the products left most, and the largest carts."""

    found: Abandoned
    products: tuple[Pile, ...]
    carts: tuple[Pile, ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """Orders of one month; `whole` is whether all its days are known."""

    start: date
    orders: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Again:
    """A product that is bought again: its cycle, and the customers who are due or overdue for it."""

    cycle: Cycle
    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ConductFacts:
    """What the customers of one shop do, as of one moment.

    Attributes:
        shop: its name.
        as_of: the moment.
        since: from when visits, the funnel, prices and preferences are looked at; seasons and cycles look at all.
        currency: of every amount.
        visits: of the window.
        funnel: of visits in the window.
        categories: a funnel per category; none where there is no funnel, or no category.
        carts: what lies in carts.
        views: what was only looked at.
        seasons: hours, weekdays and months.
        months: orders month by month, the latest last.
        price: who goes by deals.
        elasticities: how sales of each category go with its prices.
        preferred: part of the day, weekday, channel and device.
        again: products that are bought again, those with most evidence first.
        cycles: how many products have a cycle.
        without: how many were bought and have none.
        due: pairs of customer and product by status.
        kinds: cycles of categories, those with most evidence first.
        names: of products that are shown; those without a name are missing.
    """

    shop: str
    as_of: datetime
    since: datetime
    currency: str
    visits: Visits
    funnel: Funnel
    categories: tuple[Funnel, ...]
    carts: Left
    views: Left
    seasons: Seasonality
    months: tuple[Month, ...]
    price: PriceSense
    elasticities: tuple[Elasticity, ...]
    preferred: tuple[Preferred, ...]
    again: tuple[Again, ...]
    cycles: int
    without: int
    due: dict[str, int]
    kinds: tuple[Cycle, ...]
    names: dict[str, str]
