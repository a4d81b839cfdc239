"""Whom a playbook is for, on a table of what is known of customers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.profiles.segments import NEEDED, segment
from offersmith.strategy.limits.ground import SEGMENT, Words
from offersmith.strategy.playbooks.base import Playbook


def with_segments(profiles: pa.Table) -> pa.Table:
    """Return the profiles with the column `segment`; as they are where it is there, or cannot be told."""
    if SEGMENT in profiles.column_names or not set(NEEDED) <= set(profiles.column_names):
        return profiles
    return profiles.append_column(SEGMENT, segment(profiles)[SEGMENT])


def somebody(playbook: Playbook, profiles: pa.Table, currency: str) -> None:
    """Look whether a playbook is for anybody.

    Raises:
        InputError: a condition is about a column there is not, nobody meets one, or nobody meets all; with counts.
    """
    known = with_segments(profiles)
    words = Words(f"playbook {playbook.name!r}", (), known, currency)
    many = []
    for place, who in enumerate(playbook.who, start=1):
        words.condition(f"who {place}", who.condition)
        codes = who.condition.codes(known)
        try:
            words.somebody(f"who {place}", who.condition, codes)
        except InputError as fault:
            known_as = f"{who.column}: {FEATURES[who.column].says}" if who.column in FEATURES else ""
            raise InputError(fault.message, hint=fault.hint or known_as, **fault.facts) from fault
        many.append(f"who {place} ({who.column}): {int(codes.sum()):,}")
    if not members(playbook, known, currency).any():
        raise InputError(
            f"playbook {playbook.name!r}: nobody meets all its conditions; customers who meet each: {', '.join(many)}",
            hint=f"change them in a copy: offersmith playbooks copy {playbook.name}",
            playbook=playbook.name,
        )


def members(playbook: Playbook, profiles: pa.Table, currency: str) -> NDArray[np.bool_]:
    """Return (n,) who meets all conditions of a playbook.

    Args:
        playbook: whose.
        profiles: n customers.
        currency: of the shop.

    Raises:
        InputError: a condition is about a column there is not, or says of it what cannot be.
    """
    known = with_segments(profiles)
    words = Words(f"playbook {playbook.name!r}", (), known, currency)
    inside = np.ones(known.num_rows, np.bool_)
    for place, who in enumerate(playbook.who, start=1):
        words.condition(f"who {place}", who.condition)
        inside &= who.condition.codes(known) == 1
    return inside
