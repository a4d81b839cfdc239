"""A share of the basket off: `percent` from above 0 to 100, with an optional `max_off` and `min_spend`.

The rounding rule: `percent` is held to a hundredth of a percent; the relief is `subtotal * percent / 100`, rounded to
the nearest minor unit, a half going to the customer (up); then capped by `max_off` and by the basket itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers import price
from offersmith.offers.base import Terms, refuse_unknown
from offersmith.words import Language

WHOLE = 10_000
"""Hundredths of a percent in the whole basket."""


class PercentOff:
    """Some percent off the basket."""

    name = "percent_off"
    examples: Sequence[Terms] = (
        {"percent": 10},
        {"percent": 12.5},
        {"percent": 100},
        {"percent": 20, "max_off": "15.00", "min_spend": "30.00", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("percent", "max_off", "min_spend", "currency"))
        price.currency_of(self.name, terms, currency)
        hundredths = _hundredths(terms.get("percent"))
        percent = hundredths // 100 if hundredths % 100 == 0 else hundredths / 100
        amounts = {name: price.checked(self.name, name, terms, currency) for name in ("max_off", "min_spend")}
        return price.with_money({"percent": percent}, amounts, currency)

    def why_not(self, terms: Terms, subtotal_minor: int) -> str:
        """Return `below_min_spend`, `gives_nothing` (the share rounds to zero) or ""."""
        if price.below_min_spend(terms, subtotal_minor):
            return "below_min_spend"
        return "" if self.relief(terms, subtotal_minor) else "gives_nothing"

    def relief(self, terms: Terms, subtotal_minor: int) -> int:
        """Return minor units off; the rounding rule stands at the top of this file."""
        if price.below_min_spend(terms, subtotal_minor):
            return 0
        off = (2 * subtotal_minor * _hundredths(terms["percent"]) + WHOLE) // (2 * WHOLE)
        cap = price.minor(terms, "max_off")
        return min(off, subtotal_minor) if cap is None else min(off, subtotal_minor, cap)

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the expected baskets, capped, zero below the least spend."""
        paid = np.maximum(basket, 0.0)
        off = paid * (float(terms["percent"]) / 100)
        cap, least = price.major(terms, "max_off"), price.major(terms, "min_spend")
        off = off if cap is None else np.minimum(off, cap)
        return off if least is None else np.where(paid >= least, off, 0.0)

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limits included."""
        text = words.say("offers.percent_off", language, percent=f"{terms['percent']:g}")
        for name in ("max_off", "min_spend"):
            if name in terms:
                text += words.say(f"offers.{name}", language, amount=f"{terms[name]} {terms['currency']}")
        return text


def _hundredths(percent: Any) -> int:
    fault = SettingsError(
        f"offer kind 'percent_off': percent = {percent!r} must be a number above 0 and at most 100, "
        "with no more than two decimals"
    )
    if isinstance(percent, bool) or not isinstance(percent, (int, float, str)):
        raise fault
    try:
        exact = Decimal(str(percent)) * 100
    except InvalidOperation:
        raise fault from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 < exact <= WHOLE:
        raise fault
    return int(exact)
