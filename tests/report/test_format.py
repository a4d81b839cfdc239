"""Numbers, amounts and dates as readers of two languages expect them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.report.base import Column
from offersmith.report.format import JOINED, MINUS, Reader, fixed
from offersmith.report.inputs import Interval

EN, ZH = Reader("en", "USD"), Reader("zh", "USD")


@pytest.mark.parametrize(
    ("reader", "amount", "text"),
    [
        (EN, 1234.56, "$1,235"),
        (EN, 12.5, "$12.50"),
        (EN, -12.5, f"{MINUS}{JOINED}$12.50"),
        (EN, -0.001, "$0.00"),
        (ZH, 1234.56, "US$1,235"),
        (Reader("zh", "CNY"), 8.0, "¥8.00"),
        (Reader("en", "CNY"), 8.0, "CN¥8.00"),
        (Reader("en", "JPY"), 8.0, "¥8"),
        (Reader("en", "CHF"), 8.0, "CHF\N{NO-BREAK SPACE}8.00"),
    ],
)
def test_an_amount(reader: Reader, amount: float, text: str) -> None:
    assert reader.money(amount) == text


def test_a_day_and_a_month() -> None:
    day = date(2017, 10, 30)
    assert (EN.day(day), EN.month(day)) == ("30 October 2017", "Oct 2017")
    assert (ZH.day(day), ZH.month(day)) == ("2017年10月30日", "2017年10月")


def test_an_interval_has_equal_decimals() -> None:
    assert EN.span(Interval(50, -5, 120)) == f"{MINUS}{JOINED}$5 to $120"
    assert ZH.span(Interval(5, 1, 9.25)) == "US$1.00 至 US$9.25"


def test_a_small_share_is_not_called_nothing() -> None:
    assert EN.percent(0.0004) == "<0.1%"
    assert EN.percent(0.0) == "0.0%"
    assert EN.percent(0.856, 0) == "86%"


def test_the_cells_of_a_column_have_equal_decimals() -> None:
    assert EN.column(Column("cost", "money"), [1.5, 1000.0, None]) == ["$2", "$1,000", "–"]
    assert EN.column(Column("cost", "money"), [1.5, 10.0]) == ["$1.50", "$10.00"]
    assert EN.column(Column("lift", "number"), [1.23456, 2.0]) == ["1.23", "2.00"]


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_number_reads_back(value: float, digits: int) -> None:
    text = fixed(value, digits)
    back = Decimal(text.replace(",", "").replace(MINUS, "-"))
    assert abs(back - Decimal(repr(value))) <= Decimal(5).scaleb(-digits - 1)
    assert not (back == 0 and text.startswith(MINUS))
