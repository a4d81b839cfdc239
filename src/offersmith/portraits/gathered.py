"""Puts one customer's page together from every room that knows of them, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.kept import Kept
from offersmith.portraits.answer import Portrait
from offersmith.portraits.due import due
from offersmith.portraits.habits import habits
from offersmith.portraits.near import near
from offersmith.portraits.worth import worth_of
from offersmith.profiles import FEATURES
from offersmith.report.inputs_base import Both
from offersmith.report.portrait.facts import Given, Happened, Interest, PortraitFacts, Standing
from offersmith.report.portrait.page import render_portrait
from offersmith.store.files import replace
from offersmith.store.one_customer import paid_by_month, uses
from offersmith.store.timeline import timeline

LONGEST = 5_000
"""Things that happened to one customer and are read at most for the timeline; a reseller may have more."""
MONTHS = 24
"""Months of sales on the page."""
LOOK_BACK = timedelta(days=365)
"""How long offers that were given are told."""


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
        return Portrait(customer_id, at, None, near(profiles["customer_id"], customer_id))
    facts = _facts(kept, profiles, place, at)
    if out is None:
        return Portrait(customer_id, at, facts)
    html = render_portrait(facts, kept.settings.shop.language).encode()
    replace(out, html)
    return Portrait(customer_id, at, facts, file=out, size=len(html))


def _facts(kept: Kept, profiles: pa.Table, place: int, at: datetime) -> PortraitFacts:
    from offersmith.portraits import groups  # noqa: PLC0415 - start-up path: it loads what finds clusters

    customer = profiles["customer_id"][place].as_py()
    currency = kept.settings.shop.currency
    happened = timeline(kept.analytics, customer, at, LONGEST)
    worth, reason = worth_of(kept.lifetimes(at), customer, at, currency)
    found, neighbour = groups.found(kept, profiles, place, at)
    products, all_products = due(kept, customer, at)
    return PortraitFacts(
        shop=kept.settings.shop.name,
        customer_id=customer,
        as_of=at,
        currency=currency,
        groups=(groups.usual(profiles, place), *([found] if found else []), groups.cell(profiles, place)),
        neighbour=neighbour,
        moves=groups.moves(kept, profiles, place, at),
        moved_days=groups.MOVED_DAYS,
        interests=_interests(kept.interests(at), customer),
        habits=habits(kept, customer, at),
        due=products,
        due_products=all_products,
        worth=worth,
        worth_reason=reason,
        happened=tuple(_happened(row) for row in happened.to_pylist()),
        cut=happened.num_rows == LONGEST,
        months=_months(paid_by_month(kept.analytics, customer, at), at),
        given=_given(kept, customer, at),
        standings=_standings(profiles, place),
    )


def _interests(table: pa.Table, customer: str) -> tuple[Interest, ...]:
    """Return a customer's interests, the strongest first."""
    rows = table.filter(pc.equal(table["customer_id"], customer)).sort_by("rank").to_pylist()
    return tuple(Interest(row["name"], row["kind"], row["weight"], row["evidence"], row["last"].date()) for row in rows)


def _happened(row: Mapping[str, Any]) -> Happened:
    return Happened(
        row["time"], row["event"], row["what"] or "", row["others"], row["count"], row["amount"], row["discount"],
        row["offer_id"] or "", row["channel"] or "",
    )  # fmt: skip


def _months(paid: pa.Table, at: datetime) -> dict[date, int]:
    """Return what was paid in each of the latest months, less refunds; from the first month with a purchase on."""
    sums = dict(zip(paid["month"].to_pylist(), paid["paid"].to_pylist(), strict=True))
    if not sums:
        return {}
    months: list[date] = []
    month = max([(at - timedelta(microseconds=1)).date().replace(day=1), *sums])
    while month >= min(sums) and len(months) < MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return {one: sums.get(one, 0) for one in reversed(months)}


def _given(kept: Kept, customer: str, at: datetime) -> tuple[Given, ...]:
    """Return the offers that were sent or shown, each with the first day it was used after that."""
    given, _ = kept.given(at, LOOK_BACK.days)
    mine = given.filter(pc.equal(given["customer_id"], customer)).to_pylist()
    days = uses(kept.analytics, customer, at - LOOK_BACK, at).to_pylist() if mine else []
    names = {one.offer_id: one.name or one.offer_id for one in kept.offers()}
    found = []
    for row in sorted(mine, key=lambda one: one["time"], reverse=True):
        offer, day = row["offer_id"], row["time"].date()
        used = [one["day"] for one in days if one["offer_id"] == offer and one["day"] >= day]
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
