"""A shelf price for members of some levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers.base import Phase, Refusal, Taken, Terms
from offersmith.offers.kinds import catalogue_cut
from offersmith.offers.kinds.catalogue_cut import CatalogueCut
from offersmith.offers.till import Till
from offersmith.words import Language

WHERE = "offer kind 'member_price'"


class MemberPrice:
    """A new shelf price for some member levels; see `catalogue_cut` for its arithmetic."""

    name = "member_price"
    examples: Sequence[Terms] = (
        {"percent": 5, "levels": ["gold", "silver"]},
        {"price": "7.50", "levels": ["gold"], "items": {"sku": ["a"]}, "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`.

        Raises:
            SettingsError: also where `levels` is no list of texts.
        """
        normal = catalogue_cut.check(self.name, terms, currency, "levels")
        levels = terms.get("levels")
        found = [levels] if isinstance(levels, str) else levels
        if not isinstance(found, (list, tuple)) or not found or not all(isinstance(one, str) and one for one in found):
            raise SettingsError(f"{WHERE}: levels = {levels!r} must be a list of member levels such as ['gold']")
        return normal | {"levels": sorted(set(found))}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `catalogue`."""
        return "catalogue"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(catalogue_cut.compiled(terms, currency), tuple(terms["levels"]))

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces and the customer."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its levels included."""
        levels = ("、" if language == "zh" else ", ").join(terms["levels"])
        text = catalogue_cut.says("catalogue_price", terms, language)
        return text + words.say("offers.for_members", language, levels=levels)


@dataclass(frozen=True, slots=True)
class _Action:
    cut: CatalogueCut
    levels: tuple[str, ...]

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        if till.context.customer.level not in self.levels:
            return Refusal("not_a_member", {"levels": list(self.levels)})
        return self.cut.take(till)
