"""A fixed amount off: of the order, of matching items together, of each matching line, or of each matching piece.

`on` is `order` (the default), `items`, `line` or `unit`; never more than what is there to pay above its floor.
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
from offersmith.offers import price, scope
from offersmith.offers.allocation import spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.kinds import cap
from offersmith.offers.scope import Picked, Scope
from offersmith.offers.till import Till
from offersmith.words import Language

ON = ("order", "items", "line", "unit")
WHERE = "offer kind 'amount_off'"


class AmountOff:
    """Some money off."""

    name = "amount_off"
    examples: Sequence[Terms] = (
        {"amount": "5.00", "currency": "USD"},
        {"amount": "5.00", "min_spend": "25.00", "currency": "USD"},
        {"on": "items", "items": {"brand": ["Acme"]}, "amount": "5.00", "currency": "USD"},
        {"on": "line", "max_pieces_per_line": 1, "amount": "2.00", "currency": "USD"},
        {"on": "unit", "every": 2, "amount": "1.00", "max_off": "20.00", "currency": "USD"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("amount", "max_off", "min_spend", "currency", "on", *scope.KEYS))
        price.currency_of(self.name, terms, currency)
        amounts = {name: price.checked(WHERE, name, terms, currency) for name in ("amount", "max_off", "min_spend")}
        if amounts["amount"] is None:
            raise SettingsError(f"{WHERE} needs amount, as text such as '5.00'")
        on = terms.get("on", "order")
        if on not in ON:
            raise SettingsError(f"{WHERE}: on = {on!r} is unknown; allowed: {', '.join(ON)}")
        normal = ({} if on == "order" else {"on": on}) | scope.check(WHERE, terms, currency)
        return price.with_money(normal, amounts, currency)

    def phase(self, terms: Terms) -> Phase:
        """Return `order`, or `item` where it works on items, lines or pieces."""
        return "order" if terms.get("on", "order") == "order" else "item"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(
            Money.parse(terms["amount"], currency).minor,
            scope.compiled(terms, currency),
            terms.get("on", "order"),
            price.minor(terms, "max_off"),
            price.minor(terms, "min_spend"),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the amount or the expected basket where that is less; zero below the least spend; None of items."""
        if terms.get("on", "order") != "order" or any(name in terms for name in scope.KEYS):
            return None
        paid = np.maximum(basket, 0.0)
        off = np.minimum(paid, float(terms["amount"]))
        most, least = price.major(terms, "max_off"), price.major(terms, "min_spend")
        off = off if most is None else np.minimum(off, most)
        return off if least is None else np.where(paid >= least, off, 0.0)

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limits included."""
        on = terms.get("on", "order")
        key = {"order": "amount_off", "items": "amount_off_items", "line": "amount_off_line", "unit": "amount_off_unit"}
        if on == "order" and "items" in terms:
            on = "items"
        text = words.say(f"offers.{key[on]}", language, amount=f"{terms['amount']} {terms['currency']}")
        return text + price.limits_said(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    amount: int
    scope: Scope
    on: str
    most: int | None
    least: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        picked = self.scope.pick(till)
        left = scope.dues(till, picked)
        if self.least is not None and sum(left) < self.least:
            return price.below(sum(left), self.least)
        if not picked:
            return self.scope.nothing(till)
        rooms = scope.rooms(till, picked)
        if self.on in ("order", "items"):
            offs = spread(self.amount, left, rooms)
        elif self.on == "unit":
            offs = [
                min(room, sum(n * min(self.amount, each) for n, each in till.prices(group, pieces)))
                for (group, pieces), room in zip(picked, rooms, strict=True)
            ]
        else:
            offs = self._by_line(till, picked, left, rooms)
        return cap.taken(picked, offs, self.most)

    def _by_line(self, till: Till, picked: Picked, left: list[int], rooms: list[int]) -> list[int]:
        offs = [0] * len(picked)
        lines: dict[int, list[int]] = {}
        for place, (group, _) in enumerate(picked):
            lines.setdefault(till.line[group], []).append(place)
        for places in lines.values():
            shares = spread(self.amount, [left[place] for place in places], [rooms[place] for place in places])
            for place, off in zip(places, shares, strict=True):
                offs[place] = off
        return offs
