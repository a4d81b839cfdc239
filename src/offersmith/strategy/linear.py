"""A limit on the whole with a coefficient for every offer and customer: what `assign` prices and `exact` may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LinearRow:
    """sum over customers of coefficients[offer of the customer, customer] <= bound; none draws nothing.

    Attributes:
        name: of the limit.
        coefficients: (K, n) float32; `assign` takes none below zero.
        bound: what may be used.
    """

    name: str
    coefficients: NDArray[np.float32]
    bound: float
