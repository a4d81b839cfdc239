"""What everybody cares for as of a moment: one table, with the names that people read."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from offersmith.profiles.interests.evidence import read_evidence
from offersmith.profiles.interests.interests import fit_interests, list_interests
from offersmith.store.analytics import Analytics
from offersmith.store.texts import compile_baskets


def learn(analytics: Analytics, at: datetime, *, seed: int) -> pa.Table:
    """Return `interests.INTERESTS` with a further column `name`, what the shop calls each.

    Args:
        analytics: over the events.
        at: naive UTC; nothing at or after it counts.
        seed: of topics and vectors.
    """
    evidence = read_evidence(analytics, at)
    model = fit_interests(evidence, analytics.run(compile_baskets(at)), seed)
    listed = list_interests(model, evidence)
    called = dict(zip(model.keys, model.names, strict=True))
    names = pa.array([called[key] for key in listed["interest"].to_pylist()], pa.string())
    return listed.append_column("name", names)
