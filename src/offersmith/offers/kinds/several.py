"""One promotion with several actions: "20 % off jackets, then 5.00 off the order, and free delivery".

Its parts act in their order, each on what the earlier ones left. Percentages of single pieces are all of what there was
to pay when the promotion began, so that 20 % and 10 % are 30 %; those of shelf prices are of what earlier parts left.
It applies if any part does. Parts are all shelf prices, which come before everything, or none of them is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers.base import Action, OfferKind, Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.kinds.merged import Trial
from offersmith.offers.till import Till
from offersmith.words import Language

WHERE = "offer kind 'several'"
PHASES: tuple[Phase, ...] = ("item", "order", "shipping")
"""The phases parts may be of together; the promotion belongs to the earliest of them."""
ALONE: Phase = "catalogue"
"""The phase that parts are of all together or not at all."""


class Several:
    """Several actions in one.

    Args:
        kinds: what the parts may be, by name.
    """

    name = "several"
    examples: Sequence[Terms] = (
        {"parts": [
            {"kind": "percent_off", "terms": {"percent": 20, "on": "unit", "items": {"category": ["jackets"]}}},
            {"kind": "amount_off", "terms": {"amount": "5.00", "currency": "USD"}},
        ]},
        {"parts": [
            {"kind": "spend_save", "terms": {"tiers": [{"from": "50.00", "percent": 10}], "currency": "USD"}},
            {"kind": "shipping_off", "terms": {"percent": 100}},
        ]},
        {"parts": [
            {"kind": "buy_get", "terms": {"buy": {"quantity": 1}, "get": {"quantity": 1, "percent": 100}}},
            {"kind": "percent_off", "terms": {"percent": 10, "on": "unit"}},
            {"kind": "gift", "terms": {"sku": "goodie", "value": "4.00", "currency": "USD"}},
        ]},
        {"parts": [
            {"kind": "catalogue_price", "terms": {"percent": 20, "items": {"category": ["jackets"]}}},
            {"kind": "catalogue_price", "terms": {"amount": "1.00", "currency": "USD"}},
        ]},
    )  # fmt: skip

    def __init__(self, kinds: Mapping[str, OfferKind]) -> None:
        self.kinds = kinds

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("parts",))
        raw = terms.get("parts")
        if not isinstance(raw, (list, tuple)) or not raw:
            raise SettingsError(f"{WHERE}: parts = {raw!r} must be a list of tables with kind and terms")
        parts = [self._checked(place, part, currency) for place, part in enumerate(raw)]
        allowed = (ALONE,) if self._phase(parts[0]) == ALONE else PHASES
        for place, part in enumerate(parts):
            phase = self._phase(part)
            if phase not in allowed:
                raise SettingsError(
                    f"{WHERE}: parts[{place}]: kind = {part['kind']!r} belongs to {phase}; "
                    f"allowed: all of {ALONE}, or all of {', '.join(PHASES)}"
                )
        return {"parts": parts}

    def phase(self, terms: Terms) -> Phase:
        """Return the earliest phase of the parts."""
        return min((self._phase(part) for part in terms["parts"]), key=(ALONE, *PHASES).index)

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(tuple(self.kinds[part["kind"]].compile(part["terms"], currency) for part in terms["parts"]))

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: the parts depend on each other."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the parts in words."""
        said = [self.kinds[part["kind"]].says(part["terms"], language) for part in terms["parts"]]
        return words.say("offers.and_also", language).join(said)

    def _checked(self, place: int, part: Any, currency: str) -> dict[str, Any]:
        here = f"{WHERE}: parts[{place}]"
        if not isinstance(part, Mapping) or not set(part) <= {"kind", "terms"}:
            raise SettingsError(f"{here} = {part!r} must be a table; allowed: kind, terms")
        name, terms = part.get("kind"), part.get("terms", {})
        if not isinstance(name, str) or name not in self.kinds:
            raise SettingsError(f"{here}: kind = {name!r} is unknown; allowed: {', '.join(self.kinds)}")
        if not isinstance(terms, Mapping):
            raise SettingsError(f"{here}: terms = {terms!r} must be a table")
        return {"kind": name, "terms": self.kinds[name].check(terms, currency)}

    def _phase(self, part: Mapping[str, Any]) -> Phase:
        return self.kinds[part["kind"]].phase(part["terms"])


@dataclass(frozen=True, slots=True)
class _Action:
    parts: tuple[Action, ...]

    def take(self, till: Till) -> Taken | Refusal:
        """Say what the parts do together; see `Action.take`."""
        trial = Trial(till)
        fork = trial.fork
        done: list[Taken] = []
        first: Refusal | None = None
        for part in self.parts:
            found = part.take(fork)
            if isinstance(found, Refusal):
                first = first or found
            elif found:
                trial.take(found.takes)
                for place, off in found.shipping:
                    fork.shipping[place] -= off
                fork.points -= found.points_spent
                done.append(found)
        if not done:
            return first or Refusal("gives_nothing")
        return Taken(
            trial.takes(),
            [
                (place, before - after)
                for place, (before, after) in enumerate(zip(till.shipping, fork.shipping, strict=True))
                if before > after
            ],
            [gift for found in done for gift in found.gifts],
            sum(found.points_earned for found in done),
            sum(found.points_spent for found in done),
            next((found.hint for found in done if found.hint), first.hint if first else {}),
        )
