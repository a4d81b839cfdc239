"""What the use of an offer cost where nobody wrote it down: from what was paid to the basket and back."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.response.costs import points, relief
from offersmith.response.unrecorded import Untold, basket_of, cost_of, least_relief
from offersmith.vocabulary import Offer

NAN = float("nan")


def offer(kind="percent_off", name="ten", **terms):
    return Offer(name, kind, {"currency": "USD", **terms})


TEN, THREE = offer(percent=10.0), offer("amount_off", "three", amount="3.00")
UNKNOWN = Offer("mug", "unknown", {})
BASKETS = st.floats(0.01, 1e5)


@settings(deadline=None)
@given(basket=BASKETS, percent=st.floats(0.0, 95.0))
def test_of_a_share_the_basket_comes_back_from_what_was_paid(basket, percent):
    share = offer(percent=percent)
    paid = basket * (1 - percent / 100)
    assert basket_of(share, np.array([paid]))[0] == pytest.approx(basket, rel=1e-6)
    assert cost_of(share, np.array([paid]), np.array([NAN]), np.ones(1))[0] == pytest.approx(
        paid * percent / (100 - percent), rel=1e-5, abs=1e-8 * basket
    )


@settings(deadline=None)
@given(basket=st.floats(3.0, 1e5))
def test_of_an_amount_it_is_what_was_paid_and_the_amount(basket):
    assert basket_of(THREE, np.array([basket - 3]))[0] == pytest.approx(basket, rel=1e-6, abs=1e-6)


@settings(deadline=None)
@given(
    paid=BASKETS,
    percent=st.floats(1.0, 60.0),
    least=st.sampled_from([None, "20", "150"]),
    most=st.sampled_from([None, "4", "75"]),
)
def test_what_is_left_of_the_basket_is_what_was_paid(paid, percent, least, most):
    terms = {name: value for name, value in (("min_spend", least), ("max_off", most)) if value}
    limited = offer(percent=percent, **terms)
    basket = basket_of(limited, np.array([paid]))
    assert basket[0] - relief(limited, basket)[0] == pytest.approx(paid, rel=1e-5, abs=1e-6)
    assert basket[0] >= paid * (1 - 1e-9)


@settings(deadline=None)
@given(st.lists(BASKETS, min_size=1, max_size=20))
def test_each_payment_is_taken_alone_and_more_paid_is_a_larger_basket(paid):
    paid = np.array(paid)
    tiers = offer("spend_save", tiers=[{"from": "50", "amount": "5"}, {"from": "100", "percent": 12}])
    found = basket_of(tiers, paid)
    assert found.tolist() == [basket_of(tiers, np.array([one]))[0] for one in paid]
    assert (np.diff(found[np.argsort(paid)]) >= -1e-6).all()


def test_a_payment_left_of_two_baskets_is_of_the_one_the_offer_was_used_on():
    """95 may be a basket of 95, below the least spend, or what ten percent leave of 105.56."""
    limited = offer(percent=10.0, min_spend="100")
    assert basket_of(limited, np.array([90.0, 95.0, 99.0, 180.0])) == pytest.approx(
        [100.0, 105.5556, 110.0, 200.0], rel=1e-5
    )


def test_a_use_on_record_below_the_least_spend_cost_the_least_the_terms_take_off():
    """It is on record that it was used, so that it is not free; who is only assumed to have used it did not."""
    paid, none, ones = np.array([0.0, 5.0, 60.0, 89.0, 90.0, 180.0]), np.full(6, NAN), np.ones(6)
    limited = offer(percent=10.0, min_spend="100")
    assert cost_of(limited, paid, none, ones) == pytest.approx([10, 10, 10, 10, 10, 20], rel=1e-6)
    assert cost_of(limited, paid, none, ones, recorded=False) == pytest.approx([0, 0, 0, 0, 10, 20], rel=1e-6)
    assert cost_of(limited, paid, np.full(6, 4.0), ones) == pytest.approx([4] * 6)
    tiers = offer("spend_save", tiers=[{"from": "50", "amount": "5"}, {"from": "100", "amount": "20"}])
    assert cost_of(tiers, np.array([1.0, 44.0, 45.0, 79.0, 80.0]), none[:5], ones[:5]) == pytest.approx(
        [5, 5, 5, 5, 20]
    )


@settings(deadline=None)
@given(percent=st.floats(1.0, 60.0), least=st.sampled_from(["0.50", "20", "150"]), paid=BASKETS)
def test_no_use_on_record_is_cheaper_than_the_least_relief(percent, least, paid):
    limited = offer(percent=percent, min_spend=least)
    smallest = float(least) * percent / 100
    assert least_relief(limited) == pytest.approx(smallest, rel=1e-6)
    assert cost_of(limited, np.array([paid]), np.array([NAN]), np.ones(1))[0] >= smallest * (1 - 1e-6)
    assert least_relief(offer(percent=percent)) == pytest.approx(0, abs=1e-9)
    assert (least_relief(THREE), least_relief(offer(percent=0.0))) == (pytest.approx(0, abs=1e-9), 0.0)
    assert np.isnan(least_relief(UNKNOWN))


def test_what_nothing_tells_stays_unknown():
    paid, none = np.array([0.0, 7.0]), np.full(2, NAN)
    for unknown in (offer(percent=100.0), offer("gift", sku="mug", value="2.00"), UNKNOWN):
        assert np.isnan(basket_of(unknown, paid)).all()
        assert np.isnan(cost_of(unknown, paid, none, np.ones(2))).all()
    assert np.isnan(cost_of(None, paid, none, np.ones(2))).all()
    assert points(UNKNOWN, 50.0) == 0.0


def test_a_discount_on_record_is_all_an_offer_can_have_taken_off():
    paid, ones = np.full(4, 90.0), np.ones(4)
    most = np.array([NAN, 25.0, 4.0, 0.0])
    assert cost_of(TEN, paid, most, ones) == pytest.approx([10, 10, 4, 0])
    assert cost_of(None, paid, most, ones) == pytest.approx([NAN, 25, 4, 0], nan_ok=True)


def test_several_uses_share_what_was_paid():
    paid, none = np.array([27.0]), np.array([NAN])
    assert cost_of(TEN, paid, none, np.array([3.0]))[0] == pytest.approx(3.0)
    assert cost_of(THREE, paid, none, np.array([3.0]))[0] == pytest.approx(9.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 100), st.floats(0, 100) | st.none()), max_size=12))
def test_untold_uses_survive_the_table(uses):
    row = np.array([one[0] for one in uses], dtype=np.int64)
    paid, most = (np.array([NAN if one[k] is None else one[k] for one in uses]) for k in (1, 2))
    made = Untold(row, paid, most, np.ones(len(row))).column(6)
    assert made.null_count == 6 - len(set(row.tolist()))
    read = Untold.of(pa.table({"untold": made}))
    order = np.argsort(row, kind="stable")
    assert read.row.tolist() == row[order].tolist()
    assert read.paid == pytest.approx(paid[order])
    assert read.most == pytest.approx(most[order], nan_ok=True)
