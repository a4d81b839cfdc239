import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.offers.basket import Basket, Line
from offersmith.offers.promotion import Promotion
from offersmith.offers.returns import Sold, refund
from offersmith.offers.stacking import evaluate
from offersmith.vocabulary import Offer

TEN = Promotion(Offer("ten", "percent_off", {"percent": 10}))
FIVE = Promotion(Offer("five", "amount_off", {"amount": "5.00", "currency": "USD"}))
ONE_FREE = Promotion(Offer("one", "percent_off", {"percent": 100, "on": "unit", "max_pieces": 1}), priority=5)


def test_the_paid_share_of_the_pieces_goes_back() -> None:
    effects = evaluate(Basket((Line("a", 3, 1000), Line("b", 1, 333)), "USD"), [TEN, FIVE])
    back = refund(Sold.of(effects), {"a": 1})
    assert back.paid == back.by_line["a"] == 1000 - 235
    assert sum(back.by_promotion.values()) == pytest.approx(235, abs=1)


def test_the_free_piece_comes_back_first() -> None:
    sold = Sold.of(evaluate(Basket((Line("a", 3, 1000),), "USD"), [ONE_FREE]))
    assert [refund(sold, {"a": 1}, {"a": gone}).paid for gone in range(3)] == [0, 1000, 1000]


@pytest.mark.parametrize("returned", [{"x": 1}, {"a": 4}, {"a": -1}, {"a": True}])
def test_what_was_not_sold_cannot_come_back(returned: dict[str, int]) -> None:
    sold = Sold.of(evaluate(Basket((Line("a", 3, 1000),), "USD"), [TEN]))
    with pytest.raises(InputError, match="return of line"):
        refund(sold, returned)
    with pytest.raises(InputError, match="0 to 1"):
        refund(sold, {"a": 2}, {"a": 2})


@settings(deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 5000)), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_returning_everything_piece_by_piece_pays_back_what_was_paid(lines, order) -> None:
    basket = Basket(tuple(Line(f"p{n}", q, price) for n, (q, price) in enumerate(lines)), "USD")
    effects = evaluate(basket, [TEN, FIVE, ONE_FREE])
    sold = Sold.read(json.loads(json.dumps(effects.as_dict())))
    pieces = [line.name for line in basket.lines for _ in range(line.quantity)]
    order.shuffle(pieces)
    before: dict[str, int] = {}
    paid, given_back = 0, dict.fromkeys([one.promotion_id for one in effects.applied], 0)
    for name in pieces:
        back = refund(sold, {name: 1}, before)
        before[name] = before.get(name, 0) + 1
        paid += back.paid
        for who, share in back.by_promotion.items():
            given_back[who] += share
    assert paid == effects.total
    assert given_back == {one.promotion_id: one.off for one in effects.applied}
