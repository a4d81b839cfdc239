"""Which segments the customer is in: at least one of `any_of`, none of `none_of`. An unknown customer is in none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, texts, where
from offersmith.offers.till import Till


class Segment:
    """Segments of the customer."""

    name = "segment"
    examples: Sequence[Spec] = (
        {"any_of": ["loyal"]},
        {"none_of": ["staff", "wholesale"]},
        {"any_of": ["loyal", "new"], "none_of": ["staff"]},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("any_of", "none_of"))
        normal = {
            name: texts(self.name, name, spec[name]) for name in ("any_of", "none_of") if spec.get(name) is not None
        }
        if not normal:
            raise SettingsError(f"{where(self.name)} needs any_of or none_of, lists of segments")
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        wanted, unwanted = (frozenset(spec.get(name, ())) for name in ("any_of", "none_of"))

        def ask(till: Till) -> Refusal | None:
            found = till.context.customer.segments
            if wanted and found.isdisjoint(wanted):
                return Refusal("not_in_segment", {"segments": spec["any_of"]})
            if not found.isdisjoint(unwanted):
                return Refusal("in_excluded_segment", {"segments": sorted(found & unwanted)})
            return None

        return Test(ask, settled=True)
