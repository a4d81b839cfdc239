import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.money import Money
from offersmith.strategy.playbooks.amounts import resolved, usual_basket


def test_the_usual_basket_is_the_median_of_those_who_bought():
    held = pa.table({"basket_value": pa.array([None, 1_000, 0, 9_000, 3_000], pa.float64())})
    assert usual_basket(held, "USD") == Money(3_000, "USD")
    assert usual_basket(held.slice(0, 1), "USD") is None
    assert usual_basket(pa.table({"spend": [1]}), "USD") is None


@pytest.mark.parametrize(
    ("written", "currency", "minor", "text"),
    [
        ("1 x basket", "USD", 3_712, "35.00"),
        ("2 x basket", "USD", 3_712, "70.00"),
        ("1.5× basket", "USD", 3_712, "50.00"),
        (" 0.5 * baskets ", "EUR", 3_712, "18.00"),
        ("1 x basket", "JPY", 3_712, "3500"),
        ("1 x basket", "KWD", 3_712, "3.500"),
        ("1 x basket", "USD", 1, "0.01"),
        ("0.1 x basket", "USD", 1, "0.01"),
    ],
)
def test_so_many_baskets_are_a_round_amount(written, currency, minor, text):
    assert resolved(written, lambda: Money(minor, currency)) == text


def test_only_such_amounts_are_written_out_wherever_they_stand():
    terms = {"tiers": [{"from": "2 x basket", "percent": 5}], "sku": "2 x basket of fruit", "min_spend": "40.00"}
    found = resolved(terms, lambda: Money(2_000, "USD"))
    assert found == {"tiers": [{"from": "40.00", "percent": 5}], "sku": "2 x basket of fruit", "min_spend": "40.00"}


def test_nobody_is_asked_for_the_basket_where_no_amount_needs_it():
    assert resolved({"percent": 5, "min_spend": "3.00"}, lambda: pytest.fail("asked")) == {
        "percent": 5,
        "min_spend": "3.00",
    }


@given(st.integers(1, 10**9), st.sampled_from(["0.5", "1", "1.25", "3"]))
def test_a_round_amount_is_never_more_than_asked_and_loses_less_than_a_quarter(minor, times):
    found = Money.parse(resolved(f"{times} x basket", lambda: Money(minor, "USD")), "USD").minor
    exact = float(times) * minor
    assert found <= max(exact, 1)
    assert found > 0.75 * exact - 1
