"""Figures as they are read: never an exponent, never two columns run together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.shown import shown, shown_range, table


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.00007854, "+0.00007854"),
        (21740.0, "+21,740"),
        (-2.5, "-2.500"),
        (1234567.8, "+1,234,568"),
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-17, "0"),
        (math.nan, "-"),
    ],
)
def test_four_digits_and_no_exponent(value: float, said: str) -> None:
    assert shown(value, signed=True) == said


def test_shares_are_shown_in_hundredths() -> None:
    assert shown(0.07654, percent=True) == "7.654%"
    assert shown_range(-0.001, 0.0204, signed=True, percent=True) == "-0.1000% .. +2.040%"


@given(st.floats(1e-8, 1e12), st.booleans())
def test_what_is_shown_reads_back_close_to_what_it_was(value: float, below: bool) -> None:
    value = -value if below else value
    said = shown(value, signed=True)
    assert "e" not in said
    assert float(said.replace(",", "")) == pytest.approx(value, rel=1e-3)


def test_columns_keep_apart_and_line_up_in_both_scripts() -> None:
    lines = table(["方法", "值", "x"], [["ips", "1,234,567,890,123", "a"], ["snips", "2", "b"]], numbers=(1,))
    assert lines == [
        "  方法                  值  x",
        "  ips    1,234,567,890,123  a",
        "  snips                  2  b",
    ]
