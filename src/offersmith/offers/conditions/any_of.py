"""At least one of several conditions holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions import nested
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.till import Till


class AnyOf:
    """Alternatives.

    Args:
        kinds: the conditions that may stand inside, by their `kind`.
    """

    name = "any_of"
    examples: Sequence[Spec] = (
        {"conditions": [{"kind": "spend", "min": "30.00"}, {"kind": "quantity", "min": 3}]},
        {"conditions": [{"kind": "not", "condition": {"kind": "level", "any_of": ["gold"]}}]},
    )

    def __init__(self, kinds: nested.Kinds) -> None:
        self._kinds = kinds

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("conditions",))
        raw = spec.get("conditions")
        if not isinstance(raw, (list, tuple)) or not raw:
            raise SettingsError(f"{where(self.name)}: conditions = {raw!r:.80} must be a list of at least one")
        return {"conditions": [nested.checked(one, currency, self._kinds) for one in raw]}

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        return any_of([nested.compiled(one, currency, self._kinds) for one in spec["conditions"]])


def any_of(tests: Sequence[Test]) -> Test:
    """Return the test that holds where one of several does; refused, it says why each does not."""

    def ask(till: Till) -> Refusal | None:
        reasons = []
        for test in tests:
            why = test.ask(till)
            if why is None:
                return None
            reasons.append(why)
        helps = next((why.hint for why in reasons if why.hint), {})
        return Refusal(
            "no_alternative", {"because": [{"code": why.code, "facts": dict(why.facts)} for why in reasons]}, helps
        )

    return Test(ask, settled=all(test.settled for test in tests))
