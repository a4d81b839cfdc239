"""When a code counts, and until when."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from offersmith.campaigns.vouchers import ends_after, why_not
from offersmith.errors import InputError
from offersmith.offers.wall_clock import local
from offersmith.store.vouchers import Voucher

NOON = datetime(2026, 6, 19, 12)
DAY = timedelta(days=1)
BOUND = Voucher("ABC", "a-bc", "c1", "ten", "b", "ada", NOON, NOON, NOON + DAY, 1, "live")


@pytest.mark.parametrize(
    ("voucher", "at", "customer_id", "why"),
    [
        (BOUND, NOON, "ada", ""),
        (BOUND, NOON + DAY - timedelta(microseconds=1), "ada", ""),
        (BOUND, NOON + DAY, "ada", "expired"),
        (BOUND, NOON - timedelta(microseconds=1), "ada", "not_started"),
        (BOUND, NOON, "bo", "not_yours"),
        (BOUND, NOON, None, "nobody"),
        # Somebody else learns nothing of it but that it is not theirs.
        (BOUND, NOON + DAY, "bo", "not_yours"),
        (replace(BOUND, customer_id=None), NOON, None, ""),
        (replace(BOUND, starts=None, ends=None), NOON + 9999 * DAY, "ada", ""),
        (replace(BOUND, state="void"), NOON, "ada", "void"),
        (None, NOON, "ada", "unknown"),
    ],
)
def test_a_code_counts_or_says_why_not(
    voucher: Voucher | None, at: datetime, customer_id: str | None, why: str
) -> None:
    assert why_not(voucher, at=at, customer_id=customer_id) == why


def test_a_code_ends_at_the_same_time_of_day_though_the_clock_changed() -> None:
    issued = datetime(2026, 10, 20, 8)  # ten in the morning in Berlin
    ends = ends_after(issued, 7, "Europe/Berlin")
    assert local(ends, "Europe/Berlin") == datetime(2026, 10, 27, 10)
    assert ends - issued == 7 * DAY + timedelta(hours=1)


def test_no_code_holds_longer_than_its_campaign() -> None:
    assert ends_after(NOON, 30, "UTC", NOON + 10 * DAY) == NOON + 10 * DAY
    assert ends_after(NOON, 5, "UTC", NOON + 10 * DAY) == NOON + 5 * DAY


@pytest.mark.parametrize("days", [0, -1, 3661, 10**9])
def test_a_number_of_days_that_is_not_allowed_is_named(days: int) -> None:
    with pytest.raises(InputError, match=rf"days = {days} is not allowed; allowed: 1 to 3660"):
        ends_after(NOON, days, "UTC")
