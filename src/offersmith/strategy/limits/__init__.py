"""The limits a shop writes. A new kind is one file and one line in `LIMITS`; the contract tests find it there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.strategy.limits.band import Band
from offersmith.strategy.limits.base import Stated
from offersmith.strategy.limits.budget import Budget
from offersmith.strategy.limits.contacts import Contacts
from offersmith.strategy.limits.exclude import Exclude
from offersmith.strategy.limits.frequency import Frequency
from offersmith.strategy.limits.ladder import Ladder
from offersmith.strategy.limits.margin import Margin
from offersmith.strategy.limits.only import Only
from offersmith.strategy.limits.roi import Roi
from offersmith.strategy.limits.spend import Spend
from offersmith.strategy.limits.stock import Stock

LIMITS: Mapping[str, type[Stated]] = MappingProxyType(
    {
        Budget.kind: Budget,
        Stock.kind: Stock,
        Contacts.kind: Contacts,
        Spend.kind: Spend,
        Roi.kind: Roi,
        Margin.kind: Margin,
        Band.kind: Band,
        Ladder.kind: Ladder,
        Exclude.kind: Exclude,
        Only.kind: Only,
        Frequency.kind: Frequency,
    }
)
"""Every kind of limit by its word in the file."""
