from datetime import datetime, timedelta

import pytest

from offersmith.errors import InputError
from offersmith.offers.basket import Basket, Line
from offersmith.offers.stacking import Context, Promotion, evaluate
from offersmith.vocabulary import Offer

NOON = datetime.fromisoformat("2026-01-01T12:00")
BASKET = Basket((Line("tea", 2, 1000), Line("cup", 1, 999)), "USD")
TEN = Offer("ten", "percent_off", {"percent": 10})
FIVE = Offer("five", "amount_off", {"amount": "5.00", "currency": "USD"})


def test_the_best_single_one_wins():
    effects = evaluate(BASKET, [Promotion(TEN), Promotion(FIVE)])
    assert [one.offer_id for one in effects.applied] == ["five"]
    assert effects.refused == (("ten", "beaten"),)
    assert (effects.subtotal, effects.off, effects.total) == (2999, 500, 2499)
    assert effects.lines == (333, 167)
    assert effects.units == (((1, 167), (1, 166)), ((1, 167),))


@pytest.mark.parametrize(("first", "off"), [("ten", 300 + 500), ("five", 500 + 250)])
def test_stackable_ones_apply_in_their_declared_order(first, off):
    offered = [Promotion(one, stackable=True, priority=int(one.offer_id != first)) for one in (TEN, FIVE)]
    effects = evaluate(BASKET, offered)
    assert effects.applied[0].offer_id == first
    assert effects.off == off
    assert effects.as_dict()["total"] == 2999 - off


def test_an_expired_one_is_told_so():
    offered = [Promotion(TEN, valid_until=NOON)]
    assert evaluate(BASKET, offered, Context(NOON)).refused == (("ten", "expired"),)
    assert evaluate(BASKET, offered, Context(NOON - timedelta(seconds=1))).off == 300
    assert evaluate(BASKET, offered).off == 300


def test_the_newest_version_of_an_offer_counts():
    newer = Offer("ten", "percent_off", {"percent": 20}, version=2)
    for offered in ([Promotion(TEN), Promotion(newer)], [Promotion(newer), Promotion(TEN)]):
        assert evaluate(BASKET, offered).off == 600


def test_an_empty_basket_costs_nothing_less():
    effects = evaluate(Basket((), "USD"), [Promotion(TEN), Promotion(FIVE)])
    assert effects.off == 0
    assert effects.refused == (("five", "gives_nothing"), ("ten", "gives_nothing"))


def test_impossible_lines_are_refused():
    with pytest.raises(InputError, match="quantity"):
        Line("tea", 0, 100)
    with pytest.raises(InputError, match="unit_price"):
        Line("tea", 1, -1)
