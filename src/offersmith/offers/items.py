"""Which lines a rule is about: by product, category, brand, attribute and price, with exceptions.

The conditions of one table are met together, the values of one condition are alternatives. Prices are the shelf's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import price
from offersmith.offers.basket import Line
from offersmith.offers.till import Till

_DEPTH = 4
_LISTS = ("sku", "category", "brand")
KEYS = (*_LISTS, "attributes", "min_unit_price", "max_unit_price", "full_price_only", "exclude")


def check(where: str, raw: Any, currency: str) -> dict[str, Any]:
    """Return a selector in its normal form; an empty one means every line.

    Raises:
        SettingsError: naming the key, its value and what is allowed.
    """
    if not isinstance(raw, Mapping):
        raise SettingsError(f"{where}: {raw!r} is not a table; allowed: {', '.join(KEYS)}")
    unknown = sorted(set(raw) - set(KEYS))
    if unknown:
        raise SettingsError(f"{where} does not know {', '.join(unknown)}; allowed: {', '.join(KEYS)}")
    normal: dict[str, Any] = {name: _texts(f"{where}.{name}", raw[name]) for name in _LISTS if name in raw}
    if "attributes" in raw:
        if not isinstance(raw["attributes"], Mapping):
            raise SettingsError(f"{where}.attributes: {raw['attributes']!r} is not a table of names and values")
        normal["attributes"] = {
            str(name): _texts(f"{where}.attributes.{name}", wanted)
            for name, wanted in sorted(raw["attributes"].items())
        }
    for name in ("min_unit_price", "max_unit_price"):
        amount = price.checked(where, name, raw, currency, zero=True)
        if amount is not None:
            normal[name] = amount
    if raw.get("full_price_only"):
        normal["full_price_only"] = True
    if raw.get("exclude"):
        if where.endswith(".exclude" * _DEPTH):
            raise SettingsError(f"{where}: exceptions stand more than {_DEPTH} deep inside of each other")
        normal["exclude"] = check(f"{where}.exclude", raw["exclude"], currency)
    return normal


_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Items:
    """A selector ready to use; made by `compiled`. Two are the same only if they are one object.

    Attributes:
        sku, category, brand: alternatives; empty = any.
        attributes: name -> alternatives.
        low, high: unit prices on the shelf, both included, minor units.
        full_price_only: leave out what the catalogue phase has made cheaper.
        exclude: lines that are left out.
    """

    sku: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    low: int | None = None
    high: int | None = None
    full_price_only: bool = False
    exclude: Items | None = None
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        others = self.sku or self.brand or self.attributes or self.low is not None or self.high is not None
        object.__setattr__(self, "plain", bool(self.category and not others))

    @property
    def everything(self) -> bool:
        """Whether no line can be left out."""
        return self is ALL

    @property
    def late(self) -> bool:
        """Whether the lines that are meant are known only after the catalogue phase."""
        return self.full_price_only or (self.exclude is not None and self.exclude.late)

    def takes(self, line: Line) -> bool:
        """Say whether a line is meant, as far as the line's own facts tell."""
        return not (
            (self.sku and line.product_id not in self.sku)
            or (self.category and line.category not in self.category)
            or (self.brand and line.brand not in self.brand)
            or (self.low is not None and line.unit_price < self.low)
            or (self.high is not None and line.unit_price > self.high)
            or (self.attributes and not all(_has(line, name, wanted) for name, wanted in self.attributes))
        )

    def lines(self, till: Till) -> frozenset[int]:
        """Return the indices of the lines that are meant; worked out once per pricing."""
        found = till.matched.get(self)
        if found is None:
            found = self._of_category(till) if self.plain else self._picked(till)
            if self.full_price_only:
                found = frozenset(place for place in found if till.listed[place] == till.lines[place].total)
            if self.exclude is not None:
                found -= self.exclude.lines(till)
            till.matched[self] = found
        return found

    def _picked(self, till: Till) -> frozenset[int]:
        return frozenset([place for place, line in self._candidates(till) if self.takes(line)])

    def _of_category(self, till: Till) -> frozenset[int]:
        shelves = _shelves(till)
        return _NONE.union(*[shelves.get(name, _NONE) for name in self.category])

    def pieces(self, till: Till) -> int:
        """Return how many pieces are meant; worked out once per pricing."""
        found = till.counted.get(self)
        if found is None:
            found = till.counted[self] = sum([till.lines[place].quantity for place in self.lines(till)])
        return found

    def groups(self, till: Till) -> list[int]:
        """Return the groups of pieces that are meant, in the order of the basket."""
        if self is ALL:
            return list(range(len(till.line)))
        lines = self.lines(till)
        if len(till.line) == len(till.lines):
            return sorted(lines)
        return [group for group, place in enumerate(till.line) if place in lines]

    def _candidates(self, till: Till) -> Iterable[tuple[int, Line]]:
        """Return the lines to look at: those of the categories where some are named."""
        if not self.category:
            return enumerate(till.lines)
        return [(place, till.lines[place]) for place in self._of_category(till)]


def _shelves(till: Till) -> dict[str | None, frozenset[int]]:
    if till.by_category is None:
        found: dict[str | None, list[int]] = {}
        for place, line in enumerate(till.lines):
            found.setdefault(line.category, []).append(place)
        till.by_category = {category: frozenset(places) for category, places in found.items()}
    return till.by_category


ALL = Items()
"""Every line."""


def compiled(normal: Mapping[str, Any] | None, currency: str) -> Items:
    """Return the selector of a checked table; `ALL` of none."""
    if not normal:
        return ALL
    low, high = (
        Money.parse(normal[name], currency).minor if name in normal else None
        for name in ("min_unit_price", "max_unit_price")
    )
    return _one(
        frozenset(normal.get("sku", ())),
        frozenset(normal.get("category", ())),
        frozenset(normal.get("brand", ())),
        tuple((name, frozenset(wanted)) for name, wanted in normal.get("attributes", {}).items()),
        low,
        high,
        bool(normal.get("full_price_only")),
        compiled(normal["exclude"], currency) if "exclude" in normal else None,
    )


@lru_cache(maxsize=4096)
def _one(*facts: Any) -> Items:
    """Return the selector of some facts: one object for all who ask for the same, so that it is matched once."""
    return Items(*facts)


def _texts(where: str, raw: Any) -> list[str]:
    found = [raw] if isinstance(raw, str) else raw
    if not isinstance(found, (list, tuple)) or not found or not all(isinstance(one, str) for one in found):
        raise SettingsError(f"{where}: {raw!r} must be a text or a list of texts")
    return sorted(set(found))


def _has(line: Line, name: str, wanted: frozenset[str]) -> bool:
    value = line.attributes.get(name)
    if value is None:
        return False
    return value in wanted if isinstance(value, str) else not wanted.isdisjoint(value)
