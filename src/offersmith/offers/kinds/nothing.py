"""The empty offer: everybody may get it, and it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.offers.base import Phase, Refusal, Terms, refuse_unknown
from offersmith.offers.till import Till
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language


class Nothing:
    """No offer at all; its own action."""

    name = NO_OFFER
    examples: Sequence[Terms] = ({},)

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:  # noqa: ARG002 - the protocol's shape
        """Return no terms; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ())
        return {}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `order`."""
        return "order"

    def compile(self, terms: Terms, currency: str) -> Nothing:  # noqa: ARG002 - the protocol's shape
        """Return itself."""
        return self

    def take(self, till: Till) -> Refusal:  # noqa: ARG002 - the protocol's shape
        """Return `gives_nothing`: there is never anything to take off."""
        return Refusal("gives_nothing")

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ARG002
        """Return zeros in the shape of `basket`."""
        return np.zeros_like(basket, dtype=np.float64)

    def says(self, terms: Terms, language: Language) -> str:  # noqa: ARG002 - the protocol's shape
        """Return the words for no offer."""
        return words.say("offers.none", language)
