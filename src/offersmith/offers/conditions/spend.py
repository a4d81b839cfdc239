"""How much is bought: `min` and `max` (both included), of which lines, on which basis, with or without tax.

`basis` is `catalogue` (prices after catalogue offers; the default), `list` (shelf prices), `phase` (after all earlier
phases) or `current` (after everything applied so far, so that priorities matter). `tax` is `priced` (as the basket's
prices are; the default), `gross` or `net`. Gifts never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import items, price
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.spent import BASES, TAXES, spent
from offersmith.offers.till import Till


class Spend:
    """Money spent on matching lines."""

    name = "spend"
    examples: Sequence[Spec] = (
        {"min": "30.00"},
        {"min": "30.00", "max": "99.99", "basis": "phase"},
        {"min": "20.00", "basis": "list", "tax": "net", "items": {"category": ["tea"]}},
        {"min": "20.00", "basis": "current"},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("min", "max", "basis", "tax", "items"))
        here = where(self.name)
        normal: dict[str, Any] = {}
        for name in ("min", "max"):
            amount = price.checked(here, name, spec, currency, zero=True)
            if amount is not None:
                normal[name] = amount
        if not normal:
            raise SettingsError(f"{here} needs min or max, as text such as '30.00'")
        if "min" in normal and "max" in normal and _minor(normal, "min", currency) > _minor(normal, "max", currency):
            raise SettingsError(f"{here}: min = {normal['min']} is above max = {normal['max']}")
        for name, allowed in (("basis", BASES), ("tax", TAXES)):
            value = spec.get(name)
            if value is not None and value not in allowed:
                raise SettingsError(f"{here}: {name} = {value!r} is unknown; allowed: {', '.join(allowed)}")
            if value is not None and value != {"basis": "catalogue", "tax": "priced"}[name]:
                normal[name] = value
        if spec.get("items"):
            normal["items"] = items.check(f"{here}: items", spec["items"], currency)
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        low, high = (_minor(spec, name, currency) if name in spec else None for name in ("min", "max"))
        chosen = items.compiled(spec.get("items"), currency)
        basis, side = spec.get("basis", "catalogue"), spec.get("tax", "priced")

        def ask(till: Till) -> Refusal | None:
            due = spent(till, chosen, basis, side)
            if low is not None and due < low:
                return Refusal("below_min_spend", {"least": low, "is": due}, {"spend_more": low - due})
            if high is not None and due > high:
                return Refusal("above_max_spend", {"most": high, "is": due})
            return None

        return Test(ask, settled=basis == "list" and not chosen.late)


def _minor(spec: Spec, name: str, currency: str) -> int:
    return Money.parse(spec[name], currency).minor
