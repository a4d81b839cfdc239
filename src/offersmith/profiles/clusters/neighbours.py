"""Which segment a customer would be in next, and how near the border they stand.

A segment has a border only because it is drawn: a customer in the middle is told by the name alone, one at the edge is
about to be called something else. The border is told by the distances to the nearest two centres.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from offersmith.profiles.clusters.base import NO_PURCHASE, Clustering
from offersmith.profiles.clusters.columns import Ints, needed, numbers

_LEAST = 1e-12


def neighbours(clustering: Clustering, profiles: pa.Table) -> pa.Table:
    """Return `customer_id`, `segment`, `next` and `nearness` to the border, a row per row of a profile table.

    `next` is the nearest other segment, null where there is no other or nothing was bought. `nearness` is the distance
    to the own centre over that to the next one: 0 is the middle of the segment, 1 the border, and more than 1 a
    customer who stands nearer to another centre, or apart from all. It is null where `next` or the own segment is
    missing.

    Raises:
        InputError: the table lacks a feature that the clustering needs.
    """
    needed(profiles, ("orders", *clustering.scaling.names))
    bought = numbers(profiles, "orders") > 0
    points = clustering.scaling.points(profiles)
    segment: Ints = np.where(bought, clustering.place(points), NO_PURCHASE)
    following, nearness = np.zeros(len(points), np.int64), np.zeros(len(points))
    has_next, has_own = np.zeros(len(points), np.bool_), bought & (segment >= 1)
    if len(clustering.centres) > 1:
        rows, own = np.arange(len(points)), np.maximum(segment, 1) - 1
        far = np.stack([np.sqrt(((points - one) ** 2).sum(axis=1)) for one in clustering.centres], axis=1)
        mine = far[rows, own]
        far[rows[has_own], own[has_own]] = np.inf
        following = far.argmin(axis=1) + 1
        nearness = mine / np.maximum(far.min(axis=1), _LEAST)
        has_next = bought
    return pa.table(
        {
            "customer_id": profiles["customer_id"],
            "segment": pa.array(segment, pa.int64()),
            "next": pa.array(following, pa.int64(), mask=~has_next),
            "nearness": pa.array(nearness, pa.float64(), mask=~(has_next & has_own)),
        }
    )
