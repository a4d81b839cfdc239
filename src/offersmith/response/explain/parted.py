"""Numbers taken apart by feature, and how sums, products and curves of them are taken apart.

A number f of a customer is seen as a game: its value for a set of features is f with those features the customer's own
and the others as in the background. Shares of features are Shapley values (1953): they add up, and are linear in f.
Of a product of two numbers whose shares are known and additive, the shares are
f_j (G0 + G) / 2 + g_j (F0 + F) / 2, each factor's share at the average of the other before and after; of a curve h(f)
they are those of f in proportion, the shares of Aumann & Shapley (1974), exact where f is additive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from offersmith.response.base import Floats

_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """base + values summed over features + rest = total.

    Attributes:
        base: (k,) of the background; k = 1 where all arms are alike.
        values: (n, k, p) of every feature.
        rest: (n, k) of no feature.
    """

    base: Floats
    values: Floats
    rest: Floats

    @classmethod
    def constant(cls, base: Floats, n: int, p: int) -> Parted:
        """Return (k,) numbers that are the same for everybody."""
        return cls(base, np.zeros((n, len(base), p)), np.zeros((n, len(base))))

    @property
    def total(self) -> Floats:
        """(n, k) the numbers."""
        return np.asarray(self.base + self.values.sum(axis=2) + self.rest)

    def plus(self, other: Parted) -> Parted:
        """Return the sum; arms are repeated where one side has a single one."""
        return Parted(self.base + other.base, self.values + other.values, self.rest + other.rest)

    def scaled(self, by: Floats | float) -> Parted:
        """Return (k,) or one times the numbers."""
        factor = np.atleast_1d(np.asarray(by, dtype=np.float64))
        return Parted(self.base * factor, self.values * factor[:, None], self.rest * factor)

    def shifted(self, by: Floats | float) -> Parted:
        """Return the numbers and (k,) or one more."""
        return replace(self, base=self.base + by)

    def less_first(self) -> Parted:
        """Return the numbers less those of arm 0."""
        return Parted(self.base - self.base[0], self.values - self.values[:, [0]], self.rest - self.rest[:, [0]])

    def times(self, other: Parted) -> Parted:
        """Return the product."""
        here, there = (self.base + self.total) / 2, (other.base + other.total) / 2
        return Parted(
            self.base * other.base,
            self.values * there[:, :, None] + other.values * here[:, :, None],
            self.rest * there + other.rest * here,
        )

    def through(self, curve: Callable[[Floats], Floats], low: float = -np.inf, high: float = np.inf) -> Parted:
        """Return a curve of the numbers.

        Args:
            curve: of (n, k) numbers, elementwise; (1, k) too.
            low: the least change a unit of the number may be said to make; what goes beyond it belongs to no feature.
            high: the most.
        """
        total = self.total
        moved = total - self.base
        start, end = curve(self.base[None, :])[0], curve(total)
        known = np.abs(moved) > _SAME * (1 + np.abs(total))
        slope = np.where(known, np.clip((end - start) / np.where(known, moved, 1.0), low, high), 0.0)
        values, rest = self.values * slope[:, :, None], self.rest * slope
        left = end - start - slope * moved
        return Parted(start, values, rest + left)

    def held(self, total: Floats) -> Parted:
        """Return the same with other totals (n, k), the difference belonging to no feature."""
        return replace(self, rest=self.rest + total - self.total)
