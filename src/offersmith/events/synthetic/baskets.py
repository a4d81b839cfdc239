"""What is looked at and bought on each visit, and what the till asks for it.

Baskets are priced by `offers.stacking.evaluate` and by nothing else; a basket without an offer costs its shelf price,
which is what `evaluate` says of it (a test holds this).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import CURRENCY, OFFERS
from offersmith.events.synthetic.season import EXTRA_PIECE, Season
from offersmith.events.synthetic.shelf import Floats, Ints, Shelf
from offersmith.events.synthetic.visits import Visits
from offersmith.offers.basket import Basket, Line
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate

MOST = 12
"""No visit looks at more products than this beyond those it buys."""
_ABANDONED = 0.12


@dataclass(frozen=True, slots=True)
class Items:
    """Products looked at, in order of visit; those bought come first within a visit.

    Attributes:
        visit: row of the visit.
        number: 0, 1, ... within the visit.
        product: row of the product.
        bought: whether it was bought.
        carted: whether it went to the cart; all that was bought did.
        quantity: pieces, of those bought.
        off: minor units the offer takes off the line, of those bought.
    """

    visit: Ints
    number: Ints
    product: Ints
    bought: npt.NDArray[np.bool_]
    carted: npt.NDArray[np.bool_]
    quantity: Ints
    off: Ints


def fill(rng: np.random.Generator, visits: Visits, people: People, season: Season, shelf: Shelf) -> Items:
    """Draw what each visit looks at and buys, and price it."""
    buys = visits.buys.astype(np.int64)
    lines = buys * (1 + rng.poisson(people.lines[visits.who] * visits.lines))
    looks = lines + np.minimum(rng.poisson(2.0, lines.size) + (1 - buys), MOST)
    visit = np.repeat(np.arange(lines.size), looks)
    number = np.arange(visit.size) - np.repeat(np.cumsum(looks) - looks, looks)
    bought = number < lines[visit]
    product = shelf.pick(_categories(rng, visits, people, season, visit), rng.random(visit.size))
    carted = bought | (rng.random(visit.size) < _ABANDONED)
    quantity = 1 + (rng.random(visit.size) < EXTRA_PIECE).astype(np.int64)
    off = np.zeros(visit.size, dtype=np.int64)
    with_offer = np.flatnonzero(bought & (visits.arm[visit] > 0))
    ends = np.flatnonzero(np.diff(visit[with_offer], append=-1)) + 1
    for rows in np.split(with_offer, ends[:-1]) if with_offer.size else []:
        off[rows] = _relief(int(visits.arm[visit[rows[0]]]), product[rows], quantity[rows], shelf)
    return Items(visit, number, product, bought, carted, quantity, off)


def _relief(arm: int, product: Ints, quantity: Ints, shelf: Shelf) -> tuple[int, ...]:
    lines = tuple(
        Line(str(row), pieces, price)
        for row, pieces, price in zip(product.tolist(), quantity.tolist(), shelf.price[product].tolist(), strict=True)
    )
    return evaluate(Basket(lines, CURRENCY), [Promotion(OFFERS[arm - 1])]).lines


def _categories(rng: np.random.Generator, visits: Visits, people: People, season: Season, visit: Ints) -> Ints:
    """Draw the category of each item by the customer's taste and the season."""
    weight: Floats = people.mix[visits.who] * season.wanted.T[visits.day]
    reach = np.cumsum(weight, axis=1)
    luck = rng.random(visit.size) * reach[visit, -1]
    found: Ints = np.sum(reach[visit, :-1] <= luck[:, None], axis=1, dtype=np.int64)
    return found
