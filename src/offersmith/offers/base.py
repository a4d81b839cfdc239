"""What every kind of offer can say of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import SettingsError
from offersmith.words import Language

Terms = Mapping[str, Any]


class OfferKind(Protocol):
    """A rule that turns what a basket would cost into what it costs less. Pure: no clock, no database.

    Money in terms is text in major units (`"5.00"`), so that terms survive TOML and JSON unchanged; `currency` stands
    beside it once the terms are checked.
    """

    name: str
    examples: Sequence[Terms]
    """Terms in normal form (USD) that show what the kind can do; the contract tests run over them."""

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in their one normal form; checking that form again changes nothing.

        Raises:
            SettingsError: naming the term, its value and what is allowed.
        """

    def why_not(self, terms: Terms, subtotal_minor: int) -> str:
        """Return the reason code that keeps the offer from a basket of `subtotal_minor`, or "" if nothing does."""

    def relief(self, terms: Terms, subtotal_minor: int) -> int:
        """Return minor units off a basket of `subtotal_minor`: never negative, never more than the basket.

        Args:
            terms: checked terms.
            subtotal_minor: what is to be paid before the offer, minor units, not negative.
        """

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the relief on expected baskets, for planning: the same rule without the rounding.

        Args:
            terms: checked terms.
            basket: expected subtotals, major units, any shape.
        """

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words."""


def refuse_unknown(kind: str, terms: Terms, known: tuple[str, ...]) -> None:
    """Raise if the terms have a key the kind does not know, so that a typo never means "default".

    Raises:
        SettingsError: naming the keys and what is allowed.
    """
    unknown = sorted(set(terms) - set(known))
    if unknown:
        allowed = ", ".join(known) or "no terms at all"
        raise SettingsError(
            f"offer kind {kind!r} does not know {', '.join(unknown)}; allowed: {allowed}", terms=unknown
        )
