"""Whether decisions that were told are those of what happened: their campaigns are known, and sent as decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.decided import MAX_UNLIKE
from offersmith.store.outcomes import EXPOSURE_EVENTS, exposures
from offersmith.vocabulary import NO_OFFER


def unknown(log: pa.Table, analytics: Analytics) -> list[tuple[str, int, list[str]]]:
    """Return campaigns that no event knows, with their decisions and the campaigns that events know.

    One that was decided after the last event is still to be sent. One that was only redeemed is known if each decision
    has a time: nobody could say otherwise when it started.

    Args:
        log: decisions, as `decided.DECIDED`.
        analytics: over the events.
    """
    t = EVENTS_TABLE
    named = t.filter(t.event.isin((*EXPOSURE_EVENTS, "redeem")), ibis.coalesce(t.campaign_id, t.offer_id).notnull())
    table = analytics.run(
        named.group_by(campaign_id=ibis.coalesce(named.campaign_id, named.offer_id)).aggregate(
            shown=named.event.isin(EXPOSURE_EVENTS).any()
        )
    )
    shown = dict(zip(table["campaign_id"].to_pylist(), table["shown"].to_pylist(), strict=True))
    last = _last(analytics)
    found = []
    for campaign in sorted(set(log["campaign_id"].to_pylist())):
        times = log.filter(pc.equal(log["campaign_id"], campaign))["time"]
        timed = times.null_count == 0
        to_come = timed and (last is None or pc.min(times).as_py() > last)
        if not (shown.get(campaign) or (campaign in shown and timed) or to_come):
            found.append((campaign, len(times), sorted(shown)))
    return found


def sent_otherwise(log: pa.Table, analytics: Analytics) -> list[tuple[str, int, int, str]]:
    """Return campaigns more than `MAX_UNLIKE` of whose recipients were shown what was not decided about them.

    Returns:
        The campaign, how many were shown one of its offers, how many of them otherwise than decided, and such an offer.
    """
    last = _last(analytics)
    if last is None:
        return []
    shown = exposures(analytics, last + timedelta(days=1))
    found = []
    for campaign in sorted(set(log["campaign_id"].to_pylist())):
        mine, sent = (table.filter(pc.equal(table["campaign_id"], campaign)) for table in (log, shown))
        pairs = [_pairs(table) for table in (sent, mine)]
        other = np.flatnonzero(~np.isin(pairs[0], pairs[1]))
        if len(other) > MAX_UNLIKE * sent.num_rows:
            found.append((campaign, sent.num_rows, len(other), str(sent["offer_id"][int(other[0])].as_py())))
    return found


def unheard(log: pa.Table, analytics: Analytics, offers: Iterable[str]) -> tuple[dict[str, int], list[str]]:
    """Return words for offers that nobody knows, each with its decisions, and the words that are known.

    Known are `none`, the shop's own offers, and those that any event names: a campaign may have given what the shop
    gives no more.

    Args:
        log: decisions, as `decided.DECIDED`.
        analytics: over the events.
        offers: names of the shop's own.
    """
    t = EVENTS_TABLE
    named = analytics.run(t.filter(t.offer_id.notnull()).select("offer_id").distinct())["offer_id"].to_pylist()
    known = [NO_OFFER, *sorted({*offers, *named} - {NO_OFFER})]
    counted = {one["values"]: one["counts"] for one in pc.value_counts(log["offer_id"]).to_pylist()}
    return {word: counted[word] for word in sorted(set(counted) - set(known))}, known


def _pairs(table: pa.Table) -> np.ndarray:
    joined = pc.binary_join_element_wise(table["customer_id"], table["offer_id"], "\0")
    return np.asarray(joined.to_numpy(zero_copy_only=False), dtype=np.str_)


def _last(analytics: Analytics) -> datetime | None:
    t = EVENTS_TABLE
    moment: datetime | None = analytics.run(t.aggregate(last=t.time.max()))["last"][0].as_py()
    return moment
