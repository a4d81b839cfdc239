"""How many pieces are bought: `min` and `max` (both included) of matching lines. Gifts never count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.offers import items
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where, whole_bounds
from offersmith.offers.till import Till


class Quantity:
    """Pieces of matching lines."""

    name = "quantity"
    examples: Sequence[Spec] = ({"min": 3}, {"min": 1, "max": 5, "items": {"sku": ["a", "b"]}})

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("min", "max", "items"))
        normal: dict[str, Any] = whole_bounds(self.name, spec)
        if spec.get("items"):
            normal["items"] = items.check(f"{where(self.name)}: items", spec["items"], currency)
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        low, high = spec.get("min", 0), spec.get("max")
        chosen = items.compiled(spec.get("items"), currency)

        def ask(till: Till) -> Refusal | None:
            found = chosen.pieces(till)
            if found < low:
                return Refusal("too_few_items", {"least": low, "is": found}, {"add_more": low - found})
            if high is not None and found > high:
                return Refusal("too_many_items", {"most": high, "is": found})
            return None

        return Test(ask, settled=not chosen.late)
