"""Points as money: the customer pays with points of a stated value, in whole steps.

Only points that bring something are spent: where the rest to pay is less than a step is worth, that step is kept and
the rest is paid in money. `max_percent` is the largest share of the goods that points may pay.
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
from offersmith.offers import percent, price
from offersmith.offers.allocation import spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.scope import whole
from offersmith.offers.till import Take, Till
from offersmith.words import Language

WHERE = "offer kind 'points_spent'"


class PointsSpent:
    """Paying with points."""

    name = "points_spent"
    examples: Sequence[Terms] = (
        {"value": "0.01", "currency": "USD"},
        {"value": "0.01", "step": 100, "max_percent": 50, "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("value", "step", "max_percent", "currency"))
        price.currency_of(self.name, terms, currency)
        value = price.checked(WHERE, "value", terms, currency)
        if value is None:
            raise SettingsError(f"{WHERE} needs value, what a point is worth as text such as '0.01'")
        normal: dict[str, Any] = {"value": value, "currency": currency}
        if whole(WHERE, "step", terms.get("step", 1)) > 1:
            normal["step"] = terms["step"]
        if terms.get("max_percent") is not None:
            share = percent.hundredths(WHERE, "max_percent", terms["max_percent"])
            if share < percent.WHOLE:
                normal["max_percent"] = percent.normal(share)
        return normal

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `order`."""
        return "order"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(
            Money.parse(terms["value"], currency).minor,
            terms.get("step", 1),
            percent.hundredths(WHERE, "max_percent", terms.get("max_percent", 100)),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the customer's points."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limits included."""
        amount = f"{terms['value']} {terms['currency']}"
        text = words.say("offers.points_spent", language, amount=amount)
        if "step" in terms:
            text += words.say("offers.points_step", language, points=terms["step"])
        if "max_percent" in terms:
            text += words.say("offers.points_share", language, percent=f"{terms['max_percent']:g}")
        return text


@dataclass(frozen=True, slots=True)
class _Action:
    value: int
    step: int
    share: int

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        if till.points < self.step:
            return Refusal("no_points", {"least": self.step, "is": till.points})
        rooms = till.rooms(range(len(till.left)))
        most = min(sum(rooms), till.due * self.share // percent.WHOLE)
        steps = min(till.points // self.step, most // (self.value * self.step))
        if not steps:
            return Refusal("gives_nothing")
        offs = spread(steps * self.step * self.value, till.left, rooms)
        takes = [Take(group, off) for group, off in enumerate(offs) if off]
        return Taken(takes, points_spent=steps * self.step)
