"""DBSCAN: segments where customers stand closer than one distance, which the shop's own crowding says.

Ester, Kriegel, Sander and Xu 1996. The distance is where the sorted distances to the tenth neighbour bend from the many
who stand close to the few who stand apart: the point furthest below the chord from first to last (Satopaa and others
2011, "Finding a kneedle in a haystack"). One distance for all suits a shop whose segments are equally dense;
`hdbscan` needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from sklearn.cluster import DBSCAN

from offersmith.errors import InputError
from offersmith.profiles.clusters import density
from offersmith.profiles.clusters.columns import Floats
from offersmith.profiles.clusters.scaling import IDEAS, Idea


def fit(
    profiles: pa.Table, *, seed: int, ideas: Sequence[Idea] = IDEAS, epsilon: float | None = None
) -> density.DensitySegments:
    """Find segments.

    Args:
        profiles: a profile table; customers without a purchase are not looked at.
        seed: of the sample.
        ideas: what may form segments.
        epsilon: how close members stand, in robust standard deviations; None takes the knee.

    Raises:
        InputError: nobody has bought, a column is missing, or `epsilon` is not above 0.
    """
    if epsilon is not None and not epsilon > 0.0:
        raise InputError(f"epsilon {epsilon} is no distance: allowed is more than 0", field="epsilon", value=epsilon)
    return density.fit(profiles, "dbscan", partial(_cluster, epsilon=epsilon), seed=seed, ideas=ideas)


def knee(distances: Floats) -> float:
    """Return where sorted distances bend up most: the one furthest below the straight line from first to last."""
    ordered = np.sort(distances)
    chord = np.linspace(ordered[0], ordered[-1], len(ordered))
    return float(ordered[np.argmax(chord - ordered)])


def _cluster(points: Floats, epsilon: float | None) -> density.Found:
    near = epsilon if epsilon is not None else max(knee(density.core_distances(points)), 1e-9)
    found = DBSCAN(eps=near, min_samples=density.NEIGHBOURS).fit(points)
    reach = np.zeros(len(points))
    reach[found.core_sample_indices_] = near
    return np.asarray(found.labels_, dtype=np.int64), reach
