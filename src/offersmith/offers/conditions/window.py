"""From a wall time to another, half open: `starts` and `ends`, in `zone` or on the till's own wall clock.

A date alone as `ends` covers that day. Without a moment the condition counts as met.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import wall_clock
from offersmith.offers.base import Refusal
from offersmith.offers.conditions import clock
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.till import Till


class Window:
    """A span of time."""

    name = "window"
    examples: Sequence[Spec] = (
        {"starts": "2026-06-01"},
        {"ends": "2026-06-19T18:00", "zone": "Europe/Berlin"},
        {"starts": "2026-06-01T09:00", "ends": "2026-06-19", "zone": "Asia/Shanghai"},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("starts", "ends", "zone"))
        here = where(self.name)
        zone = clock.zone(self.name, spec)
        normal: dict[str, Any] = {name: spec[name] for name in ("starts", "ends") if spec.get(name) is not None}
        if not normal:
            raise SettingsError(f"{here} needs starts or ends, wall times such as 2026-06-19 or 2026-06-19T18:00")
        starts, ends = _span(normal, zone.get("zone", "UTC"))
        if starts is not None and ends is not None and ends <= starts:
            raise SettingsError(
                f"{here}: ends = {normal['ends']!r} is not after starts = {normal['starts']!r}", field="ends"
            )
        return normal | zone

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        own = spec.get("zone")

        @lru_cache(maxsize=16)
        def span(zone: str) -> tuple[datetime | None, datetime | None]:
            return _span(spec, zone)

        def ask(till: Till) -> Refusal | None:
            moment = till.context.moment
            if moment is None:
                return None
            starts, ends = span(own or till.context.zone)
            if starts is not None and moment < starts:
                return Refusal("not_started", {"starts": starts.isoformat()})
            if ends is not None and moment >= ends:
                return Refusal("expired", {"ends": ends.isoformat()})
            return None

        return Test(ask, settled=True)


def _span(spec: Spec, zone: str) -> tuple[datetime | None, datetime | None]:
    starts, ends = (
        wall_clock.instant(spec[name], zone, end=name == "ends", field=f"{where(Window.name)}: {name}")
        if name in spec
        else None
        for name in ("starts", "ends")
    )
    return starts, ends
