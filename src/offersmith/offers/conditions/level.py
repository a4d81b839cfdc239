"""Member levels: the customer has one of `any_of`. Who is no member has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, texts
from offersmith.offers.till import Till


class Level:
    """The customer's member level."""

    name = "level"
    examples: Sequence[Spec] = ({"any_of": ["gold"]}, {"any_of": ["gold", "silver"]})

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("any_of",))
        return {"any_of": texts(self.name, "any_of", spec.get("any_of"))}

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        wanted = frozenset(spec["any_of"])

        def ask(till: Till) -> Refusal | None:
            if till.context.customer.level in wanted:
                return None
            return Refusal("not_a_member", {"levels": spec["any_of"]})

        return Test(ask, settled=True)
