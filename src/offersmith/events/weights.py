"""Whether chances that were told can be those that a lot was drawn with.

Whoever could get an arm, and did, stands for one over their chance of it. So the sum of these over the rows that were
given it estimates how many could have been (Horvitz & Thompson 1952). It is off by far more than luck allows where the
chances are another arm's, or where somebody else was chosen than the lot says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.words import Language, say

ERRORS = 5.0
"""Standard errors from which on a difference is no luck."""
SHARE = 0.1
"""Of the rows: a smaller difference bends no effect worth speaking of."""
LEAST = 30
"""Rows given an arm whose own chances say how far off luck may be."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An arm of a campaign whose chances do not fit how often it was given.

    Attributes:
        campaign_id: as in the events.
        offer_id: the arm.
        given: rows that were given it.
        could: rows that could have been given it, as far as the log says.
        estimated: how many those given stand for by their chances.
        error: standard error of that.
    """

    campaign_id: str
    offer_id: str
    given: int
    could: int
    estimated: float
    error: float

    def text(self, language: Language = "en") -> str:
        """Say which arm, the figures, and what is likely wrong."""
        key = "doubt_many" if self.estimated > self.could else "doubt_few"
        return say(f"events.{key}", language, **self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def doubts(log: pa.Table) -> tuple[Doubt, ...]:
    """Return the arms whose chances cannot be those a lot was drawn with, campaign by campaign.

    Args:
        log: decisions, as `store.decided.DECIDED`.
    """
    found = []
    for campaign in sorted(pc.unique(log["campaign_id"]).to_pylist()):
        rows = log.filter(pc.equal(log["campaign_id"], campaign))
        arms = set(pc.unique(rows["offer_id"]).to_pylist())
        if not rows["chances"].null_count:
            arms |= set(pc.unique(rows["chances"].combine_chunks().keys).to_pylist())
        found += [doubt for arm in sorted(arms) if (doubt := _doubt(campaign, arm, rows)) is not None]
    return tuple(found)


def _doubt(campaign: str, arm: str, rows: pa.Table) -> Doubt | None:
    given = pc.equal(rows["offer_id"], arm).to_numpy()
    own = rows["probability"].to_numpy()[given]
    estimated = float((1 / own).sum())
    if rows["chances"].null_count:
        if len(own) < LEAST:
            return None
        could, variance = rows.num_rows, float(((1 - own) / own**2).sum())
    else:
        chance = pc.fill_null(pc.map_lookup(rows["chances"].combine_chunks(), arm, "first"), 0.0).to_numpy()
        possible = chance[chance > 0]
        could, variance = len(possible), float(((1 - possible) / possible).sum())
    error = float(np.sqrt(variance))
    off = abs(estimated - could)
    if off <= ERRORS * error or off <= SHARE * could:
        return None
    return Doubt(campaign, arm, len(own), could, estimated, error)
