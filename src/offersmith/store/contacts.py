"""Which offers customers were given in the days before a moment: what was sent, not what was planned.

Three records say it, and none counts twice:

- the shop's own of its decisions by lot (`decided`, with a time), a row for each offer that was decided;
- the events: an offer that a customer was shown, once for each campaign that has a name, else once a day;
- plans that were sent: of a campaign in the events, those who were to get an offer and were not seen to be shown it, at
  the moment the campaign was first shown to anybody; of a campaign that was shown to nobody, everybody who was to get
  an offer: at the moment it went live here (or is scheduled to), else, where the shop sent it itself and its offers are
  used, at the first use.

A plan that nobody sent is in none of them, and where a plan is made once more, what it gave itself is in none either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.errors import StorageError
from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.campaigns import Campaigns
from offersmith.store.decided import DECIDED
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.outcomes import EXPOSURE_EVENTS, campaign_ids
from offersmith.store.sent import Sending, sendings, went_out
from offersmith.store.still_open import USE
from offersmith.store.together import NAMED_APART, TOGETHER_TABLE, under_own_name
from offersmith.vocabulary import NO_OFFER

CONTACTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("offer_id", pa.string()),
        ("time", pa.timestamp("us")),
        ("sending", pa.string()),
    ]
)
"""A row per offer that a customer was given, with the moment (UTC); what one plan gave a customer has one `sending`."""


def contacts(analytics: Analytics, ledger: Ledger, since: datetime, until: datetime, instead_of: str = "") -> pa.Table:
    """Return the offers given from `since` on and before `until`; of plans for that very moment, too.

    Args:
        analytics: over the events, with the table `decided` bound (`read_back.bind`).
        ledger: knows the plans, and the campaigns made of them.
        since: naive UTC.
        until: the same: the moment of the plan that is being made.
        instead_of: the version of the plan that is made once more, if one is: nothing it gave counts against it.

    Returns:
        `CONTACTS`, sorted by customer, offer and time.
    """
    every = sendings(ledger)
    out = [name for one in every if one.plan.plan_version == instead_of for name in one.names]
    found = [analytics.run(part).cast(CONTACTS) for part in _given(since, until, out)]
    rest = [one for one in every if one.plan.plan_version != instead_of]
    found += _unseen(analytics, ledger, rest, since, until)
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in CONTACTS.names[:3]])


def _given(since: datetime, until: datetime, out: Sequence[str]) -> list[ir.Table]:
    """Return what was decided at a time of its own, what was seen, and what was to be given and was not seen.

    Nothing of the campaigns in `out`.
    """
    told = ibis.table(ibis.Schema.from_pyarrow(DECIDED), name="decided")
    given = told.filter(told.offer_id != NO_OFFER, ~told.campaign_id.isin(out))
    timed = given.filter(given.time >= since, given.time < until)
    t = EVENTS_TABLE
    somebody = t.customer_id.notnull() & (t.offer_id != NO_OFFER)
    other = t.campaign_id.isnull() | ~t.campaign_id.isin(out)
    rows = t.filter(t.event.isin(EXPOSURE_EVENTS), somebody, other, t.time < until)
    shown = rows.select(
        campaign_id=ibis.coalesce(rows.campaign_id, rows.offer_id),
        customer_id=rows.customer_id,
        offer_id=rows.offer_id,
        time=rows.time,
        day=ibis.cases((rows.campaign_id.isnull(), rows.time.truncate("D")), else_=ibis.null().cast("timestamp(6)")),
    )
    recent = shown.filter(shown.time >= since)
    seen = recent.group_by("campaign_id", "customer_id", "offer_id", "day").aggregate(time=recent.time.max())
    key = ["campaign_id", "customer_id"]
    untold = under_own_name(seen.anti_join(timed.select(*key).distinct(), key))
    starts = shown.group_by("campaign_id").aggregate(start=shown.time.min())
    whole = given.filter(given.time.isnull()).join(starts, "campaign_id")
    unshown = whole.filter(whole.start >= since).anti_join(seen.select(*key).distinct(), key)
    # Of several offers to one customer, each may have been seen or not.
    several = TOGETHER_TABLE.join(starts, "campaign_id")
    each = several.filter(several.start >= since).anti_join(
        seen.select(*key, "offer_id").distinct(), [*key, "offer_id"]
    )
    alone = untold.campaign_id + " " + untold.offer_id + " " + ibis.coalesce(untold.day.cast("string"), "")
    apart = untold.campaign_id.endswith(NAMED_APART)
    parts = (
        (timed, "time", timed.campaign_id + " " + timed.time.cast("string")),
        (untold, "time", ibis.cases((apart, untold.campaign_id), else_=alone)),
        (unshown, "start", unshown.campaign_id),
        (each, "start", each.campaign_id + NAMED_APART),
    )
    return [
        one.select(
            customer_id=one.customer_id,
            offer_id=one.offer_id,
            time=one[moment].cast("timestamp(6)"),
            sending=sending,
        )
        for one, moment, sending in parts
    ]


def _unseen(
    analytics: Analytics, ledger: Ledger, every: Sequence[Sending], since: datetime, until: datetime
) -> list[pa.Table]:
    """Return what plans gave that went live here or whose offers were used, and that nobody was seen to be shown."""
    shown, used, books, found = set(campaign_ids(analytics)), _first_uses(analytics, until), Campaigns(ledger), {}
    for one in every:
        if one.plan.as_of > until or one.seen(shown):
            continue
        live = [moment for row in one.campaigns if (moment := went_out(books, row)) is not None]
        moments = live or [used[name] for name in one.names if name in used]
        if moments and (given := _moment(one.plan, min(moments), until)) >= since:
            found[one.plan.plan_version] = _planned(ledger, one.plan, given)
    return [table for _, table in sorted(found.items())]


def _first_uses(analytics: Analytics, until: datetime) -> dict[str, datetime]:
    """Return when each campaign was first used before a moment, but those whose decisions the shop told itself."""
    t, told = EVENTS_TABLE, ibis.table(ibis.Schema.from_pyarrow(DECIDED), name="decided")
    uses = t.filter(t.event == USE, t.customer_id.notnull(), t.campaign_id.notnull(), t.time < until)
    first = uses.group_by("campaign_id").aggregate(time=uses.time.min())
    rows = analytics.run(first.anti_join(told.select("campaign_id").distinct(), "campaign_id")).to_pylist()
    return {row["campaign_id"]: row["time"] for row in rows}


def _moment(plan: PlanRow, out: datetime, until: datetime) -> datetime:
    """Return when customers got a plan that went out at a moment by the ledger's clock.

    The ledger's clock runs ahead of the events: what it says went out after the moment that is planned for has been
    sent as a plan is made today, and counts at that moment; but no later than the plan's offers ended.
    """
    ended = datetime.fromisoformat(plan.summary["valid_until"]) if "valid_until" in plan.summary else until
    return max(min(out, until, ended), plan.as_of)


def _planned(ledger: Ledger, plan: PlanRow, given: datetime) -> pa.Table:
    try:
        table = pq.read_table(ledger.verify(plan), columns=["customer_id", "offer_id"])
    except StorageError:
        return CONTACTS.empty_table()
    table = table.filter(pc.not_equal(table["offer_id"], NO_OFFER))
    table = table.append_column("time", pa.repeat(pa.scalar(given, pa.timestamp("us")), table.num_rows))
    return table.append_column("sending", pa.repeat(plan.plan_version, table.num_rows)).cast(CONTACTS)
