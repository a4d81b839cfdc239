"""When a shop is visited and bought from: counts over the shop's wall clock, by day and hour and by customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import DAY_US, column, local_day, local_us
from offersmith.store.journeys import VISIT

FIRST_DAY = -3_000 * 7
"""Add to a day number of these questions for days since 1970-01-01."""

BANDS: tuple[tuple[str, int], ...] = (("night", 6), ("morning", 11), ("midday", 14), ("afternoon", 18), ("evening", 24))
"""Bands of the day, and the hour before which each ends."""

BY: tuple[str, ...] = ("hour", "weekday", "channel", "device")
"""What a customer's days can be told apart by."""


def by_hour(as_of: datetime, since: datetime | None = None, events: Sequence[str] = ("purchase",)) -> ir.Table:
    """Return how much happened in each hour of the wall clock: day (number), hour, number, low_offset, high_offset.

    Lines of one order are one thing that happened, at its first line; lines without an order each are one. Anonymous
    ones count. Offsets are minutes; they differ where the clock was changed on that day.

    Args:
        as_of: the moment, naive UTC.
        since: begin of the window; None reads everything.
        events: what counts.

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _lines(as_of, since, events)
    single = ibis.ifelse(lines.order_id.isnull(), lines.event_id, None)
    once = lines.group_by(order=lines.order_id, single=single, customer=lines.customer_id).aggregate(
        time=lines.time.min(), utc_offset=lines.utc_offset.min()
    )
    cells = once.mutate(day=local_day(once), hour=column(once, "hour"), midnight=local_us(once) % DAY_US == 0)
    found = cells.group_by("day", "hour").aggregate(
        number=cells.count(),
        midnight=cells.midnight.sum(),
        low_offset=cells.utc_offset.min(),
        high_offset=cells.utc_offset.max(),
    )
    return found.order_by("day", "hour")


def days_by(as_of: datetime, by: str, since: datetime | None = None, events: Sequence[str] = VISIT) -> ir.Table:
    """Return on how many days each known customer came at each value: customer_id, value (text), days.

    Args:
        as_of: the moment, naive UTC.
        by: one of `BY`; `hour` counts bands of the day, `weekday` is `0` (Monday) to `6`.
        since: begin of the window; None reads everything.
        events: what counts as coming.

    Raises:
        InputError: `by` is another word, or the moment has a time zone.
    """
    if by not in BY:
        raise InputError(f"by is {by!r}; allowed are {', '.join(BY)}", field="by", value=by)
    lines = _lines(as_of, since, events)
    lines = lines.filter(lines.customer_id.notnull())
    if by == "hour":
        hour = column(lines, "hour")
        value: ir.Value = ibis.cases(*((hour < end, name) for name, end in BANDS), else_="evening")
    else:
        value = column(lines, by).cast("string")
    seen = lines.select("customer_id", value=value, day=local_day(lines))
    seen = seen.filter(seen.value.notnull())
    found = seen.group_by("customer_id", "value").aggregate(days=seen.day.nunique())
    return found.order_by("customer_id", "value")


def midnights(as_of: datetime, since: datetime | None = None, events: Sequence[str] = VISIT) -> ir.Table:
    """Return one row: lines, and how many of them (`midnight`) happened at midnight sharp, as dates without hours do.

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _lines(as_of, since, events)
    return lines.aggregate(
        lines=lines.count(), midnight=(local_us(lines) % DAY_US == 0).sum().fill_null(0).cast("int64")
    )


def local_days(moment: datetime, offset_minutes: int) -> int:
    """Return the number of the wall clock's day at a moment, as these questions count days."""
    return (moment + timedelta(minutes=offset_minutes) - datetime(1970, 1, 1)).days - FIRST_DAY  # noqa: DTZ001 - UTC


def _lines(as_of: datetime, since: datetime | None, events: Sequence[str]) -> ir.Table:
    for name, moment in (("as_of", as_of), ("since", since)):
        if moment is not None and moment.tzinfo is not None:
            raise InputError(f"the moment {moment.isoformat()} must be naive UTC", field=name)
    lines = EVENTS_TABLE.filter(EVENTS_TABLE.time < as_of, EVENTS_TABLE.event.isin(tuple(events)))
    return lines if since is None else lines.filter(lines.time >= since)
