"""What goes into a clustering, and how much each of it counts.

A profile has more than fifty columns, and ten of them say "spends much" in other words. Were all let in, that one idea
would vote ten times, and tastes that hardly differ between people would add nothing but noise: on two real shops the
halves of the customers agreed less once prices, discounts and hours of purchase were added to the habits. So one column
stands for an idea, five ideas form the segments (when last, how often, how much, since when, by coupon), and all other
features describe them.

Skewed columns are taken as log(1 + x); all are centred at their median and divided by IQR / 1.349, which is the
standard deviation of a normal column; where the middle half is equal, the standard deviation between the first and the
last hundredth stands in. Coordinates end at three of these units (winsorising), so that no reseller decides where
centres lie; whoever is no person (`profiles.apart`) is left out before. What is unknown is put at the median, where it
votes for no segment. Nothing is whitened: the money and frequency of customers go together, that shared direction is
what tells segments apart most reliably, and in a round cloud no cut is better than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.profiles.clusters.columns import Floats, needed, numbers

MOST = 3.0
"""Coordinates end here, in robust standard deviations."""
_IQR_OF_NORMAL = 1.349
_SAME = 0.97
"""Columns that go together more closely than this say the same."""


@dataclass(frozen=True, slots=True)
class Idea:
    """One thing that may tell customers apart.

    Attributes:
        name: a code.
        columns: features that say it, the best first; the first that the table knows and that varies is taken.
        log: whether log(1 + x) of it is taken.
    """

    name: str
    columns: tuple[str, ...]
    log: bool = False


IDEAS: tuple[Idea, ...] = (
    Idea("recency", ("recency",), log=True),
    Idea("frequency", ("orders",), log=True),
    Idea("money", ("spend",), log=True),
    Idea("tenure", ("tenure",), log=True),
    Idea("coupons", ("coupon_order_share", "redemption_rate", "deal_affinity", "discount_share")),
)
"""What forms segments when nothing else is asked for, the most important first."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is scaled.

    Attributes:
        idea: what it stands for.
        name: the feature.
        log: whether log(1 + x) is taken first.
        centre: the median, after the logarithm; unknown values are put there.
        scale: of one unit, after the logarithm.
    """

    idea: str
    name: str
    log: bool
    centre: float
    scale: float


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a profile becomes a point.

    Attributes:
        columns: one per dimension.
        dropped: (idea, why): `absent`, `unknown` (nobody has a value), `constant`, or `repeats` another idea.
    """

    columns: tuple[Column, ...]
    dropped: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The features of the dimensions."""
        return tuple(column.name for column in self.columns)

    def points(self, profiles: pa.Table) -> Floats:
        """Return (n, d) coordinates between -`MOST` and `MOST`.

        Raises:
            InputError: the table lacks a column.
        """
        needed(profiles, self.names)
        return np.clip(self._raw(profiles), -MOST, MOST)

    def _raw(self, profiles: pa.Table) -> Floats:
        found = np.zeros((profiles.num_rows, len(self.columns)))
        for place, column in enumerate(self.columns):
            values = (_taken(profiles, column.name, log=column.log) - column.centre) / column.scale
            found[:, place] = np.where(np.isnan(values), 0.0, values)
        return found


def learn(profiles: pa.Table, ideas: Sequence[Idea] = IDEAS) -> Scaling:
    """Learn the scaling of some ideas.

    Args:
        profiles: of customers who bought; a sample of them does.
        ideas: what is to tell customers apart, the most important first.

    Raises:
        InputError: no ideas, or one of them twice.
    """
    if not ideas or len({idea.name for idea in ideas}) < len(ideas):
        raise InputError("segments need ideas, each once", field="ideas", given=[idea.name for idea in ideas])
    columns: list[Column] = []
    dropped: list[tuple[str, str]] = []
    taken: list[Floats] = []
    for idea in ideas:
        column, why = _first(profiles, idea)
        if column is not None:
            values = np.clip(
                (_taken(profiles, column.name, log=column.log) - column.centre) / column.scale, -MOST, MOST
            )
            values = np.where(np.isnan(values), 0.0, values)
            if not any(_same(values, other) for other in taken):
                columns.append(column)
                taken.append(values)
                continue
            why = "repeats"
        dropped.append((idea.name, why))
    return Scaling(tuple(columns), tuple(dropped))


def _first(profiles: pa.Table, idea: Idea) -> tuple[Column | None, str]:
    """Return the first column of an idea that varies, or why there is none."""
    why = "absent"
    for name in idea.columns:
        if name not in profiles.column_names:
            continue
        values = _taken(profiles, name, log=idea.log)
        known = values[~np.isnan(values)]
        if not len(known):
            why = "unknown" if why == "absent" else why
            continue
        low, centre, high = (float(mark) for mark in np.quantile(known, (0.25, 0.5, 0.75)))
        scale = (high - low) / _IQR_OF_NORMAL
        if scale <= _least(centre):
            scale = float(np.clip(known, *np.quantile(known, (0.01, 0.99))).std())
        if scale > _least(centre):
            return Column(idea.name, name, idea.log, centre, scale), ""
        why = "constant"
    return None, why


def _taken(profiles: pa.Table, name: str, *, log: bool) -> Floats:
    values = numbers(profiles, name)
    return np.log1p(np.maximum(values, 0.0)) if log else values


def _least(centre: float) -> float:
    """Return what is no spread but rounding."""
    return 1e-9 * max(abs(centre), 1.0)


def _same(one: Floats, other: Floats) -> bool:
    if min(one.std(), other.std()) == 0.0:
        return False
    return bool(abs(np.corrcoef(one, other)[0, 1]) > _SAME)
