"""K-means (Lloyd 1982, started by k-means++): as many segments as come out the same whoever is looked at.

For every number of segments from `LEAST` to `MOST_K` two random halves of the customers are fitted apart, twenty times
over, and the median of their agreement says how stable that number is (`stability`). Of the numbers that reach
`STABLE` the one with the widest silhouette (Rousseeuw 1987) is taken: where several hold, the clearest counts. Where
none reaches `STABLE`, the least important idea is left out and all is tried anew, down to `FEWEST` ideas, and at last
along their first principal component alone, where cuts are firmest: few segments that hold are worth more than many
that do not. Where nothing reaches it, the numbers within a standard error of the most stable one are compared so.
What was tried is kept in `choices`. Fitting looks at a sample of customers, labelling at all of them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from offersmith.errors import InputError
from offersmith.profiles.clusters.base import by_value, drawn, sample, values_of
from offersmith.profiles.clusters.columns import Floats, Ints, nearest
from offersmith.profiles.clusters.scaling import IDEAS, Idea, Scaling
from offersmith.profiles.clusters.scaling import learn as learn_scaling
from offersmith.profiles.clusters.stability import Labeller, halves, stability

LEAST, MOST_K = 4, 10
STABLE = 0.85
FEWEST = 3
"""Ideas that are never left out."""
SPLITS = 20
MEMBERS = 10
"""Customers that a segment should have at least, on the mean, in either half."""
_SAMPLE, _STABILITY_SAMPLE, _SILHOUETTE_SAMPLE = 50_000, 8_000, 2_000
_RESTARTS, _FINAL_RESTARTS = 6, 20
_MEDIAN_ERROR = 1.2533
"""The standard error of a median over that of a mean, for a normal law."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One number of segments that was tried.

    Attributes:
        ideas: how many formed the segments.
        axes: dimensions they were fitted in; fewer than `ideas` where only principal components were used.
        segments: how many.
        stability: median agreement of two halves.
        error: standard error of it.
        silhouette: mean silhouette of a sample; None where the stability ruled it out before.
    """

    ideas: int
    axes: int
    segments: int
    stability: float
    error: float
    silhouette: float | None


@dataclass(frozen=True, slots=True, eq=False)
class KMeansSegments:
    """Segments by nearest centre.

    Attributes:
        scaling: how a profile becomes a point.
        centres: (k, d), in the order of the value of their members.
        basis: (d, m) directions in which distance is measured.
        chosen: what was taken; None where there were too few customers, or nothing told them apart.
        choices: what was tried.
        customers: how many it was fitted to.
    """

    scaling: Scaling
    centres: Floats
    basis: Floats
    chosen: Choice | None
    choices: tuple[Choice, ...]
    customers: int
    method: str = "kmeans"

    @property
    def stability(self) -> float | None:
        """Median agreement of two random halves."""
        return None if self.chosen is None else self.chosen.stability

    def place(self, points: Floats) -> Ints:
        """Return (n,) the segment of each of (n, d) points, from 1."""
        return nearest(points @ self.basis, self.centres @ self.basis) + 1


def fit(
    profiles: pa.Table,
    *,
    seed: int,
    ideas: Sequence[Idea] = IDEAS,
    least: int = LEAST,
    most: int = MOST_K,
    splits: int = SPLITS,
) -> KMeansSegments:
    """Find segments.

    Args:
        profiles: a profile table, of whom is to be learned; customers without a purchase are not looked at.
        seed: of all that is done by lot; the same seed gives the same segments.
        ideas: what may form segments, the most important first.
        least: segments at least; fewer where customers are too few or too alike.
        most: segments at most.
        splits: pairs of halves a number of segments is tried on.

    Raises:
        InputError: nobody has bought, a column is missing, or `least`, `most` or `splits` makes no sense.
    """
    if not 1 <= least <= most:
        raise InputError(f"segments from {least} to {most}: allowed is 1 <= least <= most", field="least", value=least)
    if splits < 2:
        raise InputError(f"{splits} splits are too few to judge by: 2 at least", field="splits", value=splits)
    people = sample(profiles, seed=seed, most=_SAMPLE)
    scaling = learn_scaling(people, ideas)
    with threadpool_limits(limits=1):
        return _fit(people, scaling, seed, range(least, most + 1), splits)


def again(found: KMeansSegments, profiles: pa.Table, *, seed: int) -> KMeansSegments:
    """Find the same number of segments, in the same features, among other customers or at another moment.

    The scaling is learned anew; segments are numbered by the value of their members, as always.

    Raises:
        InputError: nobody has bought, or a column is missing.
    """
    people = sample(profiles, seed=seed, most=_SAMPLE)
    ideas = [Idea(one.idea, (one.name,), one.log) for one in found.scaling.columns]
    scaling = learn_scaling(people, ideas) if ideas else found.scaling
    basis = found.basis if len(scaling.columns) == len(ideas) else np.eye(len(scaling.columns))
    with threadpool_limits(limits=1):
        return _centred(people, scaling, basis, len(found.centres), seed, found.chosen, found.choices)


def lloyd(points: Floats, segments: int, seed: int, restarts: int = _RESTARTS) -> Floats:
    """Return (k, d) centres: the best of so many runs; fewer distinct points give centres that are the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KMeans(segments, n_init=restarts, random_state=seed).fit(points)
    return np.asarray(found.cluster_centers_, dtype=np.float64)


