"""The rules a mapped row must meet, as a table: the first one it fails is the reason it is refused with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events.mapping import DROPPED, Mapped

Mask = np.ndarray
Check = Callable[[Mapped, datetime], Iterator[tuple[str, pa.Array]]]

TOLERANCE = timedelta(days=1)
"""How far ahead of now an event may lie: clocks differ, and a day is written down before it is over."""

# An event of these says nothing without the product it is about.
_ABOUT_A_PRODUCT = pa.array(
    ["select_item", "view_item", "add_to_wishlist", "add_to_cart", "remove_from_cart", "review"]
)  # fmt: skip
_SALES = pa.array(["purchase", "refund"])


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to refuse a row; `check` yields (column it is about, rows that fail)."""

    code: str
    check: Check


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rows pass, and why the others do not.

    Attributes:
        passed: bool mask.
        reason: reason code of each refused row, null of a passed one.
        column: our column the reason is about.
    """

    passed: pa.Array
    reason: pa.Array
    column: pa.Array


def _unknown_event(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "event", mapped.unknown


def _ignored_event(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "event", mapped.ignored


def _bad_time(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "time", mapped.times.bad


def _missing_time(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "time", pc.is_null(mapped.times.time)


def _ambiguous_time(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "time", mapped.times.ambiguous


def _future_time(mapped: Mapped, now: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "time", pc.greater(mapped.times.time, pa.scalar(now + TOLERANCE, pa.timestamp("us")))


def _bad_number(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield from sorted(mapped.unreadable.items())


def _negative_quantity(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "quantity", pc.less(mapped.columns["quantity"], 0)


def _negative_amount(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    yield "amount", pc.less(mapped.columns["amount"], 0)


def _missing_product(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    if "product_id" in mapped.needs:
        about = pc.is_in(mapped.columns["event"], _ABOUT_A_PRODUCT)
        nameless = pc.and_(pc.is_null(mapped.columns[DROPPED]), pc.is_null(mapped.columns["product_name"]))
        yield "product_id", pc.and_(about, nameless)


def _missing_amount(mapped: Mapped, _: datetime) -> Iterator[tuple[str, pa.Array]]:
    if "amount" in mapped.needs:
        sale = pc.is_in(mapped.columns["event"], _SALES)
        yield "amount", pc.and_(sale, pc.is_null(mapped.columns["amount"]))


RULES: tuple[Rule, ...] = (
    Rule("unknown_event", _unknown_event),
    Rule("ignored_event", _ignored_event),
    Rule("bad_time", _bad_time),
    Rule("missing_time", _missing_time),
    Rule("ambiguous_time", _ambiguous_time),
    Rule("future_time", _future_time),
    Rule("bad_number", _bad_number),
    Rule("negative_quantity", _negative_quantity),
    Rule("negative_amount", _negative_amount),
    Rule("missing_product", _missing_product),
    Rule("missing_amount", _missing_amount),
)
"""In the order they are tried. `malformed_row` (the source could not read it) and `conflicting_event_id` (the store
knows the id with other content) come before and after."""


def judge(mapped: Mapped, now: datetime) -> Verdict:
    """Try every rule on every row; `now` is naive UTC."""
    rows = len(mapped.columns["event"])
    reason, column = np.full(rows, -1, np.int16), np.full(rows, -1, np.int16)
    named: list[str] = []
    for number, rule in enumerate(RULES):
        for name, failed in rule.check(mapped, now):
            if not pc.any(failed).as_py():
                continue
            mask = failed.fill_null(False).to_numpy(zero_copy_only=False) & (reason < 0)
            reason[mask], column[mask] = number, len(named)
            named.append(name)
    codes = pa.array([rule.code for rule in RULES])
    return Verdict(
        pa.array(reason < 0),
        codes.take(pa.array(reason, mask=reason < 0)),
        pa.array(named, pa.string()).take(pa.array(column, mask=column < 0)),
    )
