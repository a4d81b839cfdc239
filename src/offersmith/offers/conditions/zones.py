"""Which conditions are about time, and how a campaign's zone reaches those that name none."""

from __future__ import annotations

from typing import Any, Final

from offersmith.offers.conditions.base import Spec
from offersmith.offers.conditions.hours import Hours
from offersmith.offers.conditions.weekday import Weekday
from offersmith.offers.conditions.window import Window

TIMED: Final = frozenset({Hours.name, Weekday.name, Window.name})
"""Kinds that look at the moment; without one they count as met."""


def in_zone(spec: Spec, zone: str) -> dict[str, Any]:
    """Return a checked condition with `zone` in every part about time that names none."""
    placed = dict(spec)
    if spec["kind"] in TIMED:
        placed.setdefault("zone", zone)
    if "condition" in spec:
        placed["condition"] = in_zone(spec["condition"], zone)
    if "conditions" in spec:
        placed["conditions"] = [in_zone(one, zone) for one in spec["conditions"]]
    return placed
