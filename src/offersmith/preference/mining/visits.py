"""Customers' baskets one after another, as sparse matrices: what each holds, and what comes soon after or before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.measures import Whole


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """The visits of known customers, by customer and then by time.

    Attributes:
        holds: visits by items, ones (int32).
        customer: of each visit, 0, 1, ... in order.
    """

    holds: csr_array
    customer: Whole

    @property
    def customers(self) -> int:
        """Customers who bought anything."""
        return int(self.customer.max(initial=-1)) + 1

    @property
    def lengths(self) -> Whole:
        """Visits of each customer."""
        return np.bincount(self.customer, minlength=self.customers)

    def ends(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which visits are a customer's first, and which their last."""
        change = np.diff(self.customer) != 0
        some = [True] if len(self.customer) else []
        return np.concatenate([some, change]).astype(np.bool_), np.concatenate([change, some]).astype(np.bool_)

    def of(self, items: Whole) -> Visits:
        """Return the same visits with only some items."""
        return Visits(self.holds[:, items].tocsr(), self.customer)

    def near(self, within: int, *, after: bool) -> csr_array:
        """Return for each visit what is in the next (or in the previous) visits of its customer, ones."""
        count = len(self.customer)
        steps = range(1, min(within, count - 1) + 1)
        bands = [(self.customer[step:] == self.customer[:-step]).astype(np.int32) for step in steps]
        if not bands:
            return csr_array(self.holds.shape, dtype=np.int32)
        offsets = [step if after else -step for step in steps]
        return ones(diags_array(bands, offsets=offsets, shape=(count, count), dtype=np.int32) @ self.holds)

    def by_customer(self, matrix: csr_array, which: NDArray[np.bool_] | None = None) -> csr_array:
        """Return customers by items: how many of their visits (or of `which` of them) have each in a matrix of ones."""
        weight = np.ones(len(self.customer), np.int32) if which is None else which.astype(np.int32)
        shape = (self.customers, len(self.customer))
        return without_zeros(csr_array((weight, (self.customer, np.arange(shape[1]))), shape=shape) @ matrix)


def visits(found: Incidence, *, nobody: bool = False) -> Visits:
    """Return the visits of known customers; their baskets at the very same moment are one.

    Args:
        found: the matrix.
        nobody: whether the baskets of nobody known are there, too, as those of one more customer.
    """
    asked = np.arange(found.baskets) if nobody else np.flatnonzero(found.customer >= 0)
    rows = asked[np.lexsort((found.time[asked], found.customer[asked]))]
    who, when = found.customer[rows], found.time[rows]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (np.diff(who) != 0) | (np.diff(when) != 0) | (who[1:] < 0)
    number = np.cumsum(new) - 1
    shape = (int(new.sum()), len(rows))
    join = csr_array((np.ones(len(rows), np.int32), (number, np.arange(len(rows)))), shape=shape)
    change = np.diff(who[new], prepend=-2) != 0
    return Visits(ones(join @ found.matrix[rows]), np.cumsum(change) - 1)


def ones(matrix: csr_array) -> csr_array:
    """Return a one wherever a matrix is not zero."""
    found = without_zeros(matrix)
    found.data[:] = 1
    return found


def without_zeros(matrix: csr_array) -> csr_array:
    """Return a matrix that stores what is there and nothing else."""
    found = matrix.tocsr()
    found.eliminate_zeros()
    return found


def holders(matrix: csr_array) -> Whole:
    """Return how many rows have each column."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])
