"""What every clustering is: learned once from a table of profiles, then labels any table, a part at a time."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.clusters.columns import Floats, Ints, needed, numbers
from offersmith.profiles.clusters.scaling import Scaling

APART, NO_PURCHASE = 0, -1
"""Labels of customers in no segment: unlike all others, or nothing bought yet. Segments count from 1, best first."""
VALUE = "spend"
"""The feature that orders segments."""
_PART = 1 << 18


class Clustering(Protocol):
    """Segments that were found in a shop.

    Attributes:
        method: a key of `CLUSTERINGS`.
        scaling: how a profile becomes a point.
        centres: (k, d) the middle of every segment, in the coordinates of `scaling`, in their order.
        stability: agreement of two random halves; None where it was not measured.
    """

    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def scaling(self) -> Scaling: ...  # noqa: D102
    @property
    def centres(self) -> Floats: ...  # noqa: D102
    @property
    def stability(self) -> float | None: ...  # noqa: D102

    def place(self, points: Floats) -> Ints:
        """Return (n,) the segment of each of (n, d) points, from 1; `APART` where none is near."""
        ...


def label(clustering: Clustering, profiles: pa.Table, unlike: NDArray[np.bool_] | None = None) -> pa.Table:
    """Return `customer_id`, `segment` (see `APART`) and `outlier`, a row per row of the profile table.

    Args:
        clustering: what was found.
        profiles: whom to label, whether it learned from them or not.
        unlike: (n,) who was kept out when it learned; None is nobody.

    Raises:
        InputError: the table lacks a feature that the clustering needs.
    """
    needed(profiles, ("orders", *clustering.scaling.names))
    rows = profiles.num_rows
    segment = np.full(rows, NO_PURCHASE, np.int64)
    for start in range(0, rows, _PART):
        part = profiles.slice(start, _PART)
        mine = slice(start, start + part.num_rows)
        bought = numbers(part, "orders") > 0
        segment[mine] = np.where(bought, clustering.place(clustering.scaling.points(part)), NO_PURCHASE)
    outlier = np.zeros(rows, np.bool_) if unlike is None else unlike & (segment != NO_PURCHASE)
    return pa.table({"customer_id": profiles["customer_id"], "segment": segment, "outlier": outlier})


def sample(profiles: pa.Table, *, seed: int, most: int) -> pa.Table:
    """Return customers who bought, at most so many by lot, in the table's order.

    Raises:
        InputError: nobody has bought, or the table lacks `orders`.
    """
    needed(profiles, ("orders",))
    rows = np.flatnonzero(numbers(profiles, "orders") > 0)
    if not len(rows):
        said = "nobody has bought yet: there is nothing to tell customers apart by"
        raise InputError(said, key="nobody_bought", field="orders")
    return profiles.take(drawn(rows, seed=seed, most=most))


def drawn(rows: Ints, *, seed: int, most: int) -> Ints:
    """Return at most so many of some rows, by lot, in their order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def by_value(labels: Ints, values: NDArray[np.float64], centres: Floats) -> Ints:
    """Return (k,) the clusters in the order of the mean value of their members, the best first.

    Args:
        labels: (n,) cluster of each member from 0; negative ones are in none.
        values: (n,) what members are worth; unknown is nothing.
        centres: (k, d); where clusters are worth the same, the larger first coordinate goes first.
    """
    k, inside = len(centres), labels >= 0
    sums = np.bincount(labels[inside], np.nan_to_num(values[inside]), minlength=k)
    means = sums / np.maximum(np.bincount(labels[inside], minlength=k), 1)
    keys = [*(-centres[:, place] for place in reversed(range(centres.shape[1]))), -means]
    return np.asarray(np.lexsort(keys), dtype=np.int64)


def values_of(profiles: pa.Table) -> Floats:
    """Return (n,) what orders segments; zeros where the table does not say."""
    return numbers(profiles, VALUE) if VALUE in profiles.column_names else np.zeros(profiles.num_rows)
