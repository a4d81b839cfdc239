"""The decisions of past plans, read back from where they were written, for the campaigns that were really sent.

A plan's file keeps every customer's decision with the chances of all offers (`strategy.table`); the ledger knows which
campaign was made of which plan, and by which names events may call it (`store.sent`). What the shop told itself of a
campaign's decisions (`events.decisions`) goes before what a plan of ours says of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.errors import StorageError
from offersmith.store.analytics import Analytics
from offersmith.store.decided import DECIDED, STANDS_FOR
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.outcomes import campaign_ids
from offersmith.store.sent import by_name, sendings
from offersmith.store.together import TOGETHER, apart


class Bound(NamedTuple):
    """What was bound.

    Attributes:
        digest: of the decisions: models learned with other chances are other models.
        plans: of the workspace, whose campaigns are in the events, by campaign.
    """

    digest: str
    plans: tuple[PlanRow, ...]


def nothing(plan: PlanRow) -> Mapping[str, str]:  # noqa: ARG001 - the shape of what `bind` asks
    """Say of a plan that none of its offers stood for another."""
    return {}


def bind(
    analytics: Analytics,
    ledger: Ledger,
    told: Path | None = None,
    stood_for: Callable[[PlanRow], Mapping[str, str]] = nothing,
) -> Bound:
    """Bind the table `decided` to the decisions of all campaigns in the events whose chances are known.

    And the table `stands_for` to what in these campaigns stood for an offer of the shop's own, and `together` to the
    customers who got several offers of one plan, who are no part of `decided` (`store.together`).

    A plan whose file is gone or altered has no chances that could be believed: its campaign counts as not decided by
    lot.

    Args:
        analytics: over the events.
        ledger: knows our plans, and the campaigns made of them.
        told: the decisions that the shop told, as `decided.DECIDED`; None, or no file, where it told none.
        stood_for: which offers of a plan stood for which of the shop's own, on the same terms.
    """
    tables, content, plans = [DECIDED.empty_table()], hashlib.sha256(), []
    others = [TOGETHER.empty_table()]
    if told is not None and told.exists():
        tables.append(_told(told))
        content.update(told.read_bytes())
    shown = set(campaign_ids(analytics))
    seen = shown - set(pc.unique(tables[-1]["campaign_id"]).to_pylist())
    named = by_name(sendings(ledger))
    for name in sorted(seen & set(named)):
        table = _decisions(ledger, named[name], name)
        if table is not None:
            if named[name].summary.get("each", 1) > 1:
                table, several = apart(table)
                others.append(several)
            tables.append(table)
            plans.append(named[name])
            content.update(f"{name}\0{named[name].sha256}\0".encode())
    standing = [
        {"campaign_id": name, "offer_id": offer, "own_offer_id": own}
        for name in sorted(shown & set(named))
        for offer, own in sorted(stood_for(named[name]).items())
    ]
    if standing:
        content.update(repr(standing).encode())
    analytics.use_table("decided", pa.concat_tables(tables))
    analytics.use_table("together", pa.concat_tables(others))
    analytics.use_table("stands_for", pa.Table.from_pylist(standing, schema=STANDS_FOR))
    return Bound(content.hexdigest(), tuple(plans))


def _told(file: Path) -> pa.Table:
    try:
        return pq.read_table(file).cast(DECIDED)
    except (pa.ArrowException, OSError) as fault:
        raise StorageError(f"{file} cannot be read: {fault}", hint="ingest again", path=str(file)) from fault


def _decisions(ledger: Ledger, plan: PlanRow, campaign_id: str) -> pa.Table | None:
    """Return a plan's decisions as those of a campaign; None where the file is not what was recorded."""
    try:
        table = pq.read_table(ledger.verify(plan))
    except StorageError:
        return None
    rows = table.num_rows
    columns = {
        "campaign_id": pa.repeat(campaign_id, rows),
        "customer_id": table["customer_id"],
        "offer_id": table["offer_id"],
        "probability": table["probability"],
        # A plan decides about all at once, and nothing happens before it is sent.
        "time": pa.nulls(rows, pa.timestamp("us")),
        "chances": table["chances"]
        if "chances" in table.column_names
        else pa.nulls(rows, DECIDED.field("chances").type),
    }
    return pa.table(columns).cast(DECIDED)
