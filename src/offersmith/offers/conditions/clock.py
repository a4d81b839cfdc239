"""What conditions about time share: the zone they may name, and the shop's wall clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import wall_clock
from offersmith.offers.conditions.base import Spec, where
from offersmith.offers.till import Till


def zone(kind: str, spec: Spec) -> dict[str, Any]:
    """Return the zone of a condition in normal form; empty where it names none and the till's own counts.

    Raises:
        SettingsError: there is no such zone.
    """
    name = spec.get("zone")
    if name is None:
        return {}
    if not isinstance(name, str):
        raise SettingsError(f"{where(kind)}: zone = {name!r} must be an IANA name such as Europe/London", field="zone")
    wall_clock.zone_named(name, f"{where(kind)}: zone")
    return {"zone": name}


def shown(till: Till, spec: Spec) -> datetime | None:
    """Return what the condition's wall clock shows; None where time does not matter."""
    moment = till.context.moment
    return None if moment is None else wall_clock.local(moment, spec.get("zone") or till.context.zone)
