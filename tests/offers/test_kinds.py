import pytest

from offersmith.errors import SettingsError
from offersmith.offers import KINDS


@pytest.mark.parametrize(
    ("percent", "subtotal", "off"),
    [(10, 1005, 101), (10, 1004, 100), (12.5, 100, 13), (100, 77, 77), ("0.01", 4999, 0)],
)
def test_percent_rounds_a_half_to_the_customer(percent, subtotal, off):
    kind = KINDS["percent_off"]
    assert kind.relief(kind.check({"percent": percent}, "USD"), subtotal) == off


def test_percent_is_capped_and_has_a_least_spend():
    kind = KINDS["percent_off"]
    terms = kind.check({"percent": 20, "max_off": "5", "min_spend": 20}, "USD")
    assert terms == {"percent": 20, "max_off": "5.00", "min_spend": "20.00", "currency": "USD"}
    assert [kind.relief(terms, subtotal) for subtotal in (1999, 2000, 10_000)] == [0, 400, 500]
    assert kind.why_not(terms, 1999) == "below_min_spend"


@pytest.mark.parametrize("percent", [0, -5, 100.01, "ten", None, True, 1.005, float("nan"), float("inf"), [10]])
def test_impossible_percents_are_refused(percent):
    with pytest.raises(SettingsError, match="percent"):
        KINDS["percent_off"].check({"percent": percent}, "USD")


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "five", None, True, {}, "inf"])
def test_impossible_amounts_are_refused(amount):
    with pytest.raises(SettingsError, match="amount"):
        KINDS["amount_off"].check({"amount": amount}, "USD")


def test_amounts_follow_the_currency():
    kind = KINDS["amount_off"]
    yen = kind.check({"amount": "1500"}, "JPY")
    assert yen == {"amount": "1500", "currency": "JPY"}
    assert kind.relief(yen, 2000) == 1500
    assert kind.check({"amount": "1234.5"}, "KWD")["amount"] == "1234.500"
    with pytest.raises(SettingsError, match="currency"):
        kind.check(yen, "USD")


def test_amount_is_never_more_than_the_basket():
    kind = KINDS["amount_off"]
    terms = kind.check({"amount": "5.00"}, "USD")
    assert [kind.relief(terms, subtotal) for subtotal in (0, 300, 700)] == [0, 300, 500]
