"""A test of several offers as arrays: what every learner learns from, and what every judge judges on.

One row is one customer at one decision: who they were, which arm they were given and with which chance, and what came
of it. Arm 0 is the control (no offer). Where the outcome is the profit of a sale, `sale` says what it is made of, so
that a learner need not spend data on arithmetic it could know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offersmith.response.base import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm gives away.

    Attributes:
        name: as in the data.
        kind: arms of one kind differ in depth only (`percent_off`); empty = like no other.
        share: the part of a basket's value it takes off.
        fixed: what every use takes off or costs besides, major units.
        minimum: smallest basket it takes anything off, major units.
    """

    name: str
    kind: str = ""
    share: float = 0.0
    fixed: float = 0.0
    minimum: float = 0.0

    def relief(self, basket: Floats) -> Floats:
        """Return what a use takes off baskets, major units."""
        return np.asarray(np.where(basket >= self.minimum, self.share * basket + self.fixed, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Sale:
    """What an outcome is made of: `margin x basket - the arm's relief`, for those who bought.

    Attributes:
        bought: (n,) whether they bought.
        basket: (n,) what they bought, before the offer's cost, major units; 0 where nothing was.
        margin: profit before offers over the basket.
    """

    bought: Bools
    basket: Floats
    margin: float

    def take(self, rows: Ints) -> Sale:
        """Return some of the rows."""
        return Sale(self.bought[rows], self.basket[rows], self.margin)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Decisions and what came of them.

    Attributes:
        x: (n, p) features, finite.
        names: (p,) their names.
        arm: (n,) index into `arms` of what was given.
        arms: what could be given; the first is the control.
        outcome: (n,) what is judged, usually profit in major units.
        propensity: (n,) chance with which the given arm was given, in (0, 1].
        customer: (n,) number of the customer; rows of one are kept together and counted as one.
        sale: what the outcome is made of, where that is known.
        logged: whether the chances were recorded, not fitted.
    """

    x: Floats
    names: tuple[str, ...]
    arm: Ints
    arms: tuple[Arm, ...]
    outcome: Floats
    propensity: Floats
    customer: Ints
    sale: Sale | None = None
    logged: bool = True

    def __len__(self) -> int:
        return len(self.arm)

    @property
    def counts(self) -> Ints:
        """(k,) rows of each arm."""
        return np.bincount(self.arm, minlength=len(self.arms))

    def take(self, rows: Ints) -> Trial:
        """Return some of the rows."""
        return replace(
            self,
            x=self.x[rows],
            arm=self.arm[rows],
            outcome=self.outcome[rows],
            propensity=self.propensity[rows],
            customer=self.customer[rows],
            sale=self.sale.take(rows) if self.sale else None,
        )


def named(names: Sequence[str]) -> tuple[Arm, ...]:
    """Return arms of which nothing but the name is known; the first is the control."""
    return tuple(Arm(name) for name in names)
