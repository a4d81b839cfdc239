from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.events.amounts import exact, line, minor, pieces


def cents(value: object) -> int | None:
    return minor(exact(pa.array([value]))[0], 2)[0][0].as_py()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.50", 1250), ("-2", -200), ("+3", 300), (".5", 50), ("1,234.50", 123450), ("1.234,50", 123450),
        ("12,5", 1250), ("1,234", 123400), ("1.234", 123), ("1.234.567", 123456700), ("£12.50", 1250),
        ("12.50 €", 1250), ("12.50 EUR", 1250), ("US$5", 500), ("¥1,200", 120000), ("(12.50)", -1250),
        ("1 234,50", 123450), ("1'234.50", 123450), ("1e3", 100000), ("2.5E-1", 25), (" 7 ", 700),
    ],
)  # fmt: skip
def test_a_text_is_the_amount_it_means(text: str, expected: int) -> None:
    assert cents(text) == expected


@pytest.mark.parametrize("text", ["abc", "1.2.3,4,5", "12-5", "1e99", "123456789012", "--5"])
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    value, bad = exact(pa.array([text, "1"]))
    assert value.to_pylist()[0] is None
    assert bad.to_pylist() == [True, False]


@pytest.mark.parametrize("text", ["", "NULL", "nan", "N/A", None])
def test_nothing_is_no_fault(text: str | None) -> None:
    value, bad = exact(pa.array([text, "1"]))
    assert value.to_pylist()[0] is None
    assert bad.to_pylist() == [False, False]


@settings(max_examples=100, deadline=None)
@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False))
def test_money_is_rounded_half_to_even_and_says_so(amount: Decimal) -> None:
    value, bad = exact(pa.array([f"{amount:f}"]))
    found, rounded, tall = minor(value, 2)
    expected = (amount * 100).to_integral_value(ROUND_HALF_EVEN)
    assert found[0].as_py() == int(expected)
    assert rounded[0].as_py() == (expected != amount * 100)
    assert not bad[0].as_py()
    assert not tall[0].as_py()


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**8), 10**8))
def test_a_float_is_the_decimal_it_is_written_as(mills: int) -> None:
    amount = Decimal(mills) / 1000
    assert cents(float(amount)) == cents(f"{amount:f}")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_line_is_price_times_quantity_to_the_cent(price: int, grams: int) -> None:
    unit, quantity = Decimal(price) / 1000, Decimal(grams) / 1000
    value = line(exact(pa.array([f"{unit:f}"]))[0], pieces(pa.array([float(quantity)]))[0])
    assert minor(value, 2)[0][0].as_py() == int((unit * quantity * 100).to_integral_value(ROUND_HALF_EVEN))


def test_a_digit_far_behind_still_tips_a_half() -> None:
    assert cents("0.00500000000001") == 1
    assert cents("0.00500000000000") == 0


def test_other_types() -> None:
    assert [cents(value) for value in (3, Decimal("2.5"), True, float("nan"), None)] == [300, 250, 100, None, None]
    assert minor(exact(pa.array([2.55], pa.float32()))[0], 2)[0].to_pylist() == [255]
    assert minor(exact(pa.array([1250]))[0], 0)[0].to_pylist() == [1250]
    assert exact(pa.array([float("inf")]))[1].to_pylist() == [True]
