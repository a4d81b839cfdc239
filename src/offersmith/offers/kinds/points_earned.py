"""Points for what is bought: so many for every so much, whole points, rounded down once on the total.

`of` says what counts: `current` (what is finally paid; the default) or `list` (shelf prices). Nothing is taken off, and
gifts earn nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import items, price
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.items import Items
from offersmith.offers.scope import whole
from offersmith.offers.spent import spent
from offersmith.offers.till import Till
from offersmith.words import Language

OF = ("current", "list")
WHERE = "offer kind 'points_earned'"


class PointsEarned:
    """Points on top."""

    name = "points_earned"
    examples: Sequence[Terms] = (
        {"points": 1, "per": "1.00", "currency": "USD"},
        {"points": 5, "per": "10.00", "of": "list", "items": {"brand": ["Acme"]}, "multiply": 2, "max_points": 500,
         "currency": "USD"},
    )  # fmt: skip

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("points", "per", "of", "items", "multiply", "max_points", "currency"))
        price.currency_of(self.name, terms, currency)
        per = price.checked(WHERE, "per", terms, currency)
        if per is None:
            raise SettingsError(f"{WHERE} needs per, the amount that earns points as text such as '1.00'")
        normal: dict[str, Any] = {"points": whole(WHERE, "points", terms.get("points")), "per": per}
        of = terms.get("of", "current")
        if of not in OF:
            raise SettingsError(f"{WHERE}: of = {of!r} is unknown; allowed: {', '.join(OF)}")
        if of != "current":
            normal["of"] = of
        if terms.get("items"):
            normal["items"] = items.check(f"{WHERE}: items", terms["items"], currency)
        if whole(WHERE, "multiply", terms.get("multiply", 1)) > 1:
            normal["multiply"] = terms["multiply"]
        if terms.get("max_points") is not None:
            normal["max_points"] = whole(WHERE, "max_points", terms["max_points"])
        return normal | {"currency": currency}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `reward`."""
        return "reward"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(
            terms["points"] * terms.get("multiply", 1),
            Money.parse(terms["per"], currency).minor,
            terms.get("of", "current"),
            items.compiled(terms.get("items"), currency),
            terms.get("max_points"),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: points take nothing off, and what they cost the shop is not in the terms."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limit included."""
        points = terms["points"] * terms.get("multiply", 1)
        amount = f"{terms['per']} {terms['currency']}"
        key = "offers.points_earned_one" if points == 1 else "offers.points_earned"
        text = words.say(key, language, points=points, amount=amount)
        if "max_points" in terms:
            text += words.say("offers.max_points", language, points=terms["max_points"])
        return text


@dataclass(frozen=True, slots=True)
class _Action:
    points: int
    per: int
    of: str
    items: Items
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what is earned; see `Action.take`."""
        due = spent(till, self.items, self.of)
        earned = due * self.points // self.per
        if not earned:
            if not self.items.everything and not self.items.lines(till):
                return Refusal("no_matching_items")
            return Refusal("gives_nothing", {}, {"spend_more": -(-self.per // self.points) - due})
        return Taken(points_earned=earned if self.most is None else min(earned, self.most))