def _fit(people: pa.Table, scaling: Scaling, seed: int, counts: range, splits: int) -> KMeansSegments:
    whole = scaling.points(people)
    distinct = len(np.unique(whole.round(9), axis=0)) if whole.shape[1] else 1
    room = min(distinct, max(people.num_rows // (2 * MEMBERS), 1))
    possible = [k for k in counts if k <= room] or [max(room, 1)]
    choices: list[Choice] = []
    best: tuple[Choice, Scaling, Floats] | None = None
    if possible[-1] > 1:
        some = whole[drawn(np.arange(len(whole)), seed=seed, most=_STABILITY_SAMPLE)]
        for kept, basis in _ladder(some):
            tried = _tried(some[:, :kept] @ basis, kept, possible, seed, splits)
            choices.extend(tried)
            chosen = max((one for one in tried if one.silhouette is not None), key=lambda one: one.silhouette or 0.0)
            if best is None or chosen.stability > best[0].stability:
                best = chosen, Scaling(scaling.columns[:kept], _left_out(scaling, kept)), basis
            if best[0].stability >= STABLE:
                break
    if best is None:
        return _centred(people, scaling, np.eye(whole.shape[1]), 1, seed, None, ())
    chosen, used, basis = best
    return _centred(people, used, basis, chosen.segments, seed, chosen, tuple(choices))


def _centred(
    people: pa.Table,
    scaling: Scaling,
    basis: Floats,
    segments: int,
    seed: int,
    chosen: Choice | None,
    choices: tuple[Choice, ...],
) -> KMeansSegments:
    """Return that many segments, the best first; fewer where fewer points differ."""
    points = scaling.points(people)
    labels = np.zeros(len(points), np.int64)
    if segments > 1 and points.shape[1]:
        flat = points @ basis
        labels = nearest(flat, lloyd(flat, segments, seed, _FINAL_RESTARTS))
    _, labels = np.unique(labels, return_inverse=True)
    centres = np.array([points[labels == one].mean(axis=0) for one in range(int(labels.max()) + 1)])
    order = by_value(labels, values_of(people), centres)
    return KMeansSegments(scaling, centres[order], basis, chosen, choices, people.num_rows)


def _ladder(points: Floats) -> list[tuple[int, Floats]]:
    """Return how many ideas to try and in which directions, the richest first."""
    wide = points.shape[1]
    steps = [(kept, np.eye(kept)) for kept in range(wide, min(FEWEST, wide) - 1, -1)]
    last = min(FEWEST, wide)
    if last > 1:
        _, directions = np.linalg.eigh(np.cov(points[:, :last].T))
        steps.append((last, directions[:, -1:]))
    return steps


def _tried(points: Floats, ideas: int, possible: Sequence[int], seed: int, splits: int) -> list[Choice]:
    """Return every number of segments with its stability, and the silhouettes of those that are as stable as any."""
    pairs = halves(len(points), splits, seed)
    found = {}
    for k in possible:
        if k > 1:

            def learn(half: Floats, k: int = k) -> Labeller:
                centres = lloyd(half, k, seed)
                return lambda everybody: nearest(everybody, centres)

            agreed = stability(points, learn, pairs)
            error = float(_MEDIAN_ERROR * agreed.std(ddof=1) / np.sqrt(len(agreed)))
            found[k] = float(np.median(agreed)), error
    firmest, error = max(found.values())
    enough = STABLE if firmest >= STABLE else firmest - error
    return [
        Choice(
            ideas, points.shape[1], k, median, spread,
            _silhouette(points, k, seed) if median >= enough else None,
        )
        for k, (median, spread) in found.items()
    ]  # fmt: skip


def _silhouette(points: Floats, segments: int, seed: int) -> float:
    labels = nearest(points, lloyd(points, segments, seed))
    rows = drawn(np.arange(len(points)), seed=seed, most=_SILHOUETTE_SAMPLE)
    several = 1 < len(np.unique(labels[rows])) < len(rows)
    return float(silhouette_score(points[rows], labels[rows])) if several else 0.0


def _left_out(scaling: Scaling, kept: int) -> tuple[tuple[str, str], ...]:
    return (*scaling.dropped, *((column.idea, "unstable") for column in scaling.columns[kept:]))
