"""Goods that come back: what was paid for them, by the campaign's policy, and the books after it."""

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

from offersmith.errors import InputError

THREE = [{"line_id": "cup", "product_id": "cup", "quantity": 3, "unit_price": "20.00"}]


def sold(desk: Shopkeeper, *codes: str, lines=THREE) -> str:
    promise = desk.till.reserve(desk.order(*codes, lines=lines), "k", AT)
    assert desk.till.confirm(promise.outcome.redemption_id, "p", AT).done
    return promise.outcome.redemption_id


def used(desk: Shopkeeper) -> dict[str, int]:
    books = desk.books("c")
    assert books.balanced, books.differences
    return {one.name: one.used for one in books.meters}


POT = {"limits": [{"name": "n", "count": 5}], "budgets": [{"name": "b", "amount": "100.00"}]}


def test_keep_refunds_what_was_paid_for_the_pieces(desk: Shopkeeper) -> None:
    desk.live(amount("ten", "10.00", min_spend="50.00"), **POT)
    name = sold(desk)
    refunds = [desk.till.take_back(name, {"cup": 1}, f"b{piece}", AT).refund for piece in range(3)]
    # 60.00 less 10.00 over three pieces: 3.34, 3.33 and 3.33 came off.
    assert refunds == [1666, 1667, 1667]
    assert used(desk) == {"n": 1, "b": 0}
    with pytest.raises(InputError, match="allowed: 0 to 0"):
        desk.till.take_back(name, {"cup": 1}, "b9", AT)


def test_reevaluate_takes_back_a_discount_that_is_no_longer_earned(desk: Shopkeeper) -> None:
    desk.live(amount("ten", "10.00", min_spend="50.00"), returns="reevaluate", **POT)
    name = sold(desk)
    first = desk.till.take_back(name, {"cup": 1}, "b1", AT)
    assert first.refund == 1000, "50.00 were paid, 40.00 for two cups without the discount"
    assert used(desk) == {"n": 1, "b": 0}
    assert [desk.till.take_back(name, {"cup": 1}, f"b{piece}", AT).refund for piece in (2, 3)] == [2000, 2000]


def test_reevaluate_keeps_what_is_still_earned(desk: Shopkeeper) -> None:
    desk.live(percent("half", 50), returns="reevaluate", **POT)
    name = sold(desk)
    assert desk.till.take_back(name, {"cup": 2}, "b1", AT).refund == 2000
    assert used(desk) == {"n": 1, "b": 1000}


def test_reevaluate_with_a_code_that_is_used_up_by_this_order(desk: Shopkeeper) -> None:
    desk.live(percent("half", 50, needs_code=True), returns="reevaluate")
    desk.share("c", "half", "ONCE", at=AT, uses=1)
    name = sold(desk, "ONCE")
    assert desk.till.take_back(name, {"cup": 1}, "b1", AT).refund == 1000


def test_the_use_comes_back_only_where_the_campaign_says_so_and_only_with_everything(desk: Shopkeeper) -> None:
    desk.live(amount("ten", "10.00"), reuse_on_return=True, **POT)
    name = sold(desk)
    desk.till.take_back(name, {"cup": 2}, "b1", AT)
    assert used(desk)["n"] == 1
    desk.till.take_back(name, {"cup": 1}, "b2", AT)
    assert used(desk) == {"n": 0, "b": 0}


def test_the_same_return_again_is_one_return(desk: Shopkeeper) -> None:
    desk.live(amount("ten", "10.00"), **POT)
    name = sold(desk)
    first = desk.till.take_back(name, {"cup": 3}, "b", AT)
    again = desk.till.take_back(name, {"cup": 3}, "b", AT)
    assert (first.refund, again.refund, again.outcome.repeated) == (5000, 5000, True)
    assert desk.till.take_back(name, {"cup": 1}, "b", AT).outcome.code == "key_reused"


def test_what_was_not_confirmed_is_not_taken_back(desk: Shopkeeper) -> None:
    desk.live(amount("ten", "10.00"), **POT)
    name = desk.till.reserve(desk.order(lines=THREE), "k", AT).outcome.redemption_id
    assert desk.till.take_back(name, {"cup": 1}, "b", AT).outcome.code == "not_confirmed"
    assert desk.till.take_back("r-none", {"cup": 1}, "b", AT).outcome.code == "unknown_redemption"


GIFT = {
    "promotion_id": "mug",
    "kind": "gift",
    "terms": {"sku": "mug", "value": "8.00"},
    "conditions": [{"kind": "spend", "min": "50.00"}],
}


@pytest.mark.parametrize(("policy", "refund"), [("keep", 2000), ("reevaluate", 1200)])
def test_a_gift_that_is_no_longer_earned(desk: Shopkeeper, policy: str, refund: int) -> None:
    desk.live(GIFT, returns=policy, budgets=[{"name": "b", "amount": "100.00"}])
    name = sold(desk)
    assert used(desk) == {"b": 800}
    back = desk.till.take_back(name, {"cup": 1}, "b1", AT)
    assert back.refund == refund, "kept without being earned, the mug is to be paid"
    assert used(desk) == {"b": 800 if policy == "keep" else 0}


def test_a_gift_that_comes_back_with_it_is_not_paid(desk: Shopkeeper) -> None:
    desk.live(GIFT, returns="reevaluate", budgets=[{"name": "b", "amount": "100.00"}])
    name = sold(desk)
    found = desk.till.redemptions.find(name)
    assert found is not None
    [mug] = [line["line"] for line in found.facts["effects"]["lines"] if line["gift_of"]]
    assert desk.till.take_back(name, {"cup": 1, mug: 1}, "b1", AT).refund == 2000
    assert used(desk) == {"b": 0}


@pytest.mark.parametrize("returned", [{}, {"cup": 0}])
def test_a_return_of_nothing_is_a_fault_that_says_what_may_come_back(
    desk: Shopkeeper, returned: dict[str, int]
) -> None:
    desk.live(amount("ten", "10.00"), **POT)
    name = sold(desk)
    with pytest.raises(InputError, match="allowed: cup: up to 3"):
        desk.till.take_back(name, returned, "b", AT)
    assert len(desk.till.redemptions.steps(name)) == 2
    assert desk.till.take_back(name, {"cup": 3}, "b", AT).refund == 5000, "the key is free"
    with pytest.raises(InputError, match="nothing is left"):
        desk.till.take_back(name, returned, "c", AT)
