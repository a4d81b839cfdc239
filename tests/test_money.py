"""Money: exact in, exact out, and never across currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.money import DIGITS, Money, scale

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD", *DIGITS])
MINORS = st.integers(-(10**15), 10**15)


@given(MINORS, CURRENCIES)
def test_what_is_printed_is_read_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert Money.parse(str(amount).removesuffix(f" {currency}"), currency) == amount


@given(MINORS, MINORS, MINORS)
def test_addition_is_a_group(a: int, b: int, c: int) -> None:
    x, y, z = (Money(value, "EUR") for value in (a, b, c))
    assert (x + y) + z == x + (y + z)
    assert x + y - y == x
    assert x + -x == Money(0, "EUR")


@given(st.floats(-1e9, 1e9))
def test_an_expectation_rounds_to_the_nearest_minor_unit(value: float) -> None:
    assert abs(Money.of(value, "USD").minor - value * 100) <= 0.5 + abs(value) * 1e-12


def test_half_a_cent_goes_to_the_even_neighbour() -> None:
    assert [Money.of(value, "USD").minor for value in (0.005, 0.015, 0.025)] == [0, 2, 2]


def test_minor_units_follow_the_currency() -> None:
    assert [scale(code) for code in ("USD", "JPY", "KWD")] == [100, 1, 1000]
    assert Money.parse("1,250", "JPY").major == 1250.0
    assert Money.parse("-1,234,567.50", "USD").minor == -123_456_750


LONG = ["1e1000000", "1e-1000000", "1e50", "9" * 40, "12.34000000000000000000000000000001"]
COMMAS = ["5,00", "1,25", "12,34,567", "1,250,", ",5"]


@pytest.mark.parametrize("text", ["12.345", "twelve", "", "nan", "inf", *COMMAS, *LONG])
def test_what_is_not_an_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="USD"):
        Money.parse(text, "USD")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(InputError, match="EUR with USD"):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.parametrize(("written", "minor"), [("200", 20000), ("200.50 USD", 20050), (" 3 usd ", 300)])
def test_an_amount_may_name_its_currency(written, minor):
    assert Money.stated(written, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(("written", "says"), [("50 EUR", "in USD"), ("abc", "abc"), ("nan", "nan"), ("", "''")])
def test_an_amount_of_another_currency_or_none_is_refused(written, says):
    with pytest.raises(InputError, match=says):
        Money.stated(written, "USD")


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "sNaN"])
def test_what_is_no_finite_number_is_called_no_number(text: str) -> None:
    with pytest.raises(InputError, match="is not a number in USD") as told:
        Money.parse(text, "USD")
    assert told.value.key == "no_number"
