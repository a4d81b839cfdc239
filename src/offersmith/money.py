"""Money is a whole number of minor units with its currency; floats stop here.

Expectations ("this offer should earn 1.37") are statistics, not money: they are floats in *major* units of the
workspace's currency and live in `Estimate` and `Decision`. What a customer pays, saves or is owed is `Money`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from offersmith.errors import InputError

# Minor-unit digits per ISO 4217; every currency not listed has two.
DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
    "TND": 3,
}  # fmt: skip


_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_PRECISION = 24
_DIGITS = 18
"""Digits before the point: more fit no ledger's 64 bits."""


def scale(currency: str) -> int:
    """Return how many minor units make one major unit of `currency` (100 for USD, 1 for JPY).

    >>> scale("USD"), scale("JPY"), scale("KWD")
    (100, 1, 1000)
    """
    return int(10 ** DIGITS.get(currency, 2))


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: `minor` whole minor units of `currency` (ISO 4217, three capital letters).

    >>> Money.parse("12.50", "USD") + Money(50, "USD")
    Money(minor=1300, currency='USD')
    >>> print(Money(-123456, "EUR"))
    -1,234.56 EUR
    """

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str | int | Decimal, currency: str) -> Money:
        """Read an exact decimal amount in major units; a part of a minor unit is refused, not rounded.

        Raises:
            InputError: the text is no number, has more decimals than the currency, or a comma not between thousands.
        """
        written = str(text).strip()
        if "," in written and not _THOUSANDS.fullmatch(written):
            raise InputError(
                f"amount {written!r:.80} in {currency}: a comma stands between thousands; write '1,250.00' or '1250.00'"
            )
        try:
            exact = Decimal(written.replace(",", ""))
        except InvalidOperation:
            exact = Decimal("nan")
        if not exact.is_finite():
            raise InputError(
                f"amount {written!r:.80} is not a number in {currency}",
                key="no_number",
                amount=f"{written!r:.80}",
                currency=currency,
            )
        # Decimal rounds to 28 digits without a word: what is longer is no amount.
        if len(exact.as_tuple().digits) > _PRECISION or exact.adjusted() >= _DIGITS:
            raise InputError(
                f"amount {written!r:.80} has more digits than an amount in {currency} can have ({_DIGITS})"
            )
        amount = exact * scale(currency)
        if amount != amount.to_integral_value():
            raise InputError(
                f"amount {written!r:.80} has more decimals than {currency} allows ({DIGITS.get(currency, 2)})"
            )
        return cls(int(amount), currency)

    @classmethod
    def of(cls, major: float, currency: str) -> Money:
        """Round an expectation in major units to the nearest minor unit (half to even)."""
        exact = Decimal(repr(float(major))) * scale(currency)
        return cls(int(exact.to_integral_value(ROUND_HALF_EVEN)), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        digits = DIGITS.get(self.currency, 2)
        return f"{Decimal(self.minor) / scale(self.currency):,.{digits}f} {self.currency}"

    @classmethod
    def stated(cls, written: str, currency: str) -> Money:
        """Return an amount of a currency, which the text may name: `200`, `200.50 USD`.

        Raises:
            InputError: no amount, or of another currency.
        """
        amount, _, named = (
            written.strip().rpartition(" ") if written.strip()[-1:].isalpha() else (written, "", currency)
        )
        if amount and named.upper() != currency:
            raise InputError(
                f"amount {written!r:.80} must be in {currency}",
                hint=f"for example 200 {currency}",
                key="other_currency",
                amount=f"{written!r:.80}",
                currency=currency,
            )
        return cls.parse(amount or written, currency)

    @property
    def text(self) -> str:
        """The amount alone, as `parse` reads it: `12.50`."""
        return f"{Decimal(self.minor) / scale(self.currency):.{DIGITS.get(self.currency, 2)}f}"

    @property
    def major(self) -> float:
        """The amount in major units, for statistics only."""
        return self.minor / scale(self.currency)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise InputError(f"cannot combine {self.currency} with {other.currency}")
        return other.minor
