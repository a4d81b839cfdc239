"""Segments that are where customers stand close together; whoever stands apart is in none.

What the density methods share: core customers keep their segment, and everybody else, also those who were not in the
sample, gets the segment of the nearest core customer where one is near enough. Ester and others 1996, "A density-based
algorithm for discovering clusters"; Campello, Moulavi and Sander 2013, "Density-based clustering based on hierarchical
density estimates".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.spatial import KDTree
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from offersmith.profiles.clusters.base import APART, by_value, sample, values_of
from offersmith.profiles.clusters.columns import Floats, Ints
from offersmith.profiles.clusters.scaling import IDEAS, Idea, Scaling
from offersmith.profiles.clusters.scaling import learn as learn_scaling
from offersmith.profiles.clusters.stability import agreement, halves

NEIGHBOURS = 10
"""A core customer has so many others, counting itself, within reach."""
SPLITS = 6
_SAMPLE = 6_000
_ALIKE = 1e-9
"""How far customers reach who are all the same."""

Found = tuple[Ints, Floats]
"""(n,) cluster of each point from 0, -1 for those in none, and (n,) how far each core point reaches, 0 for others."""


@dataclass(frozen=True, slots=True, eq=False)
class DensitySegments:
    """Segments by nearest core customer.

    Attributes:
        method: how they were found.
        scaling: how a profile becomes a point.
        centres: (k, d) mean of the core customers, in the order of the value of all members.
        cores: (m, d) the core customers.
        segments: (m,) theirs, from 1.
        reach: (m,) how far from each of them somebody still belongs to its segment.
        stability: median agreement of random halves, in none counting as one segment; None with one segment or none.
        customers: how many it was fitted to.
    """

    method: str
    scaling: Scaling
    centres: Floats
    cores: Floats
    segments: Ints
    reach: Floats
    stability: float | None
    customers: int

    def place(self, points: Floats) -> Ints:
        """Return (n,) the segment of each of (n, d) points, from 1; `APART` where no core customer is near."""
        return _placed(self.cores, self.segments, self.reach, points)


def fit(
    profiles: pa.Table,
    method: str,
    cluster: Callable[[Floats], Found],
    *,
    seed: int,
    ideas: Sequence[Idea] = IDEAS,
    splits: int = SPLITS,
) -> DensitySegments:
    """Find segments with one of the methods.

    Args:
        profiles: a profile table; customers without a purchase are not looked at.
        method: its name.
        cluster: finds clusters among points.
        seed: of the sample and of the halves.
        ideas: what may form segments.
        splits: pairs of halves that stability is measured on; 0 leaves it out.

    Raises:
        InputError: nobody has bought, or a column is missing.
    """
    people = sample(profiles, seed=seed, most=_SAMPLE)
    scaling = learn_scaling(people, ideas)
    points = scaling.points(people)
    with threadpool_limits(limits=1):
        labels, reach = _clustered(points, cluster)
        core = reach > 0
        placed = _placed(points[core], labels[core] + 1, reach[core], points) - 1
        k = int(labels.max()) + 1 if len(labels) else 0
        centres = np.array([points[core & (labels == one)].mean(axis=0) for one in range(k)]).reshape(
            k, points.shape[1]
        )
        order = by_value(placed, values_of(people), centres)
        firm = _stability(points, cluster, splits, seed) if k > 1 and splits else None
    number = np.empty(k, np.int64)
    number[order] = np.arange(1, k + 1)
    return DensitySegments(
        method, scaling, centres[order], points[core], number[labels[core]], reach[core], firm, people.num_rows
    )


def core_distances(points: Floats, neighbours: int = NEIGHBOURS) -> Floats:
    """Return (n,) how far the last of so many nearest points is, each counting itself."""
    many = min(neighbours, len(points))
    far, _ = KDTree(points).query(points, k=[many])
    return np.asarray(far[:, 0], dtype=np.float64)


def _clustered(points: Floats, cluster: Callable[[Floats], Found]) -> Found:
    """Return what a method finds; few customers are in none, and those who are all alike in one."""
    if not points.shape[1] or not (points != points[0]).any():
        return np.zeros(len(points), np.int64), np.full(len(points), _ALIKE)
    if len(points) <= 2 * NEIGHBOURS:
        return np.full(len(points), -1, np.int64), np.zeros(len(points))
    return cluster(points)


def _placed(cores: Floats, segments: Ints, reach: Floats, points: Floats) -> Ints:
    if len(cores) and not cores.shape[1]:
        return np.full(len(points), segments[0], np.int64)
    if not len(cores):
        return np.full(len(points), APART, np.int64)
    far, which = KDTree(cores).query(points)
    return np.where(far <= reach[which], segments[which], APART).astype(np.int64)


def _stability(points: Floats, cluster: Callable[[Floats], Found], splits: int, seed: int) -> float:
    found = []
    for pair in halves(len(points), splits, seed):
        both = []
        for half in pair:
            labels, reach = _clustered(points[half], cluster)
            core = reach > 0
            both.append(_placed(points[half][core], labels[core] + 1, reach[core], points))
        found.append(agreement(both[0], both[1]))
    return float(np.median(found))
