"""What each segment is: how many, what they are worth, and what sets them apart from everybody else.

How far a feature sets a segment apart is Cliff's delta (1993, "Dominance statistics"): the chance that a member has
more of it than another customer, less the chance of the contrary; 1 is every member more than everybody else, 0 is no
difference. It needs no unit, no shape of the distribution, and no reseller moves it. From 0.33 on it is called medium
and from 0.474 on large (Romano and others 2006). Beside it stand the medians in the feature's own unit, or the means
where both medians are the same, as they are of what most people never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import rankdata

from offersmith.errors import InputError
from offersmith.profiles.clusters.base import drawn
from offersmith.profiles.clusters.columns import Floats, Ints, needed, numbers
from offersmith.profiles.clusters.traits import TRAITS, Trait
from offersmith.profiles.segments import LATE_GAPS

FAINT, TELLING, STRONG = 0.147, 0.33, 0.6
"""Differences from here on are small, medium, and strong."""
MATERIAL = 0.1
"""Medians or means nearer to each other than this share of the larger one differ in nothing a person would see."""
ONCE = 0.75
"""A segment is of one-time buyers where at least this share ordered once."""
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True)
class Tell:
    """How one trait sets a segment apart.

    Attributes:
        trait: a code of `traits.TRAITS`.
        feature: the column behind it.
        difference: Cliff's delta, -1 to 1; positive where members have more.
        mine: median of the members, or mean, in the feature's unit.
        others: the same of all others.
        by: which of the two it is.
    """

    trait: str
    feature: str
    difference: float
    mine: float
    others: float
    by: str

    @property
    def telling(self) -> bool:
        """Whether a person would see it."""
        larger = max(abs(self.mine), abs(self.others))
        return abs(self.difference) >= TELLING and abs(self.mine - self.others) >= MATERIAL * larger > 0


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """One segment.

    Attributes:
        segment: its label; see `base.APART` for those below 1.
        customers: how many.
        share: of all customers in the table.
        spend: of all of them, ever, minor units.
        spend_share: of what everybody spent.
        spend_median: of a member, minor units.
        orders: of all of them, ever.
        outliers: members of such a volume that nothing was learned from them.
        once: whether nearly all ordered once only.
        late: whether most are overdue by the rhythm of their orders, or by the shop's.
        tells: what sets them apart, the strongest first; all traits that the table knows.
    """

    segment: int
    customers: int
    share: float
    spend: float
    spend_share: float
    spend_median: float
    orders: float
    outliers: int
    once: bool
    late: bool
    tells: tuple[Tell, ...]


def describe(
    profiles: pa.Table, labels: pa.Table, *, seed: int = 0, traits: Sequence[Trait] = TRAITS
) -> tuple[SegmentFacts, ...]:
    """Describe every label that occurs: segments in their order, then those in none.

    Args:
        profiles: a profile table with `orders`, `spend` and `recency` at least.
        labels: of the same rows, as `base.label` gives them.
        seed: of the sample that differences are worked out on.
        traits: what to describe by.

    Raises:
        InputError: the tables are not of the same customers, or a column is missing.
    """
    needed(profiles, ("orders", "spend", "recency"))
    needed(labels, ("segment",))
    if not profiles["customer_id"].equals(labels["customer_id"]):
        raise InputError("profiles and labels are not of the same customers in the same order", field="labels")
    segment = np.asarray(labels["segment"].to_numpy(), np.int64)
    outlier = np.asarray(labels["outlier"].to_numpy(), np.bool_) if "outlier" in labels.column_names else segment < -1
    known = sorted(set(np.unique(segment).tolist()), key=lambda one: (one < 1, one if one >= 1 else -one))
    place = np.searchsorted(np.sort(known), segment)
    rank = {int(one): at for at, one in enumerate(np.sort(known))}
    orders, spend = (np.nan_to_num(numbers(profiles, name)) for name in ("orders", "spend"))
    heads = np.bincount(place, minlength=len(known))
    sums = {name: np.bincount(place, held, len(known)) for name, held in (("orders", orders), ("spend", spend))}
    flagged = np.bincount(place, outlier, len(known))
    once = np.bincount(place, orders == 1, len(known)) >= ONCE * heads
    rows = drawn(np.flatnonzero(segment >= 0), seed=seed, most=_SAMPLE)
    some = profiles.take(rows)
    tells = _tells(some, segment[rows], traits)
    late = _late(some, segment[rows])
    return tuple(
        SegmentFacts(
            segment=int(one),
            customers=int(heads[rank[one]]),
            share=float(heads[rank[one]] / max(len(segment), 1)),
            spend=float(sums["spend"][rank[one]]),
            spend_share=float(sums["spend"][rank[one]] / max(spend.sum(), 1e-9)),
            spend_median=float(np.median(spend[segment == one])),
            orders=float(sums["orders"][rank[one]]),
            outliers=int(flagged[rank[one]]),
            once=bool(once[rank[one]]),
            late=late.get(int(one), False),
            tells=tells.get(int(one), ()),
        )
        for one in known
    )


def difference(values: Floats, mine: NDArray[np.bool_]) -> float:
    """Return Cliff's delta of some against the others; 0 where either are nobody.

    Args:
        values: (n,) all known.
        mine: (n,) who is meant.
    """
    inside = int(mine.sum())
    outside = len(values) - inside
    if not inside or not outside:
        return 0.0
    above = rankdata(values)[mine].sum() - inside * (inside + 1) / 2
    return float(2.0 * above / (inside * outside) - 1.0)


def _tells(some: pa.Table, segment: Ints, traits: Sequence[Trait]) -> dict[int, tuple[Tell, ...]]:
    found: dict[int, list[Tell]] = {int(one): [] for one in np.unique(segment)}
    for trait in traits:
        held = _held(some, trait)
        if held is None:
            continue
        feature, values = held
        known = ~np.isnan(values)
        values, of = values[known], segment[known]
        for one, tells in found.items():
            mine = of == one
            if mine.any() and not mine.all():
                by, inside, outside = _middle(values[mine], values[~mine])
                tells.append(Tell(trait.name, feature, difference(values, mine), inside, outside, by))
    return {one: tuple(sorted(tells, key=lambda tell: -abs(tell.difference))) for one, tells in found.items()}


def _held(some: pa.Table, trait: Trait) -> tuple[str, Floats] | None:
    """Return the first feature of a trait that tells anybody apart, with its values."""
    for name in trait.columns:
        if name in some.column_names:
            values = numbers(some, name)
            known = values[~np.isnan(values)]
            if len(known) and known.min() < known.max():
                return name, values
    return None


def _middle(mine: Floats, others: Floats) -> tuple[str, float, float]:
    medians = float(np.median(mine)), float(np.median(others))
    return ("median", *medians) if medians[0] != medians[1] else ("mean", float(mine.mean()), float(others.mean()))


def _late(some: pa.Table, segment: Ints) -> dict[int, bool]:
    """Return of every segment whether its median customer is late, counted as `profiles.segments` does."""
    recency = numbers(some, "recency")
    cadence = numbers(some, "cadence") if "cadence" in some.column_names else np.full(len(recency), np.nan)
    usual = float(np.median(cadence[~np.isnan(cadence)])) if (~np.isnan(cadence)).any() else np.nan
    gap = np.maximum(np.fmax(cadence, usual), 1.0)
    late = recency > LATE_GAPS * gap
    return {int(one): bool(late[segment == one].mean() > 0.5) for one in np.unique(segment)}
