"""Whether arms were given by lot: if they were, nothing known beforehand tells who got what.

All features and arms are asked at once: Pillai's trace of the arms on the features and their squares, times the rows,
is chi-squared with (arms - 1) x columns degrees of freedom when arms are drawn alike for all (Pillai 1955; the score
test of a multinomial logit without slopes). Where chances are given instead, the inverse of the chance of the arm given
must average to 1 in every arm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc

from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.response.base import Floats, Ints
from offersmith.response.linear import steady

LEVEL = 1e-5
"""Assignment is held to depend on features only where chance would bring this less often."""
ROWS_A_COLUMN = 20
"""Fewer rows for each column, and nothing is asked: the statistic is not chi-squared yet."""
FAR = 5.0


@dataclass(frozen=True, slots=True)
class Lot:
    """How assignment depends on what was known.

    Attributes:
        chance: with which it would look this dependent, if arms were given by lot; None = too few rows to ask.
        columns: how many columns were asked.
        most: the column that differs most between arms; "" where nothing was asked.
    """

    chance: float | None
    columns: int
    most: str

    @property
    def doubted(self) -> bool:
        """Whether arms were not given by lot."""
        return self.chance is not None and self.chance < LEVEL

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def lot(x: Floats, names: tuple[str, ...], arm: Ints, arms: int, customer: Ints | None = None) -> Lot:
    """Ask whether an arm can be told from features.

    Of a customer with several rows one is asked: a lot that was drawn once for all of them, repeated beside features
    that repeat with it, would look dependent.

    Args:
        x: (n, p) features, finite.
        names: (p,) of them.
        arm: (n,) which was given.
        arms: how many there are.
        customer: (n,) whose rows count as one; None = every row its own.
    """
    if customer is not None:
        # Any one, not the first: a file in order of arms has the same arm first for whoever had several.
        order = np.random.default_rng(0).permutation(len(customer))
        one = order[np.unique(customer[order], return_index=True)[1]]
        x, arm = x[one], arm[one]
    spread = x.std(axis=0)
    kept = np.flatnonzero(spread > 1e-12 * np.maximum(np.abs(x).max(axis=0, initial=0.0), 1e-300))
    z = np.clip((x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept], -FAR, FAR)
    square = z * z
    design = np.column_stack([z, square[:, square.std(axis=0) > 1e-6]])
    if not len(kept) or len(x) < ROWS_A_COLUMN * design.shape[1]:
        return Lot(None, design.shape[1], "")
    given = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
    design, given = design - design.mean(axis=0), given - given.mean(axis=0)
    with steady():
        across = design.T @ given
        inner, rank = _inverse(design.T @ design)
        outer, free = _inverse(given.T @ given)
        trace = float(np.trace(outer @ (across.T @ inner @ across)))
        alone = np.einsum("pa,ab,pb->p", across, outer, across) / np.maximum((design**2).sum(axis=0), 1e-300)
    chance = float(chdtrc(rank * free, (len(x) - 1) * trace))
    return Lot(chance, design.shape[1], names[kept[int(np.argmax(alone[: len(kept)]))]])


def unlike(arm: Ints, arms: int, chance: Floats, customer: Ints | None) -> tuple[int, ...]:
    """Return the arms whose stated chances are not those they were given with: their inverse does not average 1.

    Args:
        arm: (n,) which was given.
        arms: how many there are.
        chance: (n,) stated for it, in (0, 1].
        customer: (n,) whose rows count as one; None = every row its own.
    """
    found = []
    for one in range(arms):
        about = mean_interval(np.where(arm == one, 1 / chance, 0.0), customer, 1 - LEVEL)
        if not about.low - 1e-3 <= 1 <= about.high + 1e-3:
            found.append(one)
    return tuple(found)


def _inverse(gram: Floats) -> tuple[Floats, int]:
    """Return a pseudo-inverse and the rank: columns may add up to one another."""
    values, vectors = np.linalg.eigh(gram)
    good = values > 1e-9 * max(float(values[-1]), 1e-300)
    scaled = vectors[:, good] / values[good]
    return scaled @ vectors[:, good].T, int(good.sum())
