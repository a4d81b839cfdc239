"""How a number, an amount or a date is written for a reader of one language.

A `Reader` is the reader's language and the shop's currency; sections ask it for every word and number they print.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Protocol

from offersmith.money import DIGITS, scale
from offersmith.report.base import Cell, CellKind, Column
from offersmith.report.inputs import Both, Interval
from offersmith.words import Language, say

# What a reader of the language expects: only the home currency goes without its country.
SYMBOLS = {
    "en": {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "CN¥", "JPY": "¥", "INR": "₹", "KRW": "₩"},
    "zh": {"USD": "US$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "JP¥", "INR": "₹", "KRW": "₩"},
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
MINUS = "\N{MINUS SIGN}"
JOINED = "\N{WORD JOINER}"  # no line ends between a minus and its currency
MISSING = "\N{EN DASH}"
TENTHS_FROM = 10
CENTS_BELOW = 100.0
"""Amounts at least this large are printed without minor units: a headline is no invoice."""


def fixed(value: float, digits: int) -> str:
    """Write a number with thousands separators, half to even, never as minus zero.

    >>> fixed(-1234.5, 0), fixed(-0.001, 2)
    ('−1,234', '0.00')
    """
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    return f"{MINUS if exact < 0 else ''}{abs(exact):,.{digits}f}"


class Words(Protocol):
    """Says the messages of one room of the catalogue."""

    def __call__(self, reader: Reader, name: str, /, **values: Any) -> str:
        """Return the message `name` in the reader's language, its places filled with `values`."""
        ...


def words_of(room: str) -> Words:
    """Return what says the messages of a room."""

    def words(reader: Reader, name: str, /, **values: Any) -> str:
        return say(f"{room}.{name}", reader.language, **values)

    return words


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language of the words and the currency of every amount (ISO 4217)."""

    language: Language
    currency: str

    def say(self, name: str, /, **values: Any) -> str:
        """Return the message `report.name` in the reader's language."""
        return say(f"report.{name}", self.language, **values)

    def of(self, text: Both) -> str:
        """Return the reader's side of a text in both languages."""
        return text.of(self.language)

    def join(self, texts: Iterable[str]) -> str:
        """Return the texts as one enumeration."""
        return ("、" if self.language == "zh" else ", ").join(texts)

    def sentences(self, texts: Iterable[str]) -> str:
        """Return whole sentences as one paragraph."""
        return ("" if self.language == "zh" else " ").join(texts)

    def major(self, minor: int) -> float:
        """Return minor units as major units, to be shown."""
        return minor / scale(self.currency)

    def minor(self, minor: float) -> str:
        """Write an amount of minor units."""
        return self.money(self.major(round(minor)))

    def digits(self, amounts: Iterable[float]) -> int:
        """Return how many decimals suit amounts that stand together: none once the largest needs none."""
        largest = max((abs(amount) for amount in amounts), default=0.0)
        return 0 if largest >= CENTS_BELOW else DIGITS.get(self.currency, 2)

    def money(self, major: float, digits: int | None = None) -> str:
        """Write an amount in major units; `digits` None lets its size decide."""
        text = fixed(major, self.digits([major]) if digits is None else digits)
        sign, text = (MINUS + JOINED, text[1:]) if text.startswith(MINUS) else ("", text)
        return f"{sign}{SYMBOLS[self.language].get(self.currency, self.currency + chr(160))}{text}"

    def count(self, number: float) -> str:
        """Write a whole number."""
        return fixed(number, 0)

    def number(self, value: float, digits: int = 2) -> str:
        """Write a plain number."""
        return fixed(value, digits)

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share (0..1) as a percentage; what is there but would round to nothing is "less than"."""
        least = 10.0 ** -(digits + 2)
        if 0 < share < least / 2:
            return f"<{fixed(least * 100, digits)}%"
        return f"{fixed(share * 100, digits)}%"

    def day(self, moment: date) -> str:
        """Write a day."""
        if self.language == "zh":
            return f"{moment.year}年{moment.month}月{moment.day}日"
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"

    def month(self, moment: date) -> str:
        """Write a month."""
        if self.language == "zh":
            return f"{moment.year}年{moment.month}月"
        return f"{MONTHS[moment.month - 1][:3]} {moment.year}"

    def span(self, interval: Interval, digits: int | None = None) -> str:
        """Write the interval of an amount: from low to high, with equal decimals."""
        places = self.digits([interval.low, interval.high]) if digits is None else digits
        return self.say("span", low=self.money(interval.low, places), high=self.money(interval.high, places))

    def column(self, column: Column, cells: Iterable[Cell]) -> list[str]:
        """Write the cells of one column, with decimals that suit all of them."""
        values = list(cells)
        numbers = [abs(cell) for cell in values if isinstance(cell, (int, float))]
        digits = self.digits(numbers)
        if column.kind == "number":
            digits = 1 if max(numbers, default=0) >= TENTHS_FROM else 2
        return [self.cell(cell, column.kind, digits) for cell in values]

    def cell(self, cell: Cell, kind: CellKind, digits: int) -> str:
        """Write one cell of a table; what is unknown is a dash."""
        if cell is None:
            return MISSING
        if isinstance(cell, date):
            return self.month(cell) if kind == "month" else self.day(cell)
        if isinstance(cell, str) or kind == "text":
            return str(cell)
        if kind == "money":
            return self.money(cell, digits)
        if kind == "percent":
            return self.percent(cell)
        return self.count(cell) if kind == "int" else self.number(cell, digits)
