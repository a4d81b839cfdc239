"""So many matching pieces for one price: "any 3 for 20.00", as often as the pieces allow or `times` says.

The dearest pieces make the bundle (with `take` the cheapest); each is used once. A bundle never raises the price: a set
that costs less than the bundle is not made. The relief of a set is split over its pieces by what they cost. The pieces
of one group count as equal: they differ by at most one minor unit.
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
from offersmith.offers import items, price
from offersmith.offers.allocation import spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.items import Items
from offersmith.offers.kinds import cap
from offersmith.offers.kinds.pile import Pile
from offersmith.offers.kinds.sets import by_price, loose
from offersmith.offers.scope import whole
from offersmith.offers.till import Take, Till
from offersmith.words import Language

TAKE = ("dearest", "cheapest")
WHERE = "offer kind 'bundle_price'"


class BundlePrice:
    """Several pieces for one price."""

    name = "bundle_price"
    examples: Sequence[Terms] = (
        {"price": "20.00", "quantity": 3, "currency": "USD"},
        {"price": "5.00", "quantity": 2, "items": {"category": ["tea"]}, "times": 1, "take": "cheapest",
         "max_off": "4.00", "currency": "USD"},
    )  # fmt: skip

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("price", "quantity", "items", "times", "take", "max_off", "currency"))
        price.currency_of(self.name, terms, currency)
        amounts = {name: price.checked(WHERE, name, terms, currency) for name in ("price", "max_off")}
        if amounts["price"] is None:
            raise SettingsError(f"{WHERE} needs price, as text such as '20.00'")
        normal: dict[str, Any] = {"quantity": whole(WHERE, "quantity", terms.get("quantity"), 2)}
        if terms.get("items"):
            normal["items"] = items.check(f"{WHERE}: items", terms["items"], currency)
        if terms.get("times") is not None:
            normal["times"] = whole(WHERE, "times", terms["times"])
        take = terms.get("take", "dearest")
        if take not in TAKE:
            raise SettingsError(f"{WHERE}: take = {take!r} is unknown; allowed: {', '.join(TAKE)}")
        if take != "dearest":
            normal["take"] = take
        return price.with_money(normal, amounts, currency)

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `item`."""
        return "item"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(
            items.compiled(terms.get("items"), currency),
            terms["quantity"],
            Money.parse(terms["price"], currency).minor,
            terms.get("times"),
            terms.get("take") != "cheapest",
            price.minor(terms, "max_off"),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its cap included."""
        amount = f"{terms['price']} {terms['currency']}"
        text = words.say("offers.bundle_price", language, quantity=terms["quantity"], amount=amount)
        return text + cap.says(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    items: Items
    quantity: int
    price: int
    times: int | None
    dearest: bool
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        groups = by_price(till, loose(till, self.items), dearest=self.dearest)
        found = sum(till.count[group] for group in groups)
        if found < self.quantity:
            facts, hint = {"least": self.quantity, "is": found}, {"add_more": self.quantity - found}
            return Refusal("too_few_items", facts, hint) if found else Refusal("no_matching_items", {}, hint)
        return Taken(cap.capped(self._sets(till, groups), self.most))

    def _sets(self, till: Till, groups: list[int]) -> list[Take]:
        """Return the takes of all sets that are worth more than they cost as a bundle."""
        pile, takes, made = Pile(till, groups), [], 0
        while pile.pieces >= self.quantity and (self.times is None or made < self.times):
            # As many sets as lie in one group are made at once; they cost the same.
            sets = max(1, pile.ahead // self.quantity)
            if self.times is not None:
                sets = min(sets, self.times - made)
            part = pile.first(self.quantity * sets)
            found = self._set(till, pile, part, self.price * sets)
            if found:
                takes += found
                pile.draw(part)
                made += sets
            else:
                pile.skip(max(1, pile.ahead - self.quantity + 1))
        return takes

    def _set(self, till: Till, pile: Pile, part: list[tuple[int, int]], bundle: int) -> list[Take]:
        """Return the takes that make these pieces cost `bundle`; none where that brings nothing."""
        worth = [pile.worth(group, pieces) for group, pieces in part]
        if sum(worth) <= bundle:
            return []
        rooms = [
            each - till.floor[group] // till.count[group] * pieces
            for each, (group, pieces) in zip(worth, part, strict=True)
        ]
        offs = spread(sum(worth) - bundle, worth, rooms)
        if not any(offs):
            return []
        return [Take(group, off, pieces, uses=True) for (group, pieces), off in zip(part, offs, strict=True)]
