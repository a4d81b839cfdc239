"""The cheapest matching piece free, or for less: once, or one of every so many ("3 for the price of 2").

Without `of_every` the cheapest pieces get it, one or as many as `times` says. With it every so many pieces are used up:
the cheapest ones get it, the others are the dearest. Only pieces with something left to pay count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.offers import items, price
from offersmith.offers.base import Action, Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.items import Items
from offersmith.offers.kinds import cap, cut
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.kinds.giving import Sets
from offersmith.offers.kinds.sets import by_price
from offersmith.offers.scope import whole
from offersmith.offers.till import Take, Till
from offersmith.words import Language

WHERE = "offer kind 'cheapest_off'"


class CheapestOff:
    """Less for the cheapest piece."""

    name = "cheapest_off"
    examples: Sequence[Terms] = (
        {"percent": 100},
        {"amount": "4.00", "items": {"category": ["tea"]}, "times": 2, "currency": "USD"},
        {"percent": 100, "of_every": 3, "items": {"sku": ["a", "b", "c"]}},
        {"percent": 50, "of_every": 2, "times": 4, "max_off": "10.00", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, (*cut.KEYS, "items", "of_every", "times", "max_off", "currency"))
        price.currency_of(self.name, terms, currency)
        off = {"percent": 100} if all(terms.get(name) is None for name in cut.KEYS) else terms
        normal = cut.check(WHERE, off, currency)
        if terms.get("items"):
            normal["items"] = items.check(f"{WHERE}: items", terms["items"], currency)
        for name, least in (("of_every", 2), ("times", 1)):
            if terms.get(name) is not None:
                normal[name] = whole(WHERE, name, terms[name], least)
        if "of_every" not in normal and normal.get("times") == 1:
            del normal["times"]
        most = price.checked(WHERE, "max_off", terms, currency)
        if most is not None:
            normal["max_off"] = most
        return normal if "percent" in normal and most is None else normal | {"currency": currency}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `item`."""
        return "item"

    def compile(self, terms: Terms, currency: str) -> Action:
        """Return the action of checked terms."""
        chosen, what = items.compiled(terms.get("items"), currency), cut.compiled(terms, currency)
        most = price.minor(terms, "max_off")
        if "of_every" in terms:
            return Sets(chosen, terms["of_every"] - 1, None, chosen, 1, what, terms.get("times"), most=most)
        return _Action(chosen, what, terms.get("times", 1), most)

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its cap included."""
        pieces = 1 if "of_every" in terms else terms.get("times", 1)
        what = cut.says(terms, terms.get("currency", ""), language, each=pieces > 1)
        if "of_every" in terms:
            text = words.say("offers.one_of_every", language, pieces=terms["of_every"], cut=what)
        elif pieces == 1:
            text = words.say("offers.cheapest_one", language, cut=what)
        else:
            text = words.say("offers.cheapest_off", language, pieces=pieces, cut=what)
        return text + cap.says(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    items: Items
    cut: Cut
    pieces: int
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        meant = self.items.groups(till)
        eligible = [group for group in meant if till.left[group]]
        if not eligible:
            return Refusal("gives_nothing" if meant or self.items.everything else "no_matching_items", {})
        takes, wanted = [], self.pieces
        for group in by_price(till, eligible, dearest=False):
            pieces = min(wanted, till.count[group])
            off = self.cut.off_group(till, group, pieces)
            takes.append(Take(group, off, pieces))
            wanted -= pieces
            if not wanted:
                break
        return Taken(cap.capped(takes, self.most))
