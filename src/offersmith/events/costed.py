"""Whether a shop that gives offers records what they take off anywhere: asked after every ingest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from offersmith.events.base import Receipt
from offersmith.events.cost_record import CostsUntold
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.store.ledger import Ledger


def costed(receipt: Receipt, ledger: Ledger, events: Callable[[], AbstractContextManager[Analytics]]) -> Receipt:
    """Return a receipt that says so where offers are on record and nothing says what they took off.

    Args:
        receipt: with its count of decisions.
        ledger: knows the sources whose events are in the store.
        events: opens the engine over the events; only where there may be something to say.
    """
    used = any((batch.counts.get("events_by_name") or {}).get("redeem") for batch in ledger.batches())
    if not used and not receipt.decided:
        return receipt
    with events() as analytics:
        uses = outcomes.uses_untold(analytics)
    return receipt if uses is None else replace(receipt, costs=CostsUntold(uses, receipt.decided))
