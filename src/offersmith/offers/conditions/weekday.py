"""On some days of the week, by the wall clock of `zone` or of the till. Without a moment it counts as met.

The day is the wall's: an evening that goes on past midnight needs the next day as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions import clock
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.till import Till

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Weekday:
    """Days of the week."""

    name = "weekday"
    examples: Sequence[Spec] = ({"days": ["mon"]}, {"days": ["sat", "sun"], "zone": "Europe/Berlin"})

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("days", "zone"))
        raw = spec.get("days")
        found = [raw] if isinstance(raw, str) else raw
        if not isinstance(found, (list, tuple)) or not found or not all(day in DAYS for day in found):
            raise SettingsError(
                f"{where(self.name)}: days = {raw!r:.80} must be a list of days; allowed: {', '.join(DAYS)}",
                field="days",
            )
        return {"days": sorted(set(found), key=DAYS.index), **clock.zone(self.name, spec)}

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        wanted = frozenset(DAYS.index(day) for day in spec["days"])

        def ask(till: Till) -> Refusal | None:
            wall = clock.shown(till, spec)
            if wall is None or (today := wall.weekday()) in wanted:
                return None
            ahead = min((day - today) % 7 for day in wanted)
            following = wall.date() + timedelta(days=ahead)
            return Refusal("wrong_day", {"days": spec["days"], "is": DAYS[today]}, {"next_day": following.isoformat()})

        return Test(ask, settled=True)
