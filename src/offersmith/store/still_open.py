"""Which campaigns were sent, and whose offer of one is used or taken back, by the events and by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.ledger import Ledger
from offersmith.store.outcomes import EXPOSURE_EVENTS
from offersmith.store.tables import METERS, VOUCHERS

USE = "redeem"


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


def closed(ledger: Ledger, campaign_id: str, name: str, at: datetime) -> pa.StringArray:
    """Return the customers all of whose codes of a campaign are used up, taken back or over.

    Args:
        ledger: an open one.
        campaign_id: whose codes.
        name: under which the ledger counts a code's own uses.
        at: the moment from which on an ended code is over, naive UTC.
    """
    query = (
        sa.select(VOUCHERS.c.customer_id)
        .select_from(_counted(name))
        .where(VOUCHERS.c.campaign_id == campaign_id, VOUCHERS.c.customer_id.is_not(None))
        .group_by(VOUCHERS.c.customer_id)
        .having(sa.func.sum(sa.case((_open(at), 1), else_=0)) == 0)
    )
    with ledger.transaction() as connection:
        return pa.array(list(connection.scalars(query)), pa.string())


def live_codes(ledger: Ledger, campaigns: Sequence[str], name: str, at: datetime) -> int:
    """Return how many codes of these campaigns could still be used; `name` and `at` as of `closed`."""
    query = sa.select(sa.func.count()).select_from(_counted(name)).where(VOUCHERS.c.campaign_id.in_(campaigns))
    with ledger.transaction() as connection:
        return int(connection.execute(query.where(_open(at))).scalar_one())


def money_left(ledger: Ledger, campaign_id: str) -> int | None:
    """Return what the tightest budget of a campaign has left, minor units; None where none was drawn on yet.

    Budgets that start again every day, week or month say nothing of what may still be spent.
    """
    meter = METERS.c
    query = sa.select(sa.func.min(meter.cap - (meter.taken - meter.given_back))).where(
        meter.campaign_id == campaign_id, meter.unit == "money", meter.period == "", meter.cap.is_not(None)
    )
    with ledger.transaction() as connection:
        rest: int | None = connection.execute(query).scalar_one()
    return rest


def _counted(name: str) -> sa.Join:
    """Return the codes beside the meter that counts their own uses, where one does."""
    meter = METERS.c
    own = (meter.campaign_id == VOUCHERS.c.campaign_id) & (meter.name == name) & (meter.unit == "use")
    return VOUCHERS.outerjoin(METERS, own & (meter.subject == VOUCHERS.c.code_key))


def _open(at: datetime) -> sa.ColumnElement[bool]:
    """Return whether a code could still be used."""
    code, meter = VOUCHERS.c, METERS.c
    used = sa.func.coalesce(meter.taken - meter.given_back, 0)
    return (
        (code.state == "live") & (code.uses.is_(None) | (used < code.uses)) & (code.ends.is_(None) | (code.ends > at))
    )
