"""What a customer is expected to do and bring, from what the models of repeat buying say of everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import scale
from offersmith.profiles.lifetime.learning import about
from offersmith.profiles.lifetime.value import WINDOW
from offersmith.report.inputs_base import Interval
from offersmith.report.portrait.facts import Worth

FORESEEN = 3650
"""Days beyond which no date of a next purchase is told."""


def worth_of(table: pa.Table, customer: str, at: datetime, currency: str) -> tuple[Worth | None, str]:
    """Return what is expected of a customer; None with the code of why nothing is."""
    said = about(table)
    if not said["model"]:
        return None, "too_few"
    place = pc.index(table["customer_id"], pa.scalar(customer)).as_py()
    if place < 0:
        return None, "never_bought"
    row = table.slice(place, 1).to_pylist()[0]
    days, units = said["horizon_days"], scale(currency)
    value = (
        None
        if row["value"] is None
        else Interval(*(row[name] / units for name in ("value", "value_low", "value_high")))
    )
    soon = row["next_until"] <= FORESEEN
    return Worth(
        horizon_days=round(days),
        alive=row["alive"],
        orders=Interval(row["orders"], row["orders_low"], row["orders_high"]),
        value=value,
        churn=row["churn"],
        next_from=at.date() + timedelta(days=int(row["next_from"])) if soon else None,
        next_until=at.date() + timedelta(days=int(row["next_until"])) if soon else None,
        next_chance=WINDOW[1] - WINDOW[0],
        model=said["model"],
        kept_out=row["unlike"],
    ), ""
