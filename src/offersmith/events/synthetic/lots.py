"""Who is sent which offer: by lot with equal chances, by lot of towns, or by what the shop sees of its customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from offersmith.events.synthetic.promotions import ARMS, CHANCES
from offersmith.events.synthetic.shelf import Floats, Ints
from offersmith.events.synthetic.switches import Switches

Unit = Literal["customer", "town"]
_FARTHEST = 2.5  # standard deviations: no chance is so small that nobody has it


@dataclass(frozen=True, slots=True)
class Lottery:
    """The chances of every customer in every campaign, and what was drawn.

    Attributes:
        score: (n,) how good a customer the shop thinks each is; zeros where it does not ask.
        rotation: whether who got nothing last time is preferred now.
        strength: log-odds per unit of either.
        drawn: (n, campaigns) index into `ARMS`.
        chance: (n, campaigns) the probability of what was drawn.
    """

    score: Floats
    rotation: bool
    strength: float
    drawn: Ints
    chance: Floats

    def chances(self, campaign: int, last: Ints) -> Floats:
        """Return the chance of each arm in a campaign, customers x arms.

        Args:
            campaign: its number, from 0.
            last: (n,) arm of each customer in the campaign before; not read for the first.
        """
        return _chances(self.score, self.rotation, self.strength, campaign, last)


def standardised(orders: Ints) -> Floats:
    """Return what a shop makes of numbers of orders: log(1 + orders), mean 0, standard deviation 1, no extremes."""
    level = np.log1p(orders.astype(np.float64))
    spread = float(level.std())
    return np.clip((level - level.mean()) / spread, -_FARTHEST, _FARTHEST) if spread > 0 else np.zeros_like(level)


def draw(rng: np.random.Generator, campaigns: int, switches: Switches, town: Ints, orders: Ints, unit: Unit) -> Lottery:
    """Draw an arm for each customer in each campaign.

    Args:
        rng: luck.
        campaigns: how many there are.
        switches: whether and how the chances depend on the customer.
        town: (n,) of each customer.
        orders: (n,) what each had bought when the shop last looked.
        unit: whether each customer draws, or each town for all who live there.
    """
    n = len(town)
    by_orders = switches.logging > 0 and switches.logged_by == "orders"
    score = standardised(orders) if by_orders else np.zeros(n)
    rotation = switches.logging > 0 and switches.logged_by == "rotation"
    luck = rng.random((n, campaigns))
    if unit == "town":
        luck = luck[np.unique(town, return_index=True)[1]][np.unique(town, return_inverse=True)[1]]
    drawn, chance = np.zeros((n, campaigns), dtype=np.int64), np.zeros((n, campaigns))
    last = np.zeros(n, dtype=np.int64)
    for number in range(campaigns):
        each = _chances(score, rotation, switches.logging, number, last)
        last = np.sum(np.cumsum(each, axis=1)[:, :-1] <= luck[:, [number]], axis=1, dtype=np.int64)
        drawn[:, number], chance[:, number] = last, each[np.arange(n), last]
    return Lottery(score, rotation, switches.logging, drawn, chance)


def _chances(score: Floats, rotation: bool, strength: float, campaign: int, last: Ints) -> Floats:
    push = strength * score
    if rotation and campaign:
        push = push + np.where(last > 0, -strength, strength)
    odds = np.array(CHANCES) * np.where(np.arange(len(ARMS)) > 0, np.exp(push)[:, None], 1.0)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
