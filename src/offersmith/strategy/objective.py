"""What a plan tries to make large, as a value for every customer and offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from offersmith.strategy.candidates import Candidates
from offersmith.strategy.kernels import Bits, Floats


def profit(candidates: Candidates) -> Floats:
    """Return the expected incremental profit after the offer's cost, major units, shape (K, n)."""
    return candidates.profit


OBJECTIVES: Mapping[str, Callable[[Candidates], Floats]] = MappingProxyType({"profit": profit})
"""Every objective by name."""


def as_value(candidates: Candidates, worth: Floats) -> Bits:
    """Return `worth` as the assignment takes it: float32, -inf where an offer is not allowed."""
    return np.where(candidates.allowed, worth, -np.inf).astype(np.float32)


def as_cost(cost: Floats) -> Bits:
    """Return costs as float32, rounded up: what fits in float32 then fits in float64 too."""
    rounded = cost.astype(np.float32)
    return np.where(rounded < cost, np.nextafter(rounded, np.float32(np.inf)), rounded).astype(np.float32)
