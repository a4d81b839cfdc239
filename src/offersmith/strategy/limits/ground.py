"""What limits are compiled on: a shop's offers, its customers' groups and its money; and how a limit is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.profiles.segments import SEGMENTS
from offersmith.strategy.allocation.problem import Floats
from offersmith.strategy.limits.groups import Condition, Grouping, Ints, Part, Value, numbers, sort_of
from offersmith.strategy.limits.past import Past

Amount = int | float | str
"""Major units, as a number or as text that may name its currency: 5000, "5000.50", "5000 USD"."""
_WRITTEN = re.compile(r"(?P<amount>.*[0-9.])\s*(?P<currency>[A-Za-z]{3})")
SHOWN = 10
SEGMENT = "segment"
"""The column that `profiles.segments` adds to what is known of customers."""


def refusal(
    where: str, limit: str, field: str, value: object, allowed: str, hint: str = "", key: str = "", **facts: Any
) -> InputError:
    """Return the error that names file, limit, field, value (None: it is missing) and what is allowed.

    Its key in the catalogue, if it has one, may speak of path, limit, field, and further facts.
    """
    said = f"{field} is missing" if value is None else f"{field} = {shown(value)}"
    text = f"{where}: limit {limit!r}: {said}: {allowed}"
    return InputError(text, hint=hint, key=key, limit=limit, field=field, path=where, **facts)


def shown(value: object) -> str:
    """Return a value as a file would write it, no longer than a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def near(word: str, known: Iterable[str]) -> dict[str, str | int]:
    """Return what may have been meant as facts of an error: `near`, or `there`, what there is, and how many `more`."""
    names = list(known)
    found = difflib.get_close_matches(word, names, 1)
    return {"near": found[0]} if found else {"there": ", ".join(names[:SHOWN]), "more": max(len(names) - SHOWN, 0)}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at what may have been meant, or at what there is."""
    found = near(word, known)
    if "near" in found:
        return f"did you mean {found['near']}?"
    return f"there are: {found['there']}" + (f" and {found['more']} more" if found["more"] else "")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What a limit's own words are checked against.

    Attributes:
        where: the file, for messages.
        offers: ids of the K paying offers, in order.
        profiles: a row for each of the n customers to decide about, in their order.
        currency: of the shop.
        channels: of every offer, by which it goes; empty where none is said.
        past: the offers that customers got before.
    """

    where: str
    offers: tuple[str, ...]
    profiles: pa.Table
    currency: str
    channels: Mapping[str, str] = field(default_factory=dict)
    past: Past = field(default_factory=Past)

    def chosen(self, limit: str, offers: Sequence[str], channel: str | None = None) -> NDArray[np.bool_]:
        """Return (K,) the offers a limit names, of a channel where it names one; all where it names none.

        Raises:
            InputError: one that does not exist, or a channel by which none of them goes.
        """
        for name in offers:
            if name not in self.offers:
                raise refusal(self.where, limit, "offers", name, "no such offer", nearest(name, self.offers))
        named = [not offers or one in offers for one in self.offers]
        if channel is None:
            return np.array(named, np.bool_)
        known = {self.channels.get(one, ""): None for one, mine in zip(self.offers, named, strict=True) if mine}
        if channel not in known:
            known.pop("", None)
            hint = nearest(channel, known) if known else 'say it of the offer: channel = "email" under [[offers]]'
            facts = {"channel": shown(channel), **(near(channel, known) if known else {})}
            allowed = "no offer goes by it"
            raise refusal(self.where, limit, "channel", channel, allowed, hint, key="unknown_channel", **facts)
        of = (self.channels.get(one) == channel for one in self.offers)
        return np.array([mine and own for mine, own in zip(named, of, strict=True)], np.bool_)

    def given(self, days: int, offers: Sequence[str] | None, channel: str | None, *, once: bool = False) -> Ints:
        """Return the customers, (m,) with -1 for who is gone, of what a limit speaks of and was given before.

        With `once`, what one plan gave a customer counts once.
        """
        return self.past.within(days, offers, channel, once=once)

    def money(self, limit: str, field: str, value: Amount, *, negative: bool = False) -> float:
        """Return an amount in major units.

        Raises:
            InputError: no amount, below zero where that cannot be, or in another currency.
        """
        written = str(Decimal(repr(value))) if isinstance(value, float) else str(value)
        found = _WRITTEN.fullmatch(written.strip())
        if found and found["currency"].upper() != self.currency:
            allowed = f"the shop's amounts are in {self.currency}; write the amount in {self.currency}"
            raise refusal(self.where, limit, field, value, allowed)
        try:
            amount = Money.parse(found["amount"] if found else written, self.currency).major
        except InputError as wrong:
            raise refusal(self.where, limit, field, value, wrong.message) from wrong
        if amount < 0 and not negative:
            raise refusal(self.where, limit, field, value, "must not be negative")
        return amount

    def column(self, limit: str, name: str, field: str = "column") -> str:
        """Return whether a column holds `texts`, `numbers` or `truths`; `field` is where the limit names it.

        Raises:
            InputError: there is no such column, or conditions cannot speak of its type.
        """
        if name not in self.profiles.column_names:
            columns = self.profiles.column_names
            allowed, hint = "customers have no such column", nearest(name, columns)
            facts = {"column": shown(name), **near(name, columns)}
            raise refusal(self.where, limit, field, name, allowed, hint, key="unknown_column", **facts)
        kind = self.profiles.schema.field(name).type
        if not sort_of(kind):
            allowed = f"holds {kind}; allowed are columns of texts, numbers, or true and false"
            raise refusal(self.where, limit, field, name, allowed)
        return sort_of(kind)

    def condition(self, limit: str, part: Condition) -> None:
        """Look at a condition's words.

        Raises:
            InputError: the column, a value of another type than the column's, or a range of a column without numbers.
        """
        sort = self.column(limit, part.column)
        if not part.values:
            field, bound = part.bound
            if sort != "numbers":
                allowed = f"column {part.column!r} holds no numbers; name values with is = [...]"
                raise refusal(self.where, limit, field, bound, allowed)
            if part.low is not None and part.high is not None and part.low >= part.high:
                raise refusal(self.where, limit, "below", part.high, f"must be more than from = {shown(part.low)}")
        for value in part.values:
            if _sort(value) != sort:
                raise refusal(self.where, limit, "is", value, f"column {part.column!r} holds {_SAID[sort]}")

    def somebody(self, limit: str, part: Condition, codes: Ints) -> None:
        """Look whether a condition speaks of anybody, and each of its values too.

        Raises:
            InputError: a value nobody has, or a range nobody is in.
        """
        sort = self.column(limit, part.column)
        if part.values and (len(part.values) > 1 or not codes.any()):
            values = _occurring(self.profiles[part.column], sort)
            for value in part.values:
                # A segment of ours that is empty today is no typing error, as long as somebody is in another.
                if codes.any() and part.column == SEGMENT and value in SEGMENTS:
                    continue
                if (float(value) if sort == "numbers" else value) not in values:
                    hint = nearest(str(value), [f"{one:g}" if sort == "numbers" else str(one) for one in values])
                    raise refusal(self.where, limit, "is", value, f"nobody has it in column {part.column!r}", hint)
        elif not codes.any():
            held = numbers(self.profiles[part.column])
            known = held[~np.isnan(held)]
            there = f"it goes from {known.min():g} to {known.max():g}" if len(known) else "nobody has a value there"
            field, bound = part.bound
            raise refusal(self.where, limit, field, bound, f"nobody is in the range of column {part.column!r}; {there}")


