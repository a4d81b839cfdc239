"""What a code is worth to whoever enters it, and until when a code that is issued holds."""

from __future__ import annotations

from datetime import datetime

from offersmith.errors import InputError
from offersmith.offers.wall_clock import days_on
from offersmith.store.vouchers import Voucher

MOST_DAYS = 3660
"""The longest a code may hold: ten years."""


def why_not(voucher: Voucher | None, *, at: datetime, customer_id: str | None) -> str:
    """Return the reason code that keeps a code from counting, or "".

    Codes: `unknown`, `void` (taken back), `not_started`, `expired`, `not_yours` (bound to somebody else), `nobody`
    (bound, and nobody said who enters it). Whether its uses are gone is the ledger's to say. All but the owner of a
    code and staff get one answer for every reason.

    Args:
        voucher: the code that was found; None = none such.
        at: the moment, naive UTC; `ends` is exclusive.
        customer_id: who enters it; None = not known.
    """
    if voucher is None:
        return "unknown"
    if voucher.state != "live":
        return "void"
    if voucher.customer_id is not None and voucher.customer_id != customer_id:
        return "not_yours" if customer_id else "nobody"
    if voucher.starts is not None and at < voucher.starts:
        return "not_started"
    if voucher.ends is not None and at >= voucher.ends:
        return "expired"
    return ""


def ends_after(issued_at: datetime, days: int, zone: str, campaign_ends: datetime | None = None) -> datetime:
    """Return when a code that holds for `days` days from its issue ends: at that time of day by the wall clock.

    Args:
        issued_at: naive UTC.
        days: at least one.
        zone: IANA zone of the wall clock.
        campaign_ends: no code holds longer than its campaign; None = that has no end.

    Raises:
        InputError: the number of days is not allowed.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"days = {days} is not allowed; allowed: 1 to {MOST_DAYS}", field="days", value=days)
    ends = days_on(issued_at, days, zone)
    return ends if campaign_ends is None else min(ends, campaign_ends)
