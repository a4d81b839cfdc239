"""Percentages, exactly: held to a hundredth of a percent, rounded once, a half going to the customer.

What is rounded is the offer's own choice: each piece (`unit`), each line (`line`), the offer's whole relief (`total`),
that downwards (`down`), or line after line with the error carried on (`running`, so that the sum is that of `total`).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from offersmith.errors import SettingsError

WHOLE = 10_000
"""Hundredths of a percent in one."""

ROUNDINGS = ("unit", "line", "total", "down", "running")


def share(amount: int, hundredths: int) -> int:
    """Return that part of an amount, to the nearest minor unit, a half up.

    >>> share(799, 5000), share(1196, 2000)
    (400, 239)
    """
    return (2 * amount * hundredths + WHOLE) // (2 * WHOLE)


def hundredths(where: str, name: str, percent: Any) -> int:
    """Return a percentage above 0 and at most 100 in hundredths of a percent.

    Raises:
        SettingsError: it is none, or has more than two decimals.
    """
    fault = SettingsError(
        f"{where}: {name} = {percent!r} must be a number above 0 and at most 100, with no more than two decimals"
    )
    if isinstance(percent, bool) or not isinstance(percent, (int, float, str)):
        raise fault
    try:
        exact = Decimal(str(percent)) * 100
    except InvalidOperation:
        raise fault from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 < exact <= WHOLE:
        raise fault
    return int(exact)


def normal(hundredth: int) -> int | float:
    """Return hundredths as the number a person writes: 10, 12.5."""
    return hundredth // 100 if hundredth % 100 == 0 else hundredth / 100
