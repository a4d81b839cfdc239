"""Profiles kept up to date event by event: every feature marked `live`, equal to the batch query.

    layout = compile_live(LIVE)
    state = LiveProfiles(layout)
    state.feed(events); state.update(event)
    state.read(now); state.profile("c1", now)

`save`, `load` and `merge` carry a state over a restart and bring several together.
"""

from __future__ import annotations

from offersmith.profiles import FEATURES
from offersmith.profiles.live.kept import load, save
from offersmith.profiles.live.merging import merge
from offersmith.profiles.live.schema import Layout, compile_live
from offersmith.profiles.live.state import LiveProfiles
from offersmith.vocabulary import Feature

LIVE: tuple[Feature, ...] = tuple(feature for feature in FEATURES.values() if feature.live)
"""Every declared feature that is kept up to date, in the order of a profile table's columns."""

__all__ = ["LIVE", "Layout", "LiveProfiles", "compile_live", "load", "merge", "save"]
