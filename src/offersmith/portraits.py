"""The desk where one customer's page is put together: what is known of them at a moment, from every room that knows.

Nothing is decided here. What is not known (too few customers to learn from, nothing bought) is left out with a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import StateError
from offersmith.kept import Kept
from offersmith.money import scale
from offersmith.profiles import FEATURES
from offersmith.profiles.lifetime.learning import about
from offersmith.profiles.lifetime.value import WINDOW
from offersmith.profiles.segments import meaning, name, segment
from offersmith.report.format import Reader
from offersmith.report.inputs_base import Both, Interval
from offersmith.report.portrait.facts import Given, Group, Happened, Interest, Move, PortraitFacts, Standing, Worth
from offersmith.report.portrait.page import headline, render_portrait, standfirst
from offersmith.store.files import replace
from offersmith.store.timeline import timeline
from offersmith.words import LANGUAGES, Language, say

MOVED_DAYS = 28
"""Days over which it is told where customers of a segment went."""
LONGEST = 5_000
"""Things that happened to one customer and are read at most; a reseller may have more."""
MONTHS = 24
"""Months of sales on the page."""
FORESEEN = 3650
"""Days beyond which no date of a next purchase is told."""
LOOK_BACK = timedelta(days=365)
"""How long offers that were given are told."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What is known of one customer; `facts` is None where nobody of that name was seen before the moment."""

    customer_id: str
    as_of: datetime
    facts: PortraitFacts | None
    file: Path | None = None
    size: int = 0

    @property
    def known(self) -> bool:
        """Whether the shop knows the customer."""
        return self.facts is not None

    def text(self, language: Language = "en") -> str:
        """Say the story, then where the page is."""
        if self.facts is None:
            return say("shop.no_such_customer", language, customer=self.customer_id, as_of=self.as_of)
        reader = Reader(language, self.facts.currency)
        said = [headline(self.facts, reader), standfirst(self.facts, reader)]
        if self.file is not None:
            told = {"customer": self.customer_id, "file": self.file, "kilobytes": self.size // 1000}
            said.append(say("portrait.written", language, **told))
        return "\n".join(said)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        fixed: dict[str, Any] = {"customer_id": self.customer_id, "as_of": self.as_of.isoformat(), "known": self.known}
        if self.facts is None:
            return fixed
        facts = self.facts
        found = {
            "segments": [{"way": one.way.en, "name": one.name.en, "customers": one.customers} for one in facts.groups],
            "features": {one.feature: one.value for one in facts.standings},
            "offers": [
                {"name": one.name.en, "given": str(one.day), "used": None if one.used is None else str(one.used)}
                for one in facts.given
            ],
        }
        return {**fixed, **found, "file": str(self.file) if self.file else None, "bytes": self.size}

    def __str__(self) -> str:
        return self.text()


def portrait(kept: Kept, customer_id: str, at: datetime, out: Path | None = None) -> Portrait:
    """Put one customer's page together, and write it where a file is named.

    Args:
        kept: the shelf of the shop.
        customer_id: of whom.
        at: the moment, naive UTC.
        out: the page; None writes nothing.

    Raises:
        OSError: the page cannot be written.
    """
    profiles, _ = kept.profiles(at)
    place = pc.index(profiles["customer_id"], pa.scalar(customer_id)).as_py()
    if place < 0:
        return Portrait(customer_id, at, None)
    facts = _facts(kept, profiles, place, at)
    if out is None:
        return Portrait(customer_id, at, facts)
    html = render_portrait(facts, kept.settings.shop.language).encode()
    replace(out, html)
    return Portrait(customer_id, at, facts, out, len(html))


def _facts(kept: Kept, profiles: pa.Table, place: int, at: datetime) -> PortraitFacts:
    customer = profiles["customer_id"][place].as_py()
    codes = segment(profiles)["segment"]
    code = codes[place].as_py()
    happened = timeline(kept.analytics, customer, at, LONGEST)
    worth, reason = _worth(kept.lifetimes(at), customer, at, kept.settings.shop.currency)
    return PortraitFacts(
        shop=kept.settings.shop.name,
        customer_id=customer,
        as_of=at,
        currency=kept.settings.shop.currency,
        groups=(_usual(codes, code),),
        moves=_moves(kept, code, codes, profiles, at),
        moved_days=MOVED_DAYS,
        interests=_interests(kept.interests(at), customer),
        worth=worth,
        worth_reason=reason,
        happened=tuple(_happened(row) for row in happened.to_pylist()),
        cut=happened.num_rows == LONGEST,
        months=_months(happened, at),
        given=_given(kept, customer, happened, at),
        standings=_standings(profiles, place),
    )


def _worth(table: pa.Table, customer: str, at: datetime, currency: str) -> tuple[Worth | None, str]:
    """Return what is expected of a customer; None with the code of why nothing is."""
    said = about(table)
    if not said["model"]:
        return None, "too_few"
    place = pc.index(table["customer_id"], pa.scalar(customer)).as_py()
    if place < 0:
        return None, "never_bought"
    row = table.slice(place, 1).to_pylist()[0]
    days, units = said["horizon_days"], scale(currency)
    value = (
        None
        if row["value"] is None
        else Interval(*(row[name] / units for name in ("value", "value_low", "value_high")))
    )
    soon = row["next_until"] <= FORESEEN
    return Worth(
        horizon_days=round(days),
        alive=row["alive"],
        orders=Interval(row["orders"], row["orders_low"], row["orders_high"]),
        value=value,
        churn=row["churn"],
        next_from=at.date() + timedelta(days=int(row["next_from"])) if soon else None,
        next_until=at.date() + timedelta(days=int(row["next_until"])) if soon else None,
        next_chance=WINDOW[1] - WINDOW[0],
        model=said["model"],
        kept_out=row["unlike"],
    ), ""


def _interests(table: pa.Table, customer: str) -> tuple[Interest, ...]:
    """Return a customer's interests, the strongest first."""
    rows = table.filter(pc.equal(table["customer_id"], customer)).sort_by("rank").to_pylist()
    return tuple(Interest(row["name"], row["kind"], row["weight"], row["evidence"], row["last"].date()) for row in rows)


def _usual(codes: pa.ChunkedArray, code: str) -> Group:
    """Return the customer's segment of `profiles.segments`."""
    size = pc.sum(pc.equal(codes, code)).as_py()
    names, means = ({tongue: tell(code, tongue) for tongue in LANGUAGES} for tell in (name, meaning))
    return Group(Both.say("portrait.usual"), Both(**names), Both(**means), size, size / len(codes))


def _moves(kept: Kept, code: str, codes: pa.ChunkedArray, profiles: pa.Table, at: datetime) -> tuple[Move, ...]:
    """Return where those who were in a segment some days ago are now; nothing where the shop was not there yet."""
    before = at - timedelta(days=MOVED_DAYS)
    try:
        earlier = kept.profiles(kept.moment(before))[0]
    except StateError:
        return ()
    were = earlier["customer_id"].filter(pc.equal(segment(earlier)["segment"], code))
    now = pc.index_in(were.combine_chunks(), value_set=profiles["customer_id"].combine_chunks())
    counts = Counter(codes.take(now.drop_null()).to_pylist())
    total = counts.total()
    return tuple(
        Move(Both(**{tongue: name(one, tongue) for tongue in LANGUAGES}), number / total)
        for one, number in counts.most_common()
    )


def _happened(row: Mapping[str, Any]) -> Happened:
    return Happened(
        row["time"], row["event"], row["what"] or "", row["others"], row["count"], row["amount"], row["discount"],
        row["offer_id"] or "", row["channel"] or "",
    )  # fmt: skip


def _months(happened: pa.Table, at: datetime) -> dict[date, int]:
    """Return what was paid in each of the latest months, less refunds; from the first month with a purchase on."""
    paid: Counter[date] = Counter()
    for row in happened.select(["time", "event", "amount"]).to_pylist():
        if row["event"] in ("purchase", "refund") and row["amount"] is not None:
            month = row["time"].date().replace(day=1)
            paid[month] += row["amount"] if row["event"] == "purchase" else -row["amount"]
    if not paid:
        return {}
    months: list[date] = []
    month = (at - timedelta(microseconds=1)).date().replace(day=1)
    while month >= min(paid) and len(months) < MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return {one: paid[one] for one in reversed(months)}


def _given(kept: Kept, customer: str, happened: pa.Table, at: datetime) -> tuple[Given, ...]:
    """Return the offers that were sent or shown, each with the first day it was used after that."""
    given, _ = kept.given(at, LOOK_BACK.days)
    mine = given.filter(pc.equal(given["customer_id"], customer)).to_pylist()
    uses = [row for row in happened.to_pylist() if row["event"] == "redeem" and row["offer_id"]]
    names = {one.offer_id: one.name or one.offer_id for one in kept.offers()}
    found = []
    for row in sorted(mine, key=lambda one: one["time"], reverse=True):
        offer, day = row["offer_id"], row["time"].date()
        used = [one["time"].date() for one in uses if one["offer_id"] == offer and one["time"].date() >= day]
        found.append(Given(Both.same(names.get(offer, offer)), day, min(used, default=None)))
    return tuple(found)


def _standings(profiles: pa.Table, place: int) -> tuple[Standing, ...]:
    """Return every feature of a customer with the share of customers who have less of it."""
    found = []
    for feature in profiles.column_names[1:]:
        column = profiles[feature].cast(pa.float64()).to_numpy()
        value, held = column[place], column[~np.isnan(column)]
        below = float(np.mean(held < value)) if held.size and not np.isnan(value) else None
        unit = FEATURES[feature].unit if feature in FEATURES else ""
        found.append(Standing(feature, None if np.isnan(value) else float(value), unit, below))
    return tuple(found)
