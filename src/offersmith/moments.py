"""Moments as people write them, as naive UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from offersmith.errors import InputError


def moment(text: str) -> datetime:
    """Read an ISO 8601 moment as naive UTC; without a zone it is UTC already.

    >>> moment("2017-10-30T01:00+01:00")
    datetime.datetime(2017, 10, 30, 0, 0)

    Raises:
        InputError: the text is no moment.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError as fault:
        raise InputError(
            f"moment {text!r} is not ISO 8601",
            hint="for example 2017-10-30 or 2017-10-30T08:00",
            key="no_moment",
            text=text,
        ) from fault
    return read if read.tzinfo is None else read.astimezone(UTC).replace(tzinfo=None)


def utc_now() -> datetime:
    """Return what the clock says, naive UTC: asked at the edge only, and passed on from there."""
    return datetime.now(UTC).replace(tzinfo=None)
