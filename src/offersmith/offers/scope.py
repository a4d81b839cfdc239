"""Which pieces of a basket an offer works on: matching items, perhaps only some pieces of them, cheapest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import items
from offersmith.offers.base import Refusal, Terms
from offersmith.offers.items import ALL, Items
from offersmith.offers.till import Till

Picked = list[tuple[int, int]]
"""(group, pieces), pieces 0 = the whole group."""
KEYS = ("items", "max_pieces", "max_pieces_per_line", "every")


def check(where: str, terms: Terms, currency: str) -> dict[str, Any]:
    """Return the terms that say which pieces, in normal form.

    Raises:
        SettingsError: naming the term, its value and what is allowed.
    """
    normal: dict[str, Any] = {}
    if terms.get("items"):
        normal["items"] = items.check(f"{where}: items", terms["items"], currency)
    for name in KEYS[1:]:
        if terms.get(name) is not None:
            normal[name] = whole(where, name, terms[name])
    return normal


def whole(where: str, name: str, value: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`.

    Raises:
        SettingsError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingsError(f"{where}: {name} = {value!r} must be a whole number of at least {least}")
    return value


@dataclass(frozen=True, slots=True)
class Scope:
    """Pieces to work on.

    Attributes:
        items: which lines.
        most: pieces in all, the cheapest first; None = no limit.
        most_per_line: pieces of each line.
        every: only whole groups of so many pieces of a line count.
    """

    items: Items = ALL
    most: int | None = None
    most_per_line: int | None = None
    every: int = 1

    def pick(self, till: Till) -> Picked:
        """Return (group, pieces) for everything that is meant and not yet free; pieces 0 = the whole group."""
        groups = self.items.groups(till)
        if self.most is None and self.most_per_line is None and self.every == 1:
            return [(group, 0) for group in groups if till.left[group]]
        chosen = self._by_line(till, groups)
        if self.most is None:
            return chosen
        left, cheapest = self.most, []
        for group, pieces in sorted(chosen, key=lambda one: (till.left[one[0]] / till.count[one[0]], one[0])):
            wanted = min(left, pieces)
            if wanted:
                cheapest.append((group, wanted))
                left -= wanted
        return cheapest

    def nothing(self, till: Till) -> Refusal:
        """Return why nothing was picked: no line is meant, or all that are meant are free already."""
        return Refusal("gives_nothing" if self.items.groups(till) or self.items.everything else "no_matching_items")

    def _by_line(self, till: Till, groups: list[int]) -> Picked:
        chosen = []
        allowed: dict[int, int] = {}
        for group in groups:
            place = till.line[group]
            if place not in allowed:
                quantity = till.lines[place].quantity // self.every * self.every
                allowed[place] = quantity if self.most_per_line is None else min(quantity, self.most_per_line)
            wanted = min(allowed[place], till.count[group])
            if wanted and till.left[group]:
                allowed[place] -= wanted
                chosen.append((group, wanted))
        return chosen


EVERYTHING = Scope()


def dues(till: Till, picked: Picked) -> list[int]:
    """Return the minor units still to pay for what was picked, each."""
    return [till.worth(group, pieces) if pieces else till.left[group] for group, pieces in picked]


def rooms(till: Till, picked: Picked) -> list[int]:
    """Return the minor units that may still be taken off what was picked, each."""
    return [till.room(group, pieces) if pieces else till.left[group] - till.floor[group] for group, pieces in picked]


def compiled(normal: Mapping[str, Any], currency: str) -> Scope:
    """Return the scope of checked terms."""
    return Scope(
        items.compiled(normal.get("items"), currency),
        normal.get("max_pieces"),
        normal.get("max_pieces_per_line"),
        normal.get("every", 1),
    )
