"""The effect of something that whole groups were given or not: towns, shops, weeks.

Where what one customer gets changes what is left for the next (shared stock), customers drawn one by one spoil each
other's comparison: controls miss what the treated took. Groups that share nothing are then what is drawn, and what is
compared; a group counts once, however many customers it has (Hayes and Moulton, Cluster Randomised Trials, 2nd ed.
2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from offersmith.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MIN_CLUSTERS = 4
"""With fewer groups of either kind there is an estimate and no interval."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """The effect a customer of giving it to a whole group, over giving it to none of a group.

    Attributes:
        estimate: difference of the two means, each customer counting once.
        standard_error: over groups; None with fewer than `MIN_CLUSTERS` of either kind.
        ci_low, ci_high: Student's interval; None likewise.
        clusters_treated, clusters_control: groups.
        rows: customers.
        naive_error: standard error if customers had been drawn one by one; how much too small it is shows what the
            groups have in common.
        confidence: of the interval.
    """

    estimate: float
    standard_error: float | None
    ci_low: float | None
    ci_high: float | None
    clusters_treated: int
    clusters_control: int
    rows: int
    naive_error: float
    confidence: float = 0.95

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def clustered(outcome: Floats, treated: Bools, cluster: Sequence[Any], *, confidence: float = 0.95) -> Clustered:
    """Compare groups that were given something with groups that were not.

    Args:
        outcome: (n,) what each customer did; less what they did before (or what was predicted of them), if that is
            known, for a narrower interval.
        treated: (n,) whether it was given; the same for all of a group.
        cluster: (n,) name of each customer's group.
        confidence: of the interval.

    Raises:
        InputError: lengths differ, an outcome is not finite, a group is split, or all or no groups were treated.
    """
    _, group = np.unique(np.asarray(cluster), return_inverse=True)
    if not len(outcome) == len(treated) == len(group):
        raise InputError(f"{len(outcome)} outcomes, {len(treated)} treatments and {len(group)} groups: not one each")
    wrong = int((~np.isfinite(outcome)).sum())
    if wrong:
        raise InputError(f"{wrong} of {len(outcome)} outcomes are not finite", field="outcome")
    sizes = np.bincount(group).astype(np.float64)
    given = np.bincount(group, treated.astype(np.float64))
    split = int(((given > 0) & (given < sizes)).sum())
    if split:
        raise InputError(f"{split} of {len(sizes)} groups have treated and untreated customers", field="treated")
    kinds = (given > 0, given == 0)
    if not all(kind.any() for kind in kinds):
        raise InputError(
            f"{int(kinds[0].sum())} of {len(sizes)} groups are treated: nothing to compare", field="treated"
        )
    totals = np.bincount(group, outcome)
    means, squares = [], []
    for kind in kinds:
        mean = float(totals[kind].sum() / sizes[kind].sum())
        count = int(kind.sum())
        rest = totals[kind] - mean * sizes[kind]
        means.append(mean)
        squares.append(float(np.sum(rest**2)) * count / max(count - 1, 1) / float(sizes[kind].sum()) ** 2)
    counts = [int(kind.sum()) for kind in kinds]
    estimate, error = means[0] - means[1], float(np.sqrt(sum(squares)))
    naive = np.sqrt(sum(float(outcome[rows].var()) / int(rows.sum()) for rows in (treated, ~treated)))
    reach = None
    if min(counts) >= MIN_CLUSTERS:
        parts = [square**2 / (count - 1) for square, count in zip(squares, counts, strict=True)]
        freedom = sum(squares) ** 2 / sum(parts) if error > 0 else float(sum(counts) - 2)
        reach = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return Clustered(
        estimate=estimate,
        standard_error=error if reach is not None else None,
        ci_low=estimate - reach if reach is not None else None,
        ci_high=estimate + reach if reach is not None else None,
        clusters_treated=counts[0],
        clusters_control=counts[1],
        rows=len(outcome),
        naive_error=float(naive),
        confidence=confidence,
    )
