"""For some customers alone, by their ids. Whom else it is for is told to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, texts
from offersmith.offers.till import Till


class TheCustomer:
    """Customers by name."""

    name = "customer"
    examples: Sequence[Spec] = ({"any_of": ["c-1"]}, {"any_of": ["c-1", "c-2"]})

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("any_of",))
        return {"any_of": texts(self.name, "any_of", spec.get("any_of"))}

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        wanted = frozenset(spec["any_of"])

        def ask(till: Till) -> Refusal | None:
            return None if till.context.customer.customer_id in wanted else Refusal("not_for_this_customer")

        return Test(ask, settled=True)
