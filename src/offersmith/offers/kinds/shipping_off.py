"""Deliveries for less or for nothing: a percentage, an amount or a price of each.

`methods` names the deliveries that are meant (all by default); with `together` an amount is split over them instead of
taken off each. Order offers never reach deliveries, so this is the only kind that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers import price
from offersmith.offers.allocation import allocate, spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.kinds import cap, cut
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.till import Till
from offersmith.words import Language

WHERE = "offer kind 'shipping_off'"


class ShippingOff:
    """Less for the deliveries."""

    name = "shipping_off"
    examples: Sequence[Terms] = (
        {"percent": 100},
        {"percent": 50, "methods": ["express", "standard"], "max_off": "5.00", "currency": "USD"},
        {"amount": "5.00", "together": True, "currency": "USD"},
        {"price": "1.99", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, (*cut.KEYS, "methods", "together", "max_off", "currency"))
        price.currency_of(self.name, terms, currency)
        normal = cut.check(WHERE, terms, currency)
        methods, together = terms.get("methods"), terms.get("together", False)
        if methods is not None:
            found = [methods] if isinstance(methods, str) else methods
            if not isinstance(found, (list, tuple)) or not found or not all(isinstance(one, str) for one in found):
                raise SettingsError(f"{WHERE}: methods = {methods!r} must be a list of texts such as ['express']")
            normal["methods"] = sorted(set(found))
        if not isinstance(together, bool) or (together and "amount" not in normal):
            raise SettingsError(f"{WHERE}: together = {together!r} must be true or false, and true only with amount")
        if together:
            normal["together"] = True
        most = price.checked(WHERE, "max_off", terms, currency)
        if most is not None:
            normal["max_off"] = most
        return normal if set(normal) <= {"percent", "methods"} else normal | {"currency": currency}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `shipping`."""
        return "shipping"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        methods = frozenset(terms["methods"]) if "methods" in terms else None
        together = terms.get("together", False)
        return _Action(cut.compiled(terms, currency), methods, together, price.minor(terms, "max_off"))

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the deliveries."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its cap included."""
        text = words.say("offers.shipping_off", language, cut=cut.says(terms, terms.get("currency", ""), language))
        return text + cap.says(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    cut: Cut
    methods: frozenset[str] | None
    together: bool
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        places = [
            place
            for place, one in enumerate(till.basket.shipping)
            if self.methods is None or one.shipping_id in self.methods
        ]
        if not places:
            return Refusal("no_delivery", {} if self.methods is None else {"methods": sorted(self.methods)})
        left = [till.shipping[place] for place in places]
        offs = spread(self.cut.amount or 0, left, left) if self.together else [self.cut.off(one) for one in left]
        if self.most is not None and sum(offs) > self.most:
            offs = list(allocate(self.most, offs))
        return Taken(shipping=[(place, off) for place, off in zip(places, offs, strict=True) if off])
