"""Segments that are found in a shop's own customers, described and named so that a marketer knows them.

`scaling` says what tells customers apart, a clustering finds segments, `base.label` says who is in which, `describe`
and `naming` what they are, `migration` how customers move between them. Beside them stand cells with the usual names
(`rfm`), and segments of a shop's own (`rules`). Adding a way of clustering is one file and one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

from offersmith.profiles.clusters import dbscan, hdbscan, kmeans
from offersmith.profiles.clusters.base import Clustering


class Fit(Protocol):
    """Finds segments in a profile table."""

    def __call__(self, profiles: pa.Table, /, *, seed: int) -> Clustering:
        """Return what was found; the same seed finds the same."""
        ...


CLUSTERINGS: Mapping[str, Fit] = {
    "kmeans": kmeans.fit,
    "hdbscan": hdbscan.fit,
    "dbscan": dbscan.fit,
}
"""Every way of finding segments by name."""
