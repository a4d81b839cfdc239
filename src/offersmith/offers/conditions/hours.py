"""At some hours of the day, half open: `from` up to `to`, by the wall clock of `zone` or of the till.

`to` may be earlier than `from`: the span then passes midnight. It is the wall that is asked: an hour that comes twice
counts twice, one that is skipped does not come. Without a moment the condition counts as met.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions import clock
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.till import Till

_FORM = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Hours:
    """Hours of the day."""

    name = "hours"
    examples: Sequence[Spec] = (
        {"from": "17:00", "to": "19:00"},
        {"from": "22:30", "to": "02:00", "zone": "Asia/Shanghai"},
        {"from": "20:00", "to": "00:00"},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("from", "to", "zone"))
        here = where(self.name)
        normal = {}
        for name in ("from", "to"):
            value = spec.get(name)
            if name == "to" and value == "24:00":
                value = "00:00"
            if not isinstance(value, str) or not _FORM.fullmatch(value):
                raise SettingsError(f"{here}: {name} = {value!r:.80} must be a time such as '17:00'", field=name)
            normal[name] = value
        if normal["from"] == normal["to"]:
            raise SettingsError(
                f"{here}: from and to are both {normal['from']!r}; for the whole day leave the condition out",
                field="to",
            )
        return normal | clock.zone(self.name, spec)

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        opens, closes = spec["from"], spec["to"]
        begins, ends = _minutes(opens), _minutes(closes)

        def ask(till: Till) -> Refusal | None:
            wall = clock.shown(till, spec)
            if wall is None:
                return None
            now = wall.hour * 60 + wall.minute
            if begins <= now < ends if begins < ends else now >= begins or now < ends:
                return None
            return Refusal(
                "wrong_hour",
                {"from": opens, "to": closes, "is": f"{wall.hour:02}:{wall.minute:02}"},
                {"come_at": opens},
            )

        return Test(ask, settled=True)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
