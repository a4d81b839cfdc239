"""Segments that several modules look at: learned once, and not while tests are only collected."""

import pytest
from tests.profiles.clusters.shops import planted

from offersmith.profiles.clusters import kmeans


@pytest.fixture(scope="session")
def fitted():
    """Return the segments of the planted shop."""
    return kmeans.fit(planted()[0], seed=1, splits=4)
