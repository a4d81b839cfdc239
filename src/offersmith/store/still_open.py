"""Which campaigns were sent, and whose offer of one is used or taken back, by the events and by the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.ledger import Ledger
from offersmith.store.outcomes import EXPOSURE_EVENTS
from offersmith.store.tables import METERS, VOUCHERS

USE = "redeem"
_PAIRS = pa.schema([("customer_id", pa.string()), ("offer_id", pa.string())])


def seen(analytics: Analytics, until: datetime) -> frozenset[str]:
    """Return the campaigns of which somebody was shown an offer, or used one, before `until`."""
    t = EVENTS_TABLE
    rows = t.filter(t.event.isin((*EXPOSURE_EVENTS, USE)), t.campaign_id.notnull(), t.time < until)
    return frozenset(analytics.run(rows.select("campaign_id").distinct())["campaign_id"].to_pylist())


def users(analytics: Analytics, campaigns: Sequence[str], until: datetime) -> pa.ChunkedArray:
    """Return the customers who used an offer of one of these campaigns before `until`, each once."""
    t = EVENTS_TABLE
    rows = t.filter(t.event == USE, t.campaign_id.isin(list(campaigns)), t.customer_id.notnull(), t.time < until)
    return analytics.run(rows.select("customer_id").distinct().order_by("customer_id"))["customer_id"]


def uses(analytics: Analytics, campaigns: Sequence[str], until: datetime) -> pa.Table:
    """Return customer_id and offer_id of the uses of these campaigns before `until`, each pair once."""
    t = EVENTS_TABLE
    known = t.customer_id.notnull() & t.offer_id.notnull()
    rows = t.filter(t.event == USE, t.campaign_id.isin(list(campaigns)), known, t.time < until)
    pairs = rows.select("customer_id", "offer_id").distinct()
    return analytics.run(pairs.order_by("customer_id", "offer_id"))


def closed(ledger: Ledger, campaign_id: str, name: str, at: datetime) -> pa.StringArray:
    """Return the customers all of whose codes of a campaign are used up, taken back or over.

    Args:
        ledger: an open one.
        campaign_id: whose codes.
        name: under which the ledger counts a code's own uses.
        at: the moment from which on an ended code is over, naive UTC.
    """
    found = _closed(ledger, campaign_id, name, at, VOUCHERS.c.customer_id)
    return pa.array([row[0] for row in found], pa.string())


def closed_offers(ledger: Ledger, campaign_id: str, name: str, at: datetime) -> pa.Table:
    """Return customer_id and offer_id of the promotions all of a customer's codes for which are closed; see `closed`.

    The promotions of a plan's campaign go by the ids of the plan's offers.
    """
    found = _closed(ledger, campaign_id, name, at, VOUCHERS.c.customer_id, VOUCHERS.c.promotion_id)
    return pa.Table.from_pylist([dict(zip(_PAIRS.names, row, strict=True)) for row in found], schema=_PAIRS)


def _closed(ledger: Ledger, campaign_id: str, name: str, at: datetime, *by: sa.Column[str]) -> list[tuple[str, ...]]:
    """Return by what of a campaign's bound codes none could still be used."""
    used = _used([campaign_id], name)
    query = (
        sa.select(*by)
        .select_from(_beside(used))
        .where(VOUCHERS.c.campaign_id == campaign_id, VOUCHERS.c.customer_id.is_not(None))
        .group_by(*by)
        .having(sa.func.sum(sa.case((_open(used, at), 1), else_=0)) == 0)
    )
    with ledger.transaction() as connection:
        return [tuple(row) for row in connection.execute(query)]


def live_codes(ledger: Ledger, campaigns: Sequence[str], name: str, at: datetime) -> int:
    """Return how many codes of these campaigns could still be used; `name` and `at` as of `closed`."""
    used = _used(campaigns, name)
    query = sa.select(sa.func.count()).select_from(_beside(used)).where(VOUCHERS.c.campaign_id.in_(campaigns))
    with ledger.transaction() as connection:
        return int(connection.execute(query.where(_open(used, at))).scalar_one())


def money_left(ledger: Ledger, campaign_id: str, budgets: Mapping[str, int]) -> int | None:
    """Return what the tightest budget of a campaign has left, minor units, at least 0; None where it has no budget.

    A meter's own limit is that of the last use: what a budget is today says the campaign's definition.

    Args:
        ledger: an open one.
        campaign_id: whose money.
        budgets: the amounts by name, minor units, of those that never start again: the others say nothing of what may
            still be spent.
    """
    meter = METERS.c
    query = sa.select(meter.name, sa.func.sum(meter.taken - meter.given_back)).where(
        meter.campaign_id == campaign_id, meter.unit == "money", meter.period == "", meter.name.in_(list(budgets))
    )
    with ledger.transaction() as connection:
        used = {name: int(amount) for name, amount in connection.execute(query.group_by(meter.name))}
    return min((max(amount - used.get(name, 0), 0) for name, amount in budgets.items()), default=None)


def _used(campaigns: Sequence[str], name: str) -> sa.Subquery:
    """Return how often each code was used that was.

    Summed first: an engine that looks every code up among its campaign's meters takes the product of both.
    """
    meter = METERS.c
    uses = sa.func.sum(meter.taken - meter.given_back).label("uses")
    query = sa.select(meter.campaign_id, meter.subject, uses).where(
        meter.campaign_id.in_(campaigns), meter.name == name, meter.unit == "use"
    )
    return query.group_by(meter.campaign_id, meter.subject).subquery()


def _beside(used: sa.Subquery) -> sa.Join:
    """Return the codes, each beside its own uses where it has any."""
    code = VOUCHERS.c
    return VOUCHERS.outerjoin(used, (used.c.subject == code.code_key) & (used.c.campaign_id == code.campaign_id))


def _open(used: sa.Subquery, at: datetime) -> sa.ColumnElement[bool]:
    """Return whether a code could still be used."""
    code = VOUCHERS.c
    uses = code.uses.is_(None) | (sa.func.coalesce(used.c.uses, 0) < code.uses)
    return (code.state == "live") & uses & (code.ends.is_(None) | (code.ends > at))
