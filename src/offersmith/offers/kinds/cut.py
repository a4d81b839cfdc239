"""What is taken off one piece: a percentage of it, an amount, or all that it costs above a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import percent, price
from offersmith.offers.base import Terms
from offersmith.offers.till import Till
from offersmith.words import Language

KEYS = ("percent", "amount", "price")


def check(where: str, terms: Terms, currency: str, allowed: Sequence[str] = KEYS) -> dict[str, Any]:
    """Return the one term of `KEYS` that is there, in normal form; a price may be zero.

    Raises:
        SettingsError: there is none, there are several, or the one is out of range.
    """
    given = [name for name in KEYS if terms.get(name) is not None]
    if len(given) != 1 or given[0] not in allowed:
        raise SettingsError(f"{where} needs exactly one of {', '.join(allowed)}; it has {', '.join(given) or 'none'}")
    name = given[0]
    if name == "percent":
        return {name: percent.normal(percent.hundredths(where, name, terms[name]))}
    return {name: price.checked(where, name, terms, currency, zero=name == "price")}


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut ready to price; exactly one attribute is there.

    Attributes:
        percent: hundredths of a percent of the piece; the relief is rounded, a half up.
        amount: minor units off the piece.
        price: minor units it costs then; a piece that costs less stays as it is.
    """

    percent: int | None = None
    amount: int | None = None
    price: int | None = None

    def off(self, each: int) -> int:
        """Return minor units off a piece that costs `each`."""
        if self.percent is not None:
            return percent.share(each, self.percent)
        if self.amount is not None:
            return min(self.amount, each)
        return max(0, each - (self.price or 0))

    def off_group(self, till: Till, group: int, pieces: int = 0) -> int:
        """Return minor units off the `pieces` cheapest pieces of a group (0 = all), their floors kept."""
        pieces = pieces or till.count[group]
        runs: Sequence[tuple[int, int]] = till.prices(group, pieces)
        if self.percent is not None and till.start is not None:
            each, more = divmod(till.start[group] * pieces // till.count[group], pieces)
            runs = ((pieces - more, each), (more, each + 1))
        return min(sum(count * self.off(each) for count, each in runs), till.room(group, pieces))


def compiled(terms: Mapping[str, Any], currency: str) -> Cut:
    """Return the cut of checked terms."""
    if "percent" in terms:
        return Cut(percent=percent.hundredths("offer", "percent", terms["percent"]))
    if "amount" in terms:
        return Cut(amount=Money.parse(terms["amount"], currency).minor)
    return Cut(price=Money.parse(terms["price"], currency).minor)


def says(terms: Terms, currency: str, language: Language, *, each: bool = False) -> str:
    """Return the cut of checked terms in words, as the end of a sentence; `each` = of every one of several pieces."""
    if "percent" in terms:
        if terms["percent"] == 100:
            return words.say("offers.cut_free", language)
        return words.say("offers.cut_percent", language, percent=f"{terms['percent']:g}")
    name = "amount" if "amount" in terms else "price"
    return words.say(f"offers.cut_{name}{'_each' * each}", language, amount=f"{terms[name]} {currency}")
