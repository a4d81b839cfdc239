"""How a customer's page writes a word, a chance, a day and a feature's value."""

from __future__ import annotations

from datetime import datetime

from offersmith.report.format import MISSING, Reader, words_of
from offersmith.report.portrait.facts import PortraitFacts, Standing

words = words_of("portrait")

SHARES = ("share",)
MONEY = "minor"


def chance(share: float, reader: Reader) -> str:
    """Write a chance in whole percents; what is neither sure nor impossible is never written as if it were."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return reader.percent(share, 0)


def times(number: float, reader: Reader) -> str:
    """Write how often something is expected: with as many digits as can matter."""
    return reader.number(number, 1 if number >= 1 else 2)


def dated(title: str, facts: PortraitFacts, reader: Reader) -> str:
    """Return a heading that says the moment its figures are of."""
    return words(reader, "dated", title=title, day=reader.day(facts.as_of))


def day_of(moment: datetime, reader: Reader) -> str:
    """Write the day of a moment."""
    return reader.day(moment.date())


def value_of(one: Standing, reader: Reader) -> str:
    """Write a feature's value: money in major units, shares in percents, whole numbers without decimals."""
    if one.value is None:
        return MISSING
    if one.unit == MONEY:
        return reader.money(reader.major(round(one.value)), 2)
    if one.unit in SHARES:
        return reader.percent(one.value)
    whole = float(one.value).is_integer()
    return reader.count(one.value) if whole else reader.number(one.value, 1 if abs(one.value) >= 10 else 2)