_SAID = {"texts": "texts", "numbers": "numbers", "truths": "true and false"}


def _sort(value: Value) -> str:
    return "truths" if isinstance(value, bool) else "texts" if isinstance(value, str) else "numbers"


def _occurring(column: pa.ChunkedArray, sort: str) -> dict[Value, None]:
    if sort == "numbers":
        held = numbers(column)
        return dict.fromkeys(float(one) for one in np.unique(held[~np.isnan(held)]))
    return dict.fromkeys(sorted(one for one in column.unique().to_pylist() if one is not None))


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What rows are written on.

    Attributes:
        words: see there.
        groups: the cells.
        codes: of every part that a limit speaks of, (n,).
        budget: the least budget there is, in major units; None where none is stated.
    """

    words: Words
    groups: Grouping
    codes: Mapping[Part, Ints]
    budget: float | None

    def weight(
        self, each: Mapping[int, float], offers: NDArray[np.bool_] | None = None, within: Sequence[Condition] = ()
    ) -> Floats:
        """Return (M, K, C): so much for a unit of each measure, for some offers (all) and some customers (all).

        Args:
            each: by measure, see `allocation.problem`.
            offers: (K,).
            within: conditions that all hold.
        """
        mine = np.ones(len(self.words.offers), np.bool_) if offers is None else offers
        here = np.outer(mine, self.groups.inside(within))
        found = np.zeros((max(each) + 1, *here.shape))
        for measure, times in each.items():
            found[measure][here] = times
        return found
