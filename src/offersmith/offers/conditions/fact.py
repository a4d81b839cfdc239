"""A circumstance of the purchase, such as channel, store or country: one of `any_of`, none of `none_of`.

A fact that nobody stated fails `any_of` and passes `none_of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.conditions.base import Spec, Test, refuse_unknown, texts, where
from offersmith.offers.till import Till


class Fact:
    """A circumstance of the purchase."""

    name = "fact"
    examples: Sequence[Spec] = (
        {"name": "channel", "any_of": ["app", "web"]},
        {"name": "country", "none_of": ["CH"]},
        {"name": "store", "any_of": ["north"], "none_of": ["south"]},
    )

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return the condition in normal form; see `ConditionKind.check`."""
        refuse_unknown(self.name, spec, ("name", "any_of", "none_of"))
        here, name = where(self.name), spec.get("name")
        if not isinstance(name, str) or not name:
            raise SettingsError(f"{here}: name = {name!r:.80} must be the name of a fact, such as 'channel'")
        normal = {key: texts(self.name, key, spec[key]) for key in ("any_of", "none_of") if spec.get(key) is not None}
        if not normal:
            raise SettingsError(f"{here} needs any_of or none_of, lists of what {name} may be")
        return {"name": name, **normal}

    def compile(self, spec: Spec, currency: str) -> Test:  # noqa: ARG002 - the protocol's shape
        """Return the test of a checked condition."""
        name = spec["name"]
        wanted, unwanted = (frozenset(spec.get(key, ())) for key in ("any_of", "none_of"))

        def ask(till: Till) -> Refusal | None:
            found = till.context.facts.get(name)
            if wanted and found not in wanted:
                return Refusal("wrong_fact", {"name": name, "allowed": spec["any_of"], "is": found})
            if found in unwanted:
                return Refusal("excluded_fact", {"name": name, "is": found})
            return None

        return Test(ask, settled=True)
