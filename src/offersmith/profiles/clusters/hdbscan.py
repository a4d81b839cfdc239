"""HDBSCAN: segments of whatever density each has, found in the tree of all densities, with customers in none.

Campello, Moulavi and Sander 2013; the tree is cut where clusters last longest (excess of mass). A cluster has at least
two in a hundred of the customers, since a smaller one is nothing to plan for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from sklearn.cluster import HDBSCAN

from offersmith.errors import InputError
from offersmith.profiles.clusters import density
from offersmith.profiles.clusters.columns import Floats
from offersmith.profiles.clusters.scaling import IDEAS, Idea

SMALLEST = 0.02
_REACH = 0.9


def fit(
    profiles: pa.Table, *, seed: int, ideas: Sequence[Idea] = IDEAS, smallest: float = SMALLEST
) -> density.DensitySegments:
    """Find segments.

    Args:
        profiles: a profile table; customers without a purchase are not looked at.
        seed: of the sample.
        ideas: what may form segments.
        smallest: share of the customers that a segment has at least.

    Raises:
        InputError: nobody has bought, a column is missing, or `smallest` is no share.
    """
    if not 0.0 < smallest < 1.0:
        raise InputError(f"smallest {smallest} is no share: allowed is 0 < smallest < 1", field="smallest")
    return density.fit(profiles, "hdbscan", partial(_cluster, smallest=smallest), seed=seed, ideas=ideas)


def _cluster(points: Floats, smallest: float) -> density.Found:
    least = max(int(smallest * len(points)), density.NEIGHBOURS)
    found = HDBSCAN(min_cluster_size=least, min_samples=density.NEIGHBOURS, copy=True).fit(points)
    labels = np.asarray(found.labels_, dtype=np.int64)
    apart = density.core_distances(points)
    reach = np.zeros(len(points))
    for one in range(int(labels.max()) + 1):
        # What is usual among the members is near enough: a customer beyond it would not have been one of them.
        reach[labels == one] = max(float(np.quantile(apart[labels == one], _REACH)), 1e-9)
    return labels, reach
