"""A fixed amount off the basket: `amount`, with an optional `min_spend`; never more than the basket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import price
from offersmith.offers.base import Terms, refuse_unknown
from offersmith.words import Language


class AmountOff:
    """Some money off the basket."""

    name = "amount_off"
    examples: Sequence[Terms] = (
        {"amount": "5.00", "currency": "USD"},
        {"amount": "5.00", "min_spend": "25.00", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("amount", "min_spend", "currency"))
        price.currency_of(self.name, terms, currency)
        amounts = {name: price.checked(self.name, name, terms, currency) for name in ("amount", "min_spend")}
        if amounts["amount"] is None:
            raise SettingsError("offer kind 'amount_off' needs amount, as text such as '5.00'")
        return price.with_money({}, amounts, currency)

    def why_not(self, terms: Terms, subtotal_minor: int) -> str:
        """Return `below_min_spend`, `gives_nothing` (an empty basket) or ""."""
        if price.below_min_spend(terms, subtotal_minor):
            return "below_min_spend"
        return "" if subtotal_minor > 0 else "gives_nothing"

    def relief(self, terms: Terms, subtotal_minor: int) -> int:
        """Return minor units off: the amount, or the basket where that is less."""
        if price.below_min_spend(terms, subtotal_minor):
            return 0
        return min(Money.parse(terms["amount"], terms["currency"]).minor, subtotal_minor)

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the amount or the expected basket where that is less; zero below the least spend."""
        paid = np.maximum(basket, 0.0)
        off = np.minimum(paid, float(terms["amount"]))
        least = price.major(terms, "min_spend")
        return off if least is None else np.where(paid >= least, off, 0.0)

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limit included."""
        text = words.say("offers.amount_off", language, amount=f"{terms['amount']} {terms['currency']}")
        if "min_spend" in terms:
            text += words.say("offers.min_spend", language, amount=f"{terms['min_spend']} {terms['currency']}")
        return text
