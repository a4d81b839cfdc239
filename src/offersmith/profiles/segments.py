"""Segments a person can name: how recently, how often and for how much a customer buys, beside the shop's own rhythm.

Recency is judged in gaps: the days since the last purchase over the customer's mean days between orders, or the shop's
median of those where that is longer or nothing is known. So a weekly grocer and a yearly gift shop need no settings.
After the recency, frequency and monetary value of direct marketing (Hughes, Strategic Database Marketing, 1994).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.words import Language, say

SEGMENTS: tuple[str, ...] = (
    "champion", "loyal", "promising", "new", "at_risk", "lapsed", "one_time", "no_purchase",
)  # fmt: skip
"""Codes, from the closest customers to the furthest."""

NEEDED = ("recency", "tenure", "orders", "spend", "cadence")
LATE_GAPS, LOST_GAPS, NEW_GAPS = 3.0, 6.0, 2.0
"""More gaps than these since the last purchase is late, or lost; no more since the first is new."""
_USUAL_GAP_DAYS = 30.0  # where no customer has bought twice yet


def segment(profiles: pa.Table) -> pa.Table:
    """Return `customer_id` and `segment` (a code of `SEGMENTS`), a row per row of the profile table.

    Champions are on time and in the best fifth of those who bought more than once, by orders and by money; loyal ones
    order at least as often as the median of these. Who first bought no more than two of the shop's usual gaps ago, or
    has bought once and is not late, is new.

    Raises:
        InputError: the table lacks one of the features `NEEDED`.
    """
    missing = [name for name in NEEDED if name not in profiles.column_names]
    if missing:
        raise InputError(f"segments need the features {', '.join(missing)}", field="features")
    recency, tenure, orders, spend, cadence = (_numbers(profiles, name) for name in NEEDED)
    bought = orders > 0
    usual = float(np.median(cadence[~np.isnan(cadence)])) if (~np.isnan(cadence)).any() else _USUAL_GAP_DAYS
    gap = np.maximum(np.fmax(cadence, usual), 1.0)
    late, lost = recency > LATE_GAPS * gap, recency > LOST_GAPS * gap
    again = orders > 1
    often, most_often, most_spent = _mark(orders, again, 0.5), _mark(orders, again, 0.8), _mark(spend, again, 0.8)
    codes = np.select(
        [
            ~bought,
            (orders == 1) & late,
            lost,
            late,
            (orders == 1) | (tenure <= NEW_GAPS * max(usual, 1.0)),
            (orders >= most_often) & (spend >= most_spent),
            orders >= often,
        ],
        ["no_purchase", "one_time", "lapsed", "at_risk", "new", "champion", "loyal"],
        "promising",
    )
    return pa.table({"customer_id": profiles["customer_id"], "segment": pa.array(codes.tolist(), pa.string())})


def sizes(profiles: pa.Table, segments: pa.Table) -> pa.Table:
    """Return segment, customers, spend (minor units) and orders, in the order of `SEGMENTS`; empty ones too."""
    joined = profiles.select(["customer_id", "spend", "orders"]).append_column("segment", segments["segment"])
    found = joined.group_by("segment").aggregate([("customer_id", "count"), ("spend", "sum"), ("orders", "sum")])
    rows = {row["segment"]: row for row in found.to_pylist()}
    return pa.table(
        {
            "segment": pa.array(SEGMENTS, pa.string()),
            "customers": _of(rows, "customer_id_count"),
            "spend": _of(rows, "spend_sum"),
            "orders": _of(rows, "orders_sum"),
        }
    )


def name(code: str, language: Language = "en") -> str:
    """Return what a segment is called."""
    return say(f"profiles.segment_{code}", language)


def meaning(code: str, language: Language = "en") -> str:
    """Return one sentence on who is in a segment."""
    return say(f"profiles.segment_{code}_means", language)


def _numbers(profiles: pa.Table, name: str) -> NDArray[np.float64]:
    column = pc.fill_null(profiles[name].cast(pa.float64()), np.nan)
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _mark(values: NDArray[np.float64], among: NDArray[np.bool_], share: float) -> float:
    """Return the quantile of `values` among some; an observed value, so no rounding decides."""
    return float(np.quantile(values[among], share, method="higher")) if among.any() else 0.0


def _of(rows: dict[str, dict[str, int]], key: str) -> pa.Array:
    return pa.array([rows.get(code, {}).get(key) or 0 for code in SEGMENTS], pa.int64())
