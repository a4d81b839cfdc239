"""A condition does not hold.

A negation is carried inward to single conditions (by De Morgan's laws), so that one about time counts as met without a
moment on either side of it: where time does not matter, it forbids nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.offers.base import Refusal
from offersmith.offers.conditions import nested
from offersmith.offers.conditions.any_of import AnyOf
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown
from offersmith.offers.conditions.zones import TIMED
from offersmith.offers.till import Till


class Not:
    """The opposite of a condition.

    Args:
        kinds: the conditions that may stand inside, by their `kind`.
    """

    name = "not"
    examples: Sequence[Spec] = (
        {"condition": {"kind": "spend", "min": "100.00"}},
        {"condition": {"kind": "any_of", "conditions": [{"kind": "weekday", "days": ["sun"]}]}},
    )

    def __init__(self, kinds: nested.Kinds) -> None:
        self._kinds = kinds

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("condition",))
        return {"condition": nested.checked(spec.get("condition"), currency, self._kinds)}

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        return self._opposite(spec["condition"], currency)

    def _opposite(self, inner: Spec, currency: str) -> Test:
        if inner["kind"] == self.name:
            return nested.compiled(inner["condition"], currency, self._kinds)
        if inner["kind"] == AnyOf.name:
            return _all_of([self._opposite(one, currency) for one in inner["conditions"]])
        test = nested.compiled(inner, currency, self._kinds)
        timed = inner["kind"] in TIMED

        def ask(till: Till) -> Refusal | None:
            if (timed and till.context.moment is None) or test.ask(till) is not None:
                return None
            return Refusal("must_not_hold", {"condition": inner})

        return Test(ask, settled=test.settled)


def _all_of(tests: Sequence[Test]) -> Test:
    def ask(till: Till) -> Refusal | None:
        return next((why for why in (test.ask(till) for test in tests) if why is not None), None)

    return Test(ask, settled=all(test.settled for test in tests))
