"""Whether chances that were told can be those that a lot was drawn with.

Whoever could get an arm, and did, stands for one over their chance of it. So the sum of these over the rows that were
given it estimates how many could have been (Horvitz & Thompson 1952). It is off by far more than luck allows where the
chances are another arm's, or where somebody else was chosen than the lot says.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.vocabulary import NO_OFFER, NORMAL_95
from offersmith.words import Language, say

ERRORS = 5.0
"""Standard errors from which on a difference is no luck."""
SHARE = 0.1
"""Of the rows: a smaller difference bends no effect worth speaking of."""
LEAST = 30
"""Rows given an arm whose own chances say how far off luck may be."""
ROWS = 1 << 17
"""Rows whose chances are laid out at a time."""

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
        """Say which arm, the figures (half of a 95 % interval with them), and what is likely wrong."""
        key = "doubt_many" if self.estimated > self.could else "doubt_few"
        got = "doubt_got_none" if self.offer_id == NO_OFFER else "doubt_got"
        values = self.as_dict() | {"error": NORMAL_95 * self.error}
        return say(f"events.{key}", language, **values, got=say(f"events.{got}", language, **values))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def doubts(log: pa.Table) -> tuple[Doubt, ...]:
    """Return the arms whose chances cannot be those a lot was drawn with, by campaign and arm.

    A campaign of which any row does not tell the chances of all arms is held to the chances of what was given.

    Args:
        log: decisions, as `store.decided.DECIDED`.
    """
    partly = pc.unique(log["campaign_id"].filter(pc.is_null(log["chances"])))
    given, could = _given(log), _could(log, partly)
    alone = set(partly.to_pylist())
    rows: Counter[str] = Counter()
    for (campaign, _), one in given.items():
        rows[campaign] += one.rows
    found = []
    for campaign, arm in sorted({*given, *could}):
        own, possible = given.get((campaign, arm), _Sum()), could.get((campaign, arm), _Sum())
        if campaign in alone:
            if own.rows < LEAST:
                continue
            possible = _Sum(rows[campaign], variance=own.variance)
        error, off = math.sqrt(possible.variance), abs(own.stand_for - possible.rows)
        if off > ERRORS * error and off > SHARE * possible.rows:
            found.append(Doubt(campaign, arm, own.rows, possible.rows, own.stand_for, error))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sum:
    """Of the rows of one arm: how many, how many they stand for, and the variance of that."""

    rows: int = 0
    stand_for: float = 0.0
    variance: float = 0.0

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(self.rows + other.rows, self.stand_for + other.stand_for, self.variance + other.variance)


_Sums = dict[tuple[str, str], _Sum]
"""By campaign and arm."""


def _given(log: pa.Table) -> _Sums:
    """Return the sums of those who were given each arm, by their own chances."""
    own = log["probability"].to_numpy()
    campaigns, arms = (log[name].combine_chunks().dictionary_encode() for name in ("campaign_id", "offer_id"))
    return _sums(campaigns, arms, 1 / own, (1 - own) / own**2)


def _could(log: pa.Table, partly: pa.Array) -> _Sums:
    """Return the sums of those who could get each arm; campaigns whose chances are told in part are left out.

    Chances are laid out once and a part of the rows at a time, so that many rows and arms take little memory.
    """
    found: _Sums = {}
    for batch in log.select(["campaign_id", "chances"]).to_batches(max_chunksize=ROWS):
        told = batch.filter(pc.invert(pc.is_in(batch["campaign_id"], partly))) if len(partly) else batch
        maps = told["chances"]
        ends = np.asarray(maps.offsets)
        start, entries = int(ends[0]), int(ends[-1] - ends[0])
        chance = maps.items.slice(start, entries).to_numpy(zero_copy_only=False)
        there = np.flatnonzero(chance > 0)
        row, chance = np.repeat(np.arange(len(maps)), np.diff(ends))[there], chance[there]
        campaigns = told["campaign_id"].dictionary_encode().take(pa.array(row))
        arms = maps.keys.slice(start, entries).dictionary_encode().take(pa.array(there))
        for key, one in _sums(campaigns, arms, np.ones(len(there)), (1 - chance) / chance).items():
            found[key] = found.get(key, _Sum()) + one
    return found


def _sums(campaigns: pa.DictionaryArray, arms: pa.DictionaryArray, stand_for: Floats, variance: Floats) -> _Sums:
    """Return the sums of rows by campaign and arm; in one thread, so that they do not depend on how many there are."""
    columns = {"campaign": campaigns.indices, "arm": arms.indices, "stand_for": stand_for, "variance": variance}
    asked = [("arm", "count"), ("stand_for", "sum"), ("variance", "sum")]
    rows = pa.table(columns).group_by(["campaign", "arm"], use_threads=False).aggregate(asked)
    campaign, arm = campaigns.dictionary.to_pylist(), arms.dictionary.to_pylist()
    values = (rows[name].to_pylist() for name in ("campaign", "arm", "arm_count", "stand_for_sum", "variance_sum"))
    return {(campaign[one], arm[other]): _Sum(*sums) for one, other, *sums in zip(*values, strict=True)}
