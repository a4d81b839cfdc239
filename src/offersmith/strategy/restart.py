"""Second chances for small instances, where a single customer weighs enough to be worth the whole rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy import kernels
from offersmith.strategy.exchange import exchange
from offersmith.strategy.kernels import Bits, Choice

SMALL = 256
"""Customers up to whom it is tried; beyond, the gap is small anyway."""


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """What the search of one price has found: the switches in their order, and the choices they start from.

    Attributes:
        start: (n,) choices at a price above all switches.
        order: of the switches, dearest price first.
        who: the customer of each switch.
        to: the offer of each switch.
        price: the final dual price.
        near: customers whose choices may be exchanged.
        window: how many switches past the first that does not fit are tried.
    """

    start: Choice
    order: NDArray[np.int64]
    who: NDArray[np.int64]
    to: Choice
    price: float
    near: NDArray[np.int64]
    window: int


def restart(value: Bits, cost: Bits, bound: float, filling: Filling, choice: Choice) -> Choice:
    """Return the best of `choice` and of what comes out when one customer's offer is given first.

    Every customer gets one chance, with the most valuable offer that fits the budget alone; so the answer is worth at
    least half of the optimum (Dantzig's bound for the greedy and the best single item).
    """
    best, best_worth = choice, _worth(value, cost, choice)
    for customer in range(value.shape[1]):
        fits = np.where(cost[:, customer] <= bound, value[:, customer], -np.inf)
        trial = filling.start.copy()
        trial[customer] = fits.argmax()
        _, used = kernels.totals(value, cost, trial)
        if fits.max() > 0 and (used[0] - bound) + used[1] <= 0:
            others = filling.order[filling.who[filling.order] != customer]
            _, total, rest = kernels.fill(
                value, cost, others, filling.who, filling.to, used, bound, trial, filling.window
            )
            exchange(value, cost, bound, filling.price, filling.near, trial, (total, rest))
            worth = _worth(value, cost, trial)
            best, best_worth = (trial, worth) if worth > best_worth else (best, best_worth)
    return best


def _worth(value: Bits, cost: Bits, choice: Choice) -> float:
    (worth, rest), _ = kernels.totals(value, cost, choice)
    return worth + rest
