"""Declared features become one question over the events of a shop, as of a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis.expr.types as ir

from offersmith.store.analytics import EVENTS_TABLE
from offersmith.vocabulary import Feature


def compile_features(features: Sequence[Feature], as_of: datetime) -> ir.Table:
    """Compile features to one ibis expression: a row per customer seen before `as_of`, sorted by `customer_id`."""
    seen = EVENTS_TABLE.filter(EVENTS_TABLE.customer_id.notnull(), EVENTS_TABLE.time < as_of)
    return seen.select("customer_id").distinct().order_by("customer_id")
