"""A block of customers with everything that decides what they do: the simulation and the truth read the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offersmith.events.synthetic.forms import Response
from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import VALID_DAYS, Campaign
from offersmith.events.synthetic.shelf import Floats, Ints
from offersmith.events.synthetic.switches import (
    CANNIBAL_DAYS,
    LASTING_DAYS,
    PULLED_DAYS,
    REMEMBERED_DAYS,
    STOCKED_DAYS,
    Switches,
)

LAGS = max(PULLED_DAYS, CANNIBAL_DAYS)
"""Days after the use of an offer in which it still matters."""


@dataclass(frozen=True, slots=True)
class World:
    """One block.

    Attributes:
        people: n customers.
        come: (n, days) chance of a visit.
        basket: (n, days) expected shelf value of a basket, major units.
        response: what offers do.
        demand: (n,) what each would buy in `STOCKED_DAYS` without offers and with full shelves.
        switches: what makes it hard.
        campaigns: the mailings, by start; no two hold at once.
    """

    people: People
    come: Floats
    basket: Floats
    response: Response
    demand: Floats
    switches: Switches
    campaigns: tuple[Campaign, ...]

    @property
    def lags(self) -> int:
        """How many days since the last use of an offer have to be told apart."""
        return LAGS if self.switches.pull_forward or self.switches.cannibalised else 0

    def running(self, day: int) -> int:
        """Return the number of the campaign whose offers hold on a day, -1 for none."""
        for number, one in enumerate(self.campaigns):
            if one.start <= day < one.start + VALID_DAYS:
                return number
        return -1

    def odds(self, day: int, number: int, arms: Sequence[Ints]) -> tuple[Floats, Floats]:
        """Return the chance that a visit ends in a purchase, without an offer and with the one drawn last.

        Args:
            day: number of the day.
            number: of the campaign whose offers hold, -1 for none.
            arms: of each campaign up to now, (..., n) the arm of each customer.

        Returns:
            Two arrays (..., n). Neither knows of empty shelves and of what was brought forward.
        """
        people, switches, lift = self.people, self.switches, self.response.lift
        rows = np.arange(len(people.ids))
        free, held = people.will, people.will
        for campaign, arm in zip(self.campaigns, arms, strict=False):
            end = campaign.start + VALID_DAYS
            if switches.carry_over and end <= day < end + LASTING_DAYS:
                stays = switches.carry_over * lift[rows, arm]
                free, held = free + stays, held + stays
            if switches.waiting and end <= day < campaign.start + REMEMBERED_DAYS:
                free = free - switches.waiting * (arm > 0)
        if number < 0:
            return expit(free), expit(free)
        fresh = lift[rows, arms[number]]
        if switches.fatigue:
            fresh = fresh * (1 - switches.fatigue) ** self._received(number, arms)
        # Whoever drew nothing is not with an offer, and waits like anybody without one.
        return expit(free), expit(np.where(np.asarray(arms[number]) > 0, held + fresh, free))

    def _received(self, number: int, arms: Sequence[Ints]) -> Floats:
        start, count = self.campaigns[number].start, np.zeros(np.shape(arms[number]))
        for campaign, arm in zip(self.campaigns[:number], arms, strict=False):
            if campaign.start > start - REMEMBERED_DAYS:
                count = count + (arm > 0)
        return count

    def left(self, since: Ints) -> Floats:
        """Return which share of purchases is still to be made, so many days after the last use of an offer."""
        return np.asarray(1 - self.switches.pull_forward * (since <= PULLED_DAYS), dtype=np.float64)

    def thinned(self, since: Ints) -> Floats:
        """Return the factor on the further lines of a basket at full price, so many days after that use."""
        return np.asarray(1 - self.switches.cannibalised * (since <= CANNIBAL_DAYS), dtype=np.float64)

    def by_town(self, values: Floats) -> Floats:
        """Add up (..., n) over the customers of each town: (..., towns)."""
        town, towns = self.people.town, len(self.people.towns)
        flat = values.reshape(-1, town.size)
        summed: Floats = np.stack([np.bincount(town, line, towns).astype(np.float64) for line in flat])
        return summed.reshape(*values.shape[:-1], towns)

    def full_shelves(self) -> Floats:
        """Return the sales of the last `STOCKED_DAYS` of a shop that was never short, by day and town: none."""
        return np.zeros((STOCKED_DAYS, len(self.people.towns)))

    def found(self, sold: Floats) -> Floats:
        """Return the chance that a visit finds what it came for, (..., n).

        Args:
            sold: (..., towns) sales of the last `STOCKED_DAYS`.
        """
        usual = self.by_town(self.demand)
        ratio = sold / np.where(usual > 0, usual, 1.0)
        return np.asarray(1 / (1 + self.switches.shared_stock * ratio**2))[..., self.people.town]


def expit(odds: Floats) -> Floats:
    """Return chances from log-odds."""
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)
