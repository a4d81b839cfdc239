"""A fixed price for every matching piece; a piece that costs less already keeps its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers import price, scope
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.kinds import cap, cut
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.scope import Scope
from offersmith.offers.till import Take, Till
from offersmith.words import Language

WHERE = "offer kind 'unit_price'"


class UnitPrice:
    """Matching pieces for one price each."""

    name = "unit_price"
    examples: Sequence[Terms] = (
        {"price": "4.00", "items": {"category": ["tea"]}, "currency": "USD"},
        {"price": "0.00", "max_pieces": 2, "max_off": "20.00", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("price", "max_off", "currency", *scope.KEYS))
        price.currency_of(self.name, terms, currency)
        amounts = {
            "price": price.checked(WHERE, "price", terms, currency, zero=True),
            "max_off": price.checked(WHERE, "max_off", terms, currency),
        }
        if amounts["price"] is None:
            raise SettingsError(f"{WHERE} needs price, as text such as '4.00'")
        return price.with_money(scope.check(WHERE, terms, currency), amounts, currency)

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `item`."""
        return "item"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(cut.compiled(terms, currency), scope.compiled(terms, currency), price.minor(terms, "max_off"))

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words."""
        text = words.say("offers.unit_price", language, amount=f"{terms['price']} {terms['currency']}")
        return text + cap.says(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    cut: Cut
    scope: Scope
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        picked = self.scope.pick(till)
        if not picked:
            return self.scope.nothing(till)
        takes = [Take(group, self.cut.off_group(till, group, pieces), pieces) for group, pieces in picked]
        return Taken(cap.capped([take for take in takes if take.off], self.most))
