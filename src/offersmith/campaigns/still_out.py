"""What offers of earlier plans that were really sent, and are neither used nor over, are still expected to cost.

A plan counts as sent where a campaign was made of it here that has gone out and is not stopped, or where the shop's
events name it (`store.sent`). Whether a code is used, taken back or over says the
ledger as it stands; what was used of a plan that the shop sends itself say its events before the moment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.campaigns.definition import VOUCHER, define
from offersmith.campaigns.states import State
from offersmith.money import Money
from offersmith.store import still_open
from offersmith.store.analytics import Analytics
from offersmith.store.campaigns import CampaignRow, Campaigns
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.sent import OVER, sendings, went_out
from offersmith.strategy.funds import Funds, StillOut
from offersmith.vocabulary import NO_OFFER

OUT = (State.SCHEDULED, State.LIVE, State.PAUSED)
"""Customers hold its codes, or will at a moment that is set."""
NOBODY = pa.chunked_array([], pa.string())
COLUMNS = ["customer_id", "offer_id", "expected_cost", "valid_until"]


def still_out(ledger: Ledger, analytics: Analytics, at: datetime, currency: str) -> Funds:
    """Return what is promised at a moment.

    Args:
        ledger: knows plans, campaigns and codes; as it stands.
        analytics: over the events.
        at: the moment a plan is made for, naive UTC; plans of a later one do not count, nor do events from it on.
        currency: of the shop.

    Raises:
        StorageError: the file of a plan that was sent is gone or altered: what it costs is not known.
    """
    campaigns, seen = Campaigns(ledger), still_open.seen(analytics, at)
    held: list[StillOut] = []
    unsent = 0
    for one in sendings(ledger):
        plan, names = one.plan, one.names
        if plan.as_of > at:
            continue
        out = [row for row in one.campaigns if row.state not in OVER and went_out(campaigns, row) is not None]
        itself = one.seen(seen) and not out and not one.over
        if not out and not itself:
            valid = datetime.fromisoformat(plan.summary["valid_until"]) > at
            unsent += valid and not one.over and _gives(plan)
            continue
        open_ = _open(ledger, plan, still_open.users(analytics, names, at), at)
        if plan.summary.get("each", 1) > 1:
            open_ = _each_open(_open(ledger, plan, NOBODY, at), still_open.uses(analytics, names, at), open_)
        if itself:
            held.append(StillOut(plan.plan_version, plan.plan_version, *_sums(open_)))
        held += [_of_campaign(ledger, row, plan, open_, at, currency) for row in out]
    others = [row.campaign_id for row in campaigns.all(*OUT) if row.plan_version is None]
    codes = still_open.live_codes(ledger, others, VOUCHER, at) if others else 0
    return Funds(currency, tuple(one for one in held if one.offers), codes, int(unsent))


def _gives(plan: PlanRow) -> bool:
    """Return whether a plan gives anybody anything; one that does not say how many is taken to."""
    counts: Mapping[str, int] = plan.summary.get("counts", {})
    return not counts or plan.summary["customers"] > counts.get(NO_OFFER, 0)


def _open(ledger: Ledger, plan: PlanRow, users: pa.ChunkedArray, at: datetime) -> pa.Table:
    """Return the decisions of a plan that give something, hold at a moment, and were not used by the events."""
    table = pq.read_table(ledger.verify(plan), columns=COLUMNS)
    given = pc.and_(
        pc.not_equal(table["offer_id"], NO_OFFER), pc.greater(table["valid_until"], pa.scalar(at, pa.timestamp("us")))
    )
    return _without(table.filter(given), users)


def _each_open(given: pa.Table, used: pa.Table, unused: pa.Table) -> pa.Table:
    """Return what is open of a plan that may give a customer several offers: one that is used closes no other one.

    Args:
        given: rows of offers that hold, used or not.
        used: customer_id and offer_id of what was used; a use that names no offer closes none of several.
        unused: rows of `given` whose customers used nothing.
    """
    ids = given["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    several = pa.array(np.bincount(ids, minlength=1)[ids] > 1 if len(ids) else np.zeros(0, np.bool_))
    open_ = _apart(given, used)
    alone = pc.is_in(given["customer_id"], value_set=_one(unused["customer_id"]))
    return given.filter(pc.if_else(several, open_, alone))


def _of_campaign(
    ledger: Ledger, campaign: CampaignRow, plan: PlanRow, open_: pa.Table, at: datetime, currency: str
) -> StillOut:
    """Return what is out of one campaign: no more than its own budget has left."""
    if plan.summary.get("each", 1) > 1:
        closed = still_open.closed_offers(ledger, campaign.campaign_id, VOUCHER, at)
        rest = open_.filter(_apart(open_, closed))
    else:
        rest = _without(open_, still_open.closed(ledger, campaign.campaign_id, VOUCHER, at))
    offers, expected = _sums(rest)
    left = still_open.money_left(ledger, campaign.campaign_id, _budgets(ledger, campaign, currency))
    most = math.inf if left is None else Money(left, currency).major
    return StillOut(campaign.campaign_id, plan.plan_version, offers, min(expected, most))


def _budgets(ledger: Ledger, campaign: CampaignRow, currency: str) -> dict[str, int]:
    """Return the budgets of the definition that counts, in minor units, but those that start again."""
    written = Campaigns(ledger).definition(campaign.campaign_id, campaign.revision)
    if written is None:
        return {}
    definition = define(written.definition, currency=currency, zone="UTC")
    return {one.name: one.amount for one in definition.budgets if one.period == "ever"}


def _without(table: pa.Table, customers: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["customer_id"], value_set=_one(customers))))


def _apart(table: pa.Table, pairs: pa.Table) -> pa.ChunkedArray:
    """Return of every row whether its customer and offer are not among `pairs`."""
    mine, others = (pc.binary_join_element_wise(one["customer_id"], one["offer_id"], "\0") for one in (table, pairs))
    return pc.invert(pc.is_in(mine, value_set=_one(others)))


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _sums(table: pa.Table) -> tuple[int, float]:
    return table.num_rows, float(np.sum(table["expected_cost"].to_numpy()))
