"""How customers move between segments from one moment to another.

The segments are learned once and everybody is labelled at both moments, so that a move is a customer who changed and
never a segment that was cut anew. Whoever is known at the later moment only has joined, at the earlier only has left.
It works on any labels: of `base.label`, of the built-in segments, of the cells of `rfm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.build import moment
from offersmith.profiles.clusters.base import Clustering, label

Label = int | str


@dataclass(frozen=True, slots=True)
class Migration:
    """How many moved from where to where.

    Attributes:
        start: the earlier moment; None where it was not said.
        end: the later one.
        labels: those of either moment, segments first and in order, then whoever is in none.
        table: `before` and `after` (null: not known then), `customers`, `share` of those who were in `before` or of
            those who joined; a row per pair that occurs, in the order of `labels`.
    """

    start: datetime | None
    end: datetime | None
    labels: tuple[Label, ...]
    table: pa.Table

    @property
    def joined(self) -> int:
        """Customers who were not known before."""
        return self._sum(pc.is_null(self.table["before"]))

    @property
    def left(self) -> int:
        """Customers who are not known any more."""
        return self._sum(pc.is_null(self.table["after"]))

    @property
    def stayed(self) -> int:
        """Customers who are where they were."""
        return self._sum(pc.equal(self.table["before"], self.table["after"]).fill_null(False))

    @property
    def moved(self) -> int:
        """Customers who are in another segment than before."""
        return self._sum(pc.not_equal(self.table["before"], self.table["after"]).fill_null(False))

    def counts(self) -> NDArray[np.int64]:
        """Return (k + 1, k + 1) customers by label before and after; the last row joined, the last column left."""
        k = len(self.labels)
        place = {code: at for at, code in enumerate(self.labels)}
        found = np.zeros((k + 1, k + 1), np.int64)
        for row in self.table.to_pylist():
            found[place.get(row["before"], k), place.get(row["after"], k)] = row["customers"]
        return found

    def _sum(self, rows: pa.ChunkedArray) -> int:
        return int(pc.sum(self.table.filter(rows)["customers"]).as_py() or 0)


def migration(
    before: pa.Table,
    after: pa.Table,
    *,
    column: str = "segment",
    start: datetime | None = None,
    end: datetime | None = None,
) -> Migration:
    """Count the moves between two labellings.

    Args:
        before: `customer_id` and a label of each.
        after: the same, later.
        column: that holds the label.
        start: the earlier moment, naive UTC.
        end: the later one.

    Raises:
        InputError: a column is missing, a customer is listed twice, or the moments are in the wrong order.
    """
    if start is not None and end is not None and start >= end:
        raise InputError(f"moves from {start.isoformat()} to {end.isoformat()} go back in time", field="start")
    one, other = _labels(before, column, "before"), _labels(after, column, "after")
    if one["before"].type != other["after"].type:
        raise InputError(f"the labels in {column} are of two types, before and after", field=column)
    joined = one.join(other, "customer_id", join_type="full outer", use_threads=False)
    found = joined.group_by(["before", "after"], use_threads=False).aggregate([("customer_id", "count")])
    sums = found.group_by("before", use_threads=False).aggregate([("customer_id_count", "sum")])
    whole = {row["before"]: row["customer_id_count_sum"] for row in sums.to_pylist()}
    labels = _ordered({*pc.unique(one["before"]).to_pylist(), *pc.unique(other["after"]).to_pylist()})
    place = {code: at for at, code in enumerate((*labels, None))}
    rows = sorted(found.to_pylist(), key=lambda row: (place[row["before"]], place[row["after"]]))
    kind = one["before"].type
    table = pa.table(
        {
            "before": pa.array([row["before"] for row in rows], kind),
            "after": pa.array([row["after"] for row in rows], kind),
            "customers": pa.array([row["customer_id_count"] for row in rows], pa.int64()),
            "share": pa.array([row["customer_id_count"] / whole[row["before"]] for row in rows], pa.float64()),
        }
    )
    return Migration(start, end, labels, table)


def over_time(clustering: Clustering, profiles: Sequence[pa.Table]) -> tuple[Migration, ...]:
    """Count the moves from each moment to the next, such as month to month.

    Args:
        clustering: learned once, at any moment.
        profiles: of two moments or more, each table as `profiles.build.build` makes it, the earliest first.

    Raises:
        InputError: fewer than two tables, one that does not know its moment, or moments in the wrong order.
    """
    if len(profiles) < 2:
        raise InputError("moves need the profiles of two moments at least", field="profiles", given=len(profiles))
    labelled = [(moment(table), label(clustering, table)) for table in profiles]
    return tuple(migration(before, after, start=start, end=end) for (start, before), (end, after) in pairwise(labelled))


def _labels(table: pa.Table, column: str, name: str) -> pa.Table:
    missing = [one for one in ("customer_id", column) if one not in table.column_names]
    if missing:
        raise InputError(f"the labels {name} lack {', '.join(missing)}", field=column)
    found = pa.table({"customer_id": table["customer_id"].cast(pa.string()), name: table[column]})
    if pc.count_distinct(found["customer_id"]).as_py() < found.num_rows or found[name].null_count:
        raise InputError(f"the labels {name} list a customer twice, or one without a label", field="customer_id")
    return found


def _ordered(labels: set[Label]) -> tuple[Label, ...]:
    """Return segments in their order, then the labels of customers in none; texts by themselves."""
    numbers = sorted((one for one in labels if isinstance(one, int)), key=lambda one: (one < 1, abs(one)))
    return (*numbers, *sorted(one for one in labels if isinstance(one, str)))
