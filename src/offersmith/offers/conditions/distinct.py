"""How many different products are bought, or how many lines there are: `min` and `max` (both included).

Of matching lines, where `items` is said. Two lines of one product are one product. Gifts never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import items
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where, whole_bounds
from offersmith.offers.till import Till

OF = ("products", "lines")
"""What is counted; products where nothing is said."""


class Distinct:
    """Different products, or lines."""

    name = "distinct"
    examples: Sequence[Spec] = (
        {"min": 3},
        {"min": 2, "max": 4, "items": {"category": ["tea"]}},
        {"max": 10, "of": "lines"},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("min", "max", "of", "items"))
        here, of = where(self.name), spec.get("of", OF[0])
        normal: dict[str, Any] = whole_bounds(self.name, spec)
        if of not in OF:
            raise SettingsError(f"{here}: of = {of!r:.80} is unknown; allowed: {', '.join(OF)}")
        if of != OF[0]:
            normal["of"] = of
        if spec.get("items"):
            normal["items"] = items.check(f"{here}: items", spec["items"], currency)
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        low, high = spec.get("min", 0), spec.get("max")
        chosen, lines = items.compiled(spec.get("items"), currency), spec.get("of") == "lines"

        def ask(till: Till) -> Refusal | None:
            places = chosen.lines(till)
            found = len(places) if lines else len({till.lines[place].product_id for place in places})
            if found < low:
                return Refusal(
                    "too_few_lines" if lines else "too_few_products",
                    {"least": low, "is": found},
                    {"add_different": low - found},
                )
            if high is not None and found > high:
                return Refusal("too_many_lines" if lines else "too_many_products", {"most": high, "is": found})
            return None

        return Test(ask, settled=not chosen.late)
