"""Which order of the customer this one is: 1 is the first. `is` a number, or from `min` to `max`, both included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.scope import whole
from offersmith.offers.till import Till


class OrderNumber:
    """First orders, third orders, returning customers."""

    name = "order_number"
    examples: Sequence[Spec] = ({"is": 1}, {"min": 2}, {"min": 3, "max": 5})

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("is", "min", "max"))
        here = where(self.name)
        normal = {name: whole(here, name, spec[name]) for name in ("is", "min", "max") if spec.get(name) is not None}
        if not normal or ("is" in normal and len(normal) > 1):
            raise SettingsError(f"{here} needs is, or min and max, whole numbers; 1 is the customer's first order")
        if normal.get("min", 0) > normal.get("max", normal.get("min", 0)):
            raise SettingsError(f"{here}: min = {normal['min']} is above max = {normal['max']}")
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        low, high = spec.get("is", spec.get("min", 1)), spec.get("is", spec.get("max"))

        def ask(till: Till) -> Refusal | None:
            before = till.context.customer.orders
            if before is None:
                return Refusal("customer_needed")
            number = before + 1
            if number < low:
                return Refusal("too_few_orders", {"least": low, "is": number}, {"order_more": low - number})
            if high is not None and number > high:
                return Refusal("too_many_orders", {"most": high, "is": number})
            return None

        return Test(ask, settled=True)
