"""When people come and what they want then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.shelf import Floats, Shelf

_PEAK = (330, 0, 130, 60, 340, 350, 160, 345)  # day of the year each category is wanted most
_SWING = (0.2, 0.1, 0.8, 0.2, 0.7, 0.4, 0.5, 0.4)
EXTRA_PIECE = 0.15
"""Chance that a line is for two pieces."""


@dataclass(frozen=True, slots=True)
class Season:
    """The calendar of a shop.

    Attributes:
        traffic: factor on visits, one per day.
        weekend: whether it is Saturday or Sunday, one per day.
        wanted: factor on taste, categories x days.
    """

    traffic: Floats
    weekend: npt.NDArray[np.bool_]
    wanted: Floats

    def visits(self, people: People) -> Floats:
        """Return the chance that each customer visits on each day, customers x days."""
        factor = np.where(self.weekend, people.weekend[:, None], 1.0)
        return np.minimum(people.visits[:, None] * factor * self.traffic, 0.9)

    def basket(self, people: People, shelf: Shelf) -> Floats:
        """Return the expected shelf value of each customer's basket on each day, major units, customers x days."""
        price = (people.mix @ (self.wanted * shelf.mean_price[:, None])) / (people.mix @ self.wanted)
        return (1 + people.lines)[:, None] * (1 + EXTRA_PIECE) * price


def calendar(start: date, days: int) -> Season:
    """Return the season of `days` days from `start`."""
    day = np.datetime64(start) + np.arange(days)
    of_year = (day - day.astype("datetime64[Y]")).astype(np.float64)
    weekday = (day.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    turn = 2 * np.pi * (of_year[None, :] - np.array(_PEAK)[:, None]) / 365.25
    return Season(
        traffic=1 + 0.1 * np.cos(2 * np.pi * (of_year - 345) / 365.25) + 0.5 * np.exp(-(((of_year - 345) / 10) ** 2)),
        weekend=weekday >= 5,
        wanted=1 + np.array(_SWING)[:, None] * np.cos(turn),
    )
