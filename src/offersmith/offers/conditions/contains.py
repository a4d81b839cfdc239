"""What the basket holds: a line for each selector of `all`, for one at least of `any`, and for none of `none`.

Gifts never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import items
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, where
from offersmith.offers.till import Till

_KEYS = ("all", "any", "none")


class Contains:
    """Products that must or must not be in the basket."""

    name = "contains"
    examples: Sequence[Spec] = (
        {"all": [{"sku": ["tea"]}, {"category": ["cups"]}]},
        {"any": [{"brand": ["north"]}, {"attributes": {"tags": ["sale"]}}]},
        {"none": [{"category": ["vouchers"]}]},
        {"all": [{"sku": ["tea"]}], "none": [{"sku": ["cup"]}]},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, _KEYS)
        here = where(self.name)
        normal = {name: _selectors(f"{here}: {name}", spec[name], currency) for name in _KEYS if spec.get(name)}
        if not normal:
            raise SettingsError(f"{here} needs all, any or none, lists of what to look for")
        return normal

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""
        required, one_of, unwanted = (
            [(raw, items.compiled(raw, currency)) for raw in spec.get(name, ())] for name in _KEYS
        )

        def ask(till: Till) -> Refusal | None:
            missing = [raw for raw, chosen in required if not chosen.lines(till)]
            if missing:
                return Refusal("missing_items", {"missing": missing}, {"add_all": missing})
            if one_of and not any(chosen.lines(till) for _, chosen in one_of):
                wanted = spec["any"]
                return Refusal("missing_items", {"missing": wanted}, {"add_one": wanted})
            for raw, chosen in unwanted:
                found = chosen.lines(till)
                if found:
                    lines = [till.lines[place].name for place in sorted(found)]
                    return Refusal("excluded_items", {"excluded": raw, "lines": lines}, {"remove": lines})
            return None

        all_of_them = [chosen for _, chosen in (*required, *one_of, *unwanted)]
        return Test(ask, settled=not any(chosen.late for chosen in all_of_them))


def _selectors(here: str, raw: Any, currency: str) -> list[dict[str, Any]]:
    if not isinstance(raw, (list, tuple)):
        raise SettingsError(f"{here} = {raw!r:.80} must be a list of selectors such as {{'category': ['tea']}}")
    found = [items.check(f"{here}[{place}]", one, currency) for place, one in enumerate(raw)]
    if not all(found):
        raise SettingsError(f"{here}: a selector is empty; allowed: {', '.join(items.KEYS)}")
    return found
