"""Percentages and amounts off, to the cent."""

from __future__ import annotations

from typing import Any

import pytest
from tests.offers.strategies import offer

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate


def off(kind: str, *lines: Line, currency: str = "USD", **terms: Any) -> tuple[int, ...]:
    """Return what an offer alone takes off each line."""
    return evaluate(Basket(lines, currency), [Promotion(offer(kind, currency=currency, **terms))]).lines


@pytest.mark.parametrize(
    ("percent", "subtotal", "expected"),
    [(10, 1005, 101), (10, 1004, 100), (12.5, 100, 13), (100, 77, 77), ("0.01", 4999, 0), ("0.01", 5000, 1)],
)
def test_percent_rounds_a_half_to_the_customer(percent: Any, subtotal: int, expected: int) -> None:
    assert off("percent_off", Line("a", 1, subtotal), percent=percent) == (expected,)


def test_percent_is_capped_and_has_a_least_spend() -> None:
    terms = {"percent": 20, "max_off": "5", "min_spend": 20}
    assert KINDS["percent_off"].check(terms, "USD") == {
        "percent": 20, "max_off": "5.00", "min_spend": "20.00", "currency": "USD",
    }  # fmt: skip
    assert [off("percent_off", Line("a", 1, due), **terms)[0] for due in (1999, 2000, 10_000)] == [0, 400, 500]
    effects = evaluate(Basket((Line("a", 1, 1999),), "USD"), [Promotion(offer("percent_off", **terms))])
    assert effects.answers[0].code == "below_min_spend"
    assert effects.answers[0].facts == {"least": 2000, "is": 1999}
    assert effects.answers[0].hint == {"spend_more": 1}


PAIR = (Line("a", 2, 333), Line("b", 1, 333))


@pytest.mark.parametrize(
    ("rounding", "expected"),
    # 10 % of 999 is 99.9; of a piece 33.3; of the two pieces 66.6.
    [("unit", (66, 33)), ("line", (67, 33)), ("total", (67, 33)), ("down", (66, 33)), ("running", (67, 33))],
)
def test_what_is_rounded_is_the_offers_choice(rounding: str, expected: tuple[int, int]) -> None:
    assert off("percent_off", *PAIR, percent=10, on="items", rounding=rounding) == expected


def test_running_carries_the_error_on() -> None:
    lines = [Line(name, 1, 5) for name in "abcd"]
    assert off("percent_off", *lines, percent=10, on="items", rounding="line") == (1, 1, 1, 1)
    assert off("percent_off", *lines, percent=10, on="items", rounding="running") == (1, 0, 1, 0)
    assert off("percent_off", *lines, percent=10, on="items") == (1, 1, 0, 0)


@pytest.mark.parametrize(("of", "expected"), [("current", 500 + 250), ("list", 500 + 500), ("catalogue", 500 + 400)])
def test_what_a_percentage_is_of(of: str, expected: int) -> None:
    """1000, 20 % off in the catalogue, 300 more off, then 50 %."""
    promotions = [
        Promotion(offer("catalogue_price", "shelf", percent=20)),
        Promotion(offer("amount_off", "three", amount="3.00"), priority=1),
        Promotion(offer("percent_off", "half", percent=50, of=of)),
    ]
    effects = evaluate(Basket((Line("a", 1, 1000),), "USD"), promotions)
    assert effects.off == min(expected, 1000)


def test_only_some_pieces_the_cheapest_first() -> None:
    lines = (Line("a", 2, 900), Line("b", 2, 500))
    assert off("percent_off", *lines, percent=50, on="unit", max_pieces=3) == (450, 500)
    assert off("percent_off", *lines, percent=50, on="unit", max_pieces_per_line=1) == (450, 250)
    assert off("amount_off", Line("a", 5, 900), amount="1.00", on="unit", every=2) == (400,)


@pytest.mark.parametrize(("on", "expected"), [("order", (334, 166)), ("line", (500, 500)), ("unit", (1000, 500))])
def test_an_amount_is_off_the_order_each_line_or_each_piece(on: str, expected: tuple[int, int]) -> None:
    assert off("amount_off", Line("a", 2, 667), Line("b", 1, 666), amount="5.00", on=on) == expected


def test_amount_is_never_more_than_the_basket() -> None:
    assert [off("amount_off", Line("a", 1, due), amount="5.00")[0] for due in (0, 300, 700)] == [0, 300, 500]


def test_what_a_floor_keeps_goes_to_the_others() -> None:
    lines = (Line("a", 1, 1000, floor=900), Line("b", 2, 500, cost=450), Line("c", 1, 1000))
    assert off("amount_off", *lines, amount="6.00") == (100, 100, 400)
    effects = evaluate(
        Basket(lines, "USD"), [Promotion(offer("amount_off", amount="6.00"))], Context(min_margin_bp=500)
    )
    assert effects.lines == (100, 2 * (500 - 474), 600 - 100 - 52)


@pytest.mark.parametrize("percent", [0, -5, 100.01, "ten", None, True, 1.005, float("nan"), float("inf"), [10]])
def test_impossible_percents_are_refused(percent: Any) -> None:
    with pytest.raises(SettingsError, match="percent"):
        KINDS["percent_off"].check({"percent": percent}, "USD")


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "five", None, True, {}, "inf"])
def test_impossible_amounts_are_refused(amount: Any) -> None:
    with pytest.raises(SettingsError, match="amount"):
        KINDS["amount_off"].check({"amount": amount}, "USD")


def test_amounts_follow_the_currency() -> None:
    kind = KINDS["amount_off"]
    assert kind.check({"amount": "1500"}, "JPY") == {"amount": "1500", "currency": "JPY"}
    assert kind.check({"amount": "1234.5"}, "KWD")["amount"] == "1234.500"
    with pytest.raises(SettingsError, match="currency"):
        kind.check({"amount": "1500", "currency": "JPY"}, "USD")
    with pytest.raises(SettingsError, match="amount"):
        kind.check({"amount": "0.5"}, "JPY")
    thirds = [Line(name, 1, 1000) for name in "abc"]
    assert off("amount_off", *thirds, currency="JPY", amount="100") == (34, 33, 33)
    assert off("amount_off", *thirds, currency="KWD", amount="0.500") == (167, 167, 166)
