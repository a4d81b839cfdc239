"""A strike-through price: what the shelf says, for everybody, before any other offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.offers.base import Phase, Terms
from offersmith.offers.kinds import catalogue_cut
from offersmith.offers.kinds.catalogue_cut import CatalogueCut
from offersmith.words import Language


class CataloguePrice:
    """A new shelf price; see `catalogue_cut` for its arithmetic."""

    name = "catalogue_price"
    examples: Sequence[Terms] = (
        {"percent": 15, "items": {"category": ["tea"]}},
        {"amount": "2.00", "currency": "USD"},
        {"price": "9.99", "items": {"sku": ["a"]}, "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        return catalogue_cut.check(self.name, terms, currency)

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `catalogue`."""
        return "catalogue"

    def compile(self, terms: Terms, currency: str) -> CatalogueCut:
        """Return the action of checked terms."""
        return catalogue_cut.compiled(terms, currency)

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words."""
        return catalogue_cut.says(self.name, terms, language)
