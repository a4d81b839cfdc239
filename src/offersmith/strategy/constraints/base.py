"""What a constraint is: a rule about the whole plan that compiles to one linear row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What the constraints may look at.

    Attributes:
        cost: (K, n) float32, expected draw on the budget of giving offer k to customer i, major units.
        budget: major units.
    """

    cost: NDArray[np.float32]
    budget: float


@dataclass(frozen=True, slots=True, eq=False)
class LinearRow:
    """sum over customers of coefficients[offer of the customer, customer] <= bound; none draws nothing.

    Attributes:
        name: of the constraint.
        coefficients: (K, n) float32, not negative.
        bound: what may be used.
    """

    name: str
    coefficients: NDArray[np.float32]
    bound: float


class Constraint(Protocol):
    """A limit on a plan.

    `structural` limits hold by the shape of an answer (one choice a customer) and have no row and no price.
    """

    name: str
    structural: bool

    def row(self, problem: Problem) -> LinearRow | None:
        """Return the row, or None if the limit is structural."""
