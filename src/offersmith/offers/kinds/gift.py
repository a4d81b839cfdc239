"""A gift: a line the shop adds, its whole price taken off.

It asks for no purchase by itself (conditions do), but an empty basket gets none. A gift counts toward no minimum.
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
from offersmith.offers import price
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.basket import Line
from offersmith.offers.scope import whole
from offersmith.offers.till import Till
from offersmith.words import Language

WHERE = "offer kind 'gift'"


class Gift:
    """Something for nothing."""

    name = "gift"
    examples: Sequence[Terms] = (
        {"sku": "goodie", "value": "4.00", "currency": "USD"},
        {"sku": "mug", "quantity": 2, "value": "4.00", "cost": "1.10", "category": "mugs", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("sku", "quantity", "value", "cost", "category", "currency"))
        price.currency_of(self.name, terms, currency)
        normal: dict[str, Any] = {}
        for name in ("sku", "category"):
            text = terms.get(name)
            if text is None and name == "category":
                continue
            if not isinstance(text, str) or not text:
                raise SettingsError(f"{WHERE}: {name} = {text!r} must be a text such as 'goodie'")
            normal[name] = text
        amounts = {
            "value": price.checked(WHERE, "value", terms, currency, zero=True),
            "cost": price.checked(WHERE, "cost", terms, currency, zero=True),
        }
        if amounts["value"] is None:
            raise SettingsError(f"{WHERE} needs value, the gift's list price as text such as '4.00'")
        if terms.get("quantity") is not None and whole(WHERE, "quantity", terms["quantity"]) > 1:
            normal["quantity"] = terms["quantity"]
        return price.with_money(normal, amounts, currency)

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `item`."""
        return "item"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        value, cost = Money.parse(terms["value"], currency).minor, price.minor(terms, "cost")
        line = Line(terms["sku"], terms.get("quantity", 1), value, terms.get("category"), cost=cost)
        return _Action(line)

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: a gift is worth its list price but takes nothing off what the basket would cost."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words."""
        amount = f"{terms['value']} {terms['currency']}"
        return words.say("offers.gift", language, quantity=terms.get("quantity", 1), sku=terms["sku"], amount=amount)


@dataclass(frozen=True, slots=True)
class _Action:
    line: Line

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it adds; see `Action.take`."""
        return Taken(gifts=[self.line]) if till.lines else Refusal("gives_nothing")
