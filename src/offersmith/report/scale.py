"""How values per customer are written on the model page: multiplied to a number of customers a reader can picture.

A gain of 0.0137 a customer tells nobody anything and is 0.01 once rounded like money; 13.70 per thousand does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offersmith.report.base import CellKind, Series, Unit
from offersmith.report.format import MISSING, Reader, fixed
from offersmith.report.inputs_judged import Estimated

CUSTOMERS = 1000
DIGITS_BELOW = 0.1
"""Amounts per thousand customers that are smaller than this are written with two digits more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Writes values per thousand customers; `money` = the outcome is an amount in the shop's currency."""

    reader: Reader
    money: bool = True

    @property
    def unit(self) -> Unit:
        """Of a chart's values."""
        return "money" if self.money else "number"

    @property
    def kind(self) -> CellKind:
        """Of a table's cells."""
        return "money" if self.money else "number"

    @property
    def customers(self) -> str:
        """How many customers values are per, in words."""
        return self.reader.count(CUSTOMERS)

    def of(self, value: float | None) -> float | None:
        """Return a value per customer as one per thousand."""
        return None if value is None else value * CUSTOMERS

    def write(self, value: float, digits: int | None = None) -> str:
        """Write a value per customer as one per thousand."""
        amount = value * CUSTOMERS
        if not amount:
            digits = 0
        if digits is None and 0 < abs(amount) < DIGITS_BELOW:
            digits = 4
        if self.money:
            return self.reader.money(amount, digits)
        return fixed(amount, (2 if abs(amount) < CUSTOMERS / 10 else 0) if digits is None else digits)

    def span(self, one: Estimated) -> str:
        """Write an interval, or that it is withheld."""
        if one.low is None or one.high is None:
            return self.reader.say("judged_withheld")
        return self.reader.say("judged_span", low=self.write(one.low), high=self.write(one.high))

    def written(self, one: Estimated) -> str:
        """Write a value with its interval."""
        if one.value is None:
            return MISSING
        return f"{self.write(one.value)} ({self.span(one)})"


def why(one: Estimated, reader: Reader) -> str:
    """Return why an interval was withheld; empty where it was not."""
    if one.held:
        return ""
    return reader.of(one.reason) if one.reason else reader.say("judged_withheld")


def hollow(found: Iterable[Estimated], reader: Reader) -> list[str]:
    """Return what hollow points of a picture mean, where it has any."""
    bare = any(one.value is not None and not one.held for one in found)
    return [reader.say("judged_hollow")] if bare else []


def series(name: str, found: Iterable[Estimated], scale: Scale | None = None) -> Series:
    """Return figures with their intervals as a series, per thousand customers if a scale is given."""
    rows = [(one.value, one.low, one.high) for one in found]
    if scale is not None:
        rows = [(scale.of(value), scale.of(low), scale.of(high)) for value, low, high in rows]
    values, low, high = zip(*rows, strict=True)
    return Series(name, values, low, high)
