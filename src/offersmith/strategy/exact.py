"""The true optimum of a small assignment by mixed-integer programming (HiGHS in SciPy): the oracle of the tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy.allocation.quiet import quiet
from offersmith.strategy.kernels import Bits, Choice
from offersmith.strategy.linear import LinearRow

LARGEST = 100_000
"""Cells (offers x customers) beyond which the oracle is refused: it would not come back in reasonable time."""


def optimum(value: Bits, rows: Sequence[LinearRow]) -> tuple[float, Choice]:
    """Return the value of the best assignment within the rows, and its choice (int16, -1 for none).

    Args:
        value: float32 (K, n); -inf where an offer is not allowed.
        rows: any number of rows.

    Raises:
        InputError: the instance is larger than the oracle is for.
        InfeasibleError: no assignment keeps the rows.
    """
    offers, customers = value.shape
    if value.size > LARGEST:
        raise InputError(f"the exact oracle takes at most {LARGEST:,} cells; got {offers} x {customers}")
    if not value.size:
        return 0.0, np.full(customers, -1, np.int16)
    allowed = np.isfinite(value).astype(np.float64).ravel()
    worth = np.where(np.isfinite(value), value, 0).astype(np.float64).ravel()
    with quiet():
        result = milp(
            -worth,
            integrality=np.ones(worth.size),
            bounds=Bounds(0, allowed),
            constraints=LinearConstraint(*_limits(offers, customers, rows)),
            options={"mip_rel_gap": 0.0},
        )
    if result.x is None:
        raise InfeasibleError(f"no assignment keeps the rows {[row.name for row in rows]}: {result.message}")
    given = result.x.reshape(offers, customers) > 0.5
    choice = np.where(given.any(axis=0), given.argmax(axis=0), -1).astype(np.int16)
    return float(worth.reshape(offers, customers)[given].sum()), choice


def _limits(offers: int, customers: int, rows: Sequence[LinearRow]) -> tuple[csr_array, float, NDArray[np.float64]]:
    cells = np.arange(offers * customers)
    once = csr_array((np.ones(cells.size), (cells % customers, cells)), shape=(customers, cells.size))
    lines = [csr_array(row.coefficients.astype(np.float64).reshape(1, -1)) for row in rows]
    bounds = np.array([1.0] * customers + [row.bound for row in rows])
    return csr_array(vstack([once, *lines])), -np.inf, bounds
