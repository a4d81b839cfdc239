"""Profiles of every customer as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa

from offersmith.profiles import FEATURES
from offersmith.store.analytics import Analytics
from offersmith.store.features import compile_features
from offersmith.vocabulary import Feature


def build(
    analytics: Analytics, as_of: datetime, register: pa.Table | None = None, features: Mapping[str, Feature] = FEATURES
) -> pa.Table:
    """Return `customer_id` and one column per feature, sorted by `customer_id`; metadata `as_of` is ISO 8601."""
    del register
    table = analytics.run(compile_features(tuple(features.values()), as_of))
    return table.replace_schema_metadata({"as_of": as_of.isoformat()})
