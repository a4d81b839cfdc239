"""What a report is told about the shop as it is: its sales, its data, its segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from offersmith.report.inputs_base import Both, Level


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The shop at a glance: the tables of `store.summaries` as they come.

    Attributes:
        totals: one row, as `summaries.totals` describes it.
        by_month: month (date, timestamp or `YYYY-MM`), revenue (minor), orders, customers; sorted.
        by_category: category (null = not recorded), revenue (minor); largest first.
        by_product: product_id, product_name, revenue (minor); largest first, goods only.
        by_event: event, rows.
    """

    totals: pa.Table
    by_month: pa.Table
    by_category: pa.Table
    by_product: pa.Table
    by_event: pa.Table


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing the quality check noticed: what, in how many rows, how grave."""

    text: Both
    rows: int
    level: Level = "info"


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """What was read, what became of it, and what is odd about it.

    `accepted + redelivered + quarantined == read`. `anonymous`, `refunds` and `equal_lines` are parts of `read`.

    Attributes:
        read: rows in the files.
        accepted: rows that are now events.
        redelivered: rows whose event id was already stored.
        quarantined: rows refused, kept aside with the reason.
        anonymous: rows read without a customer.
        refunds: rows read that give money back.
        equal_lines: rows read that equal an earlier row of the same file (kept).
        missing: column -> share of accepted rows where it is null, 0..1.
        reasons: refusal in words -> rows.
        findings: from the quality report, gravest first.
    """

    read: int
    accepted: int
    redelivered: int = 0
    quarantined: int = 0
    anonymous: int = 0
    refunds: int = 0
    equal_lines: int = 0
    missing: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[tuple[Both, int], ...] = ()
    findings: tuple[QualityFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment: who they are, how many, their sales in the window and all their orders ever."""

    name: Both
    customers: int
    revenue_minor: int
    orders: int
    meaning: Both = field(default_factory=lambda: Both("", ""))


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """The first segments, in the order they should be read; `window_days` is what revenue covers."""

    rows: tuple[SegmentRow, ...]
    as_of: datetime
    window_days: int = 365
