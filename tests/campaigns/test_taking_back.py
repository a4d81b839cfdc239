"""What is kept is priced again by the rules of the order, and by nothing that would have to be counted anew."""

from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

TWO = [
    {"line_id": "pot", "product_id": "pot", "quantity": 1, "unit_price": "100.00"},
    {"line_id": "cup", "product_id": "cup", "quantity": 1, "unit_price": "60.00"},
]
BEST = {"groups": [{"name": "g", "mode": "best"}], "budgets": [{"name": "money", "amount": "500.00"}]}
BIG = amount("big", "30.00", min_spend="150.00", group="g")
TEN = percent("ten", 10, group="g")


def refund(desk: Shopkeeper, lines: object = TWO, line: str = "cup") -> int:
    """Sell, and return one piece."""
    promise = desk.till.reserve(desk.order(lines=lines), "k", AT)
    assert desk.till.confirm(promise.outcome.redemption_id, "p", AT).done
    return desk.till.take_back(promise.outcome.redemption_id, {line: 1}, "b", AT).refund


def spent(desk: Shopkeeper) -> int:
    books = desk.books()
    assert books.balanced, books.differences
    return sum(one.used for one in books.meters if one.unit == "money")


def test_another_promotion_of_the_campaign_steps_in_and_keeps_its_part_of_the_budget(desk: Shopkeeper) -> None:
    desk.live(BIG, TEN, returns="reevaluate", **BEST)
    assert refund(desk) == 13000 - 9000
    assert spent(desk) == 1000


def test_a_promotion_with_a_limit_of_its_own_does_not_step_in(desk: Shopkeeper) -> None:
    limits = [{"name": "tens", "count": 1, "promotion": "ten"}]
    desk.live(BIG, TEN, returns="reevaluate", limits=limits, **BEST)
    assert refund(desk) == 13000 - 10000
    assert spent(desk) == 0


def test_a_campaign_that_gave_nothing_and_counts_does_not_step_in(desk: Shopkeeper) -> None:
    desk.live(amount("big", "30.00", min_spend="150.00", exclusive=True), returns="reevaluate")
    desk.live(percent("ten", 10), campaign_id="d", budgets=[{"name": "money", "amount": "500.00"}])
    assert refund(desk) == 13000 - 10000
    assert spent(desk) == 0


def test_the_least_margin_counts_for_what_is_kept_too(desk: Shopkeeper) -> None:
    careful = Shopkeeper(desk._ledger, currency="EUR", zone="UTC", min_margin_bp=5000)
    careful.live(percent("most", 80), returns="reevaluate")
    two = [{"line_id": "pot", "product_id": "pot", "quantity": 2, "unit_price": "100.00", "cost": "40.00"}]
    # 20 % each is all that leaves half of what is paid over the cost.
    assert refund(careful, two, "pot") == 8000


def test_a_promotion_whose_limit_was_reached_does_not_step_in(desk: Shopkeeper) -> None:
    desk.live(BIG, TEN, returns="reevaluate", **BEST)
    desk.live(percent("used", 20), campaign_id="d", limits=[{"name": "n", "count": 1}])
    assert desk.till.reserve(desk.order(customer="bob"), "other", AT).facts["off"] == 1000 + 400
    assert refund(desk) == 13000 - 9000


def test_what_is_kept_of_a_promise_does_not_grow_with_the_campaigns(desk: Shopkeeper) -> None:
    desk.live(BIG, TEN, returns="reevaluate", **BEST)
    desk.live(percent("most", 1, needs_code=True), campaign_id="coded")
    desk.share("coded", "most", "CODE", at=AT)
    for number in range(30):
        desk.live(amount("far", "1.00", min_spend="900.00"), campaign_id=f"far{number}")
    promise = desk.till.reserve(desk.order("CODE", lines=TWO), "k", AT)
    assert [one["promotion_id"] for one in promise.facts["answers"]] == ["c/big", "coded/most"]
    assert promise.quote is not None
    assert len(promise.quote.effects.answers) == 33
    kept = desk.till.redemptions.find(promise.outcome.redemption_id)
    assert kept is not None
    assert kept.facts["effects"]["answers"] == promise.facts["answers"]
    assert len(kept.facts["campaigns"]) == 32, "what is left is priced again with all of them"
    assert desk.till.confirm(kept.redemption_id, "p", AT).done
    # The pot alone is 100.00, less a hundredth, less the ten percent that step in.
    assert desk.till.take_back(kept.redemption_id, {"cup": 1}, "b", AT).refund == promise.facts["total"] - 8910


def test_without_pricing_again_only_the_campaigns_that_gave_are_kept(desk: Shopkeeper) -> None:
    desk.live(TEN, **BEST)
    for number in range(3):
        desk.live(amount("far", "1.00", min_spend="900.00"), campaign_id=f"far{number}")
    kept = desk.till.redemptions.find(desk.till.reserve(desk.order(), "k", AT).outcome.redemption_id)
    assert kept is not None
    assert kept.facts["campaigns"] == {"c": 1}
