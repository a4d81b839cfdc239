"""Who comes on which day, and whether they buy: the one place where an offer causes anything.

A customer visits at most once a day, offer or not. While an unused offer is valid, a visit ends in a purchase with
log-odds `will + per_point * points`; a purchase then uses the offer with the chance `redeems`, and it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS, Campaign, points
from offersmith.events.synthetic.shelf import Floats, Ints


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in order of day and customer.

    Attributes:
        who: row of the customer.
        day: number of the day, from 0.
        buys: whether it ends in a purchase.
        campaign: index of the campaign whose offer the purchase uses, -1 for none.
        arm: index into `ARMS` of that offer, 0 for none.
    """

    who: Ints
    day: Ints
    buys: npt.NDArray[np.bool_]
    campaign: Ints
    arm: Ints


def chances_to_buy(people: People, basket: Floats) -> Floats:
    """Return the chance that a visit ends in a purchase, customers x arms.

    Args:
        people: the customers.
        basket: each customer's expected basket over the year, major units: what an offer's depth is felt against.
    """
    depth = np.stack([points(arm, basket) for arm in range(len(ARMS))], axis=1)
    odds = people.will[:, None] + people.per_point[:, None] * depth
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def run(
    rng: np.random.Generator, people: People, come: Floats, buy: Floats, campaigns: tuple[Campaign, ...], drawn: Ints
) -> Visits:
    """Live through the days.

    Args:
        rng: luck.
        people: n customers.
        come: chance of a visit, n x days.
        buy: chance that it ends in a purchase, n x arms.
        campaigns: k mailings.
        drawn: arm of each customer in each mailing, n x k.
    """
    n, days = come.shape
    running = np.full(days, -1)
    for number, campaign in enumerate(campaigns):
        running[campaign.start : campaign.start + VALID_DAYS] = number
    rows = np.arange(n)
    arm = np.zeros(n, dtype=np.int64)
    parts = []
    for day, number in enumerate(running.tolist()):
        if number < 0:
            arm = np.zeros(n, dtype=np.int64)
        elif day == campaigns[number].start:
            arm = drawn[:, number].copy()
        comes = rng.random(n) < come[:, day]
        buys = comes & (rng.random(n) < buy[rows, arm])
        uses = buys & (arm > 0) & (rng.random(n) < people.redeems)
        who = np.flatnonzero(comes)
        used = uses[who]
        parts.append((who, np.full(who.size, day), buys[who], np.where(used, number, -1), np.where(used, arm[who], 0)))
        arm[uses] = 0
    return Visits(*(np.concatenate(column) for column in zip(*parts, strict=True)))
