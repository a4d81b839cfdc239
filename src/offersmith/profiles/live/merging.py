"""Two states of disjoint events become the state of both, as if one had seen everything.

It does not matter which comes first, nor in which order many are merged: counts and sums of integers add, extremes
compare, orders are the union by their id, and ids that were seen are a union. Decayed sums are floats, whose last bits
may differ.
"""

from __future__ import annotations

import numpy as np

from offersmith.errors import InputError
from offersmith.profiles.live import kernels
from offersmith.profiles.live.state import LiveProfiles


def merge(one: LiveProfiles, other: LiveProfiles) -> LiveProfiles:
    """Return the state of the events of both; neither is changed.

    `position` and `duplicates` are added up.

    Raises:
        InputError: the states are of different features, or have an event in common.
    """
    if one.layout.digest != other.layout.digest:
        raise InputError("only live profiles of the same features can be merged", field="features")
    small, large = sorted((one, other), key=lambda state: state.seen.size)
    if large.seen.holds_any(small.seen.ids()):
        raise InputError(
            "these live profiles have events in common, which would count twice",
            hint="merge states of disjoint events, or feed the events of one to the other",
            field="event_id",
        )
    both = LiveProfiles(one.layout)
    for state in (one, other):
        add(both, state)
    return both


def add(state: LiveProfiles, other: LiveProfiles) -> None:
    """Take the events of another state, disjoint from its own, into a state."""
    slots = state.slots_of(list(other.customers))
    n, keep = slots.size, state.columns
    for at, does in enumerate(keep.does):
        mine, theirs = state.numbers[slots, at], other.numbers[:n, at]
        state.numbers[slots, at] = (
            np.minimum(mine, theirs)
            if does == kernels.MIN
            else np.maximum(mine, theirs)
            if does == kernels.MAX
            else mine + theirs
        )
    kernels.meet(slots, state.sums, state.blocks, other.sums[:n], other.blocks[:n])
    state.last[slots] = np.maximum(state.last[slots], other.last[:n])
    for mine_, theirs_ in zip(state.orders, other.orders, strict=True):
        mine_.meet(theirs_.columns(), slots, len(state.customers))
    ids = other.seen.ids()
    state.seen.add(ids, np.ones(ids.shape[1], np.bool_))
    state.waiting.extend(other.waiting)
    state.position += other.position
    state.duplicates += other.duplicates
