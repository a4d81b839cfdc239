"""A share off: of the order, of matching items together, or of each matching piece.

`on` says what it works on: `order` (the default, after all item offers), `items` (matching lines together) or `unit`
(each matching piece). `of` says what the percentage is of: `current` (what is still to pay, so that different offers
compound; the default), `catalogue` (the price after catalogue offers) or `list` (the shelf price). `max_off` caps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers import percent, price, scope
from offersmith.offers.allocation import spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.kinds import cap
from offersmith.offers.scope import Picked, Scope
from offersmith.offers.till import Till
from offersmith.words import Language

ON = ("order", "items", "unit")
OF = ("current", "catalogue", "list")
WHERE = "offer kind 'percent_off'"


class PercentOff:
    """Some percent off."""

    name = "percent_off"
    examples: Sequence[Terms] = (
        {"percent": 10},
        {"percent": 12.5},
        {"percent": 100},
        {"percent": 20, "max_off": "15.00", "min_spend": "30.00", "currency": "USD"},
        {"percent": 10, "on": "items", "items": {"category": ["coffee"]}},
        {"percent": 25, "on": "unit", "of": "list", "max_pieces": 2, "rounding": "running"},
    )

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        known = ("percent", "max_off", "min_spend", "currency", "on", "of", "rounding", *scope.KEYS)
        refuse_unknown(self.name, terms, known)
        price.currency_of(self.name, terms, currency)
        normal: dict[str, Any] = {"percent": percent.normal(percent.hundredths(WHERE, "percent", terms.get("percent")))}
        for name, allowed, usual in (("on", ON, "order"), ("of", OF, "current"), ("rounding", percent.ROUNDINGS, "")):
            value = terms.get(name, usual)
            if value != usual and value not in allowed:
                raise SettingsError(f"{WHERE}: {name} = {value!r} is unknown; allowed: {', '.join(allowed)}")
            if value != usual:
                normal[name] = value
        normal |= scope.check(WHERE, terms, currency)
        amounts = {name: price.checked(WHERE, name, terms, currency) for name in ("max_off", "min_spend")}
        return price.with_money(normal, amounts, currency)

    def phase(self, terms: Terms) -> Phase:
        """Return `order`, or `item` where it works on items or pieces."""
        return "order" if terms.get("on", "order") == "order" else "item"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        on = terms.get("on", "order")
        return _Action(
            percent.hundredths(WHERE, "percent", terms["percent"]),
            scope.compiled(terms, currency),
            terms.get("of", "current"),
            terms.get("rounding", "unit" if on == "unit" else "total"),
            price.minor(terms, "max_off"),
            price.minor(terms, "min_spend"),
            on == "unit",
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the share of the expected baskets, capped, zero below the least spend; None of some items alone."""
        if terms.get("on", "order") != "order" or any(name in terms for name in scope.KEYS):
            return None
        paid = np.maximum(basket, 0.0)
        off = paid * (float(terms["percent"]) / 100)
        most, least = price.major(terms, "max_off"), price.major(terms, "min_spend")
        off = off if most is None else np.minimum(off, most)
        return off if least is None else np.where(paid >= least, off, 0.0)

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its limits included."""
        matching = "items" in terms or terms.get("on", "order") != "order"
        text = words.say(
            "offers.percent_off_items" if matching else "offers.percent_off", language, percent=f"{terms['percent']:g}"
        )
        return text + price.limits_said(terms, language)


@dataclass(frozen=True, slots=True)
class _Action:
    hundredths: int
    scope: Scope
    of: str
    rounding: str
    most: int | None
    least: int | None
    by_piece: bool

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        picked = self.scope.pick(till)
        if self.least is not None:
            due = sum(scope.dues(till, picked))
            if due < self.least:
                return price.below(due, self.least)
        if not picked:
            return self.scope.nothing(till)
        if self.rounding == "unit":
            offs = [
                min(self._by_unit(till, group, pieces), room)
                for (group, pieces), room in zip(picked, scope.rooms(till, picked), strict=True)
            ]
        else:
            offs = self._together(till, picked)
        return cap.taken(picked, offs, self.most)

    def _base(self, till: Till, group: int, pieces: int) -> int:
        if self.of == "current":
            if till.start is not None and self.by_piece:
                return till.start[group] * pieces // till.count[group] if pieces else till.start[group]
            return till.worth(group, pieces) if pieces else till.left[group]
        place = till.line[group]
        line, count = till.lines[place], pieces or till.count[group]
        return till.listed[place] * count // line.quantity if self.of == "catalogue" else line.unit_price * count

    def _by_unit(self, till: Till, group: int, pieces: int) -> int:
        count = pieces or till.count[group]
        each, more = divmod(self._base(till, group, pieces), count)
        off = (count - more) * percent.share(each, self.hundredths)
        if more:
            off += more * percent.share(each + 1, self.hundredths)
        return off

    def _together(self, till: Till, picked: Picked) -> list[int]:
        bases = [self._base(till, group, pieces) for group, pieces in picked]
        rooms = scope.rooms(till, picked)
        if self.rounding == "line":
            return [min(percent.share(base, self.hundredths), room) for base, room in zip(bases, rooms, strict=True)]
        if self.rounding == "running":
            ends = [percent.share(sum(bases[: place + 1]), self.hundredths) for place in range(len(bases))]
            return [min(end - before, room) for end, before, room in zip(ends, [0, *ends[:-1]], rooms, strict=True)]
        base = sum(bases)
        whole = (
            base * self.hundredths // percent.WHOLE if self.rounding == "down" else percent.share(base, self.hundredths)
        )
        return spread(whole if self.most is None else min(whole, self.most), bases, rooms)
