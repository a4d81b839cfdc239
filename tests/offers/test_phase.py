"""Groups of promotions within a phase: all, the first, the best or the worst of them, for the basket or by line."""

from __future__ import annotations

import pytest
from tests.offers.shelf import ANYWHERE, BASKET, amount, answer, applied, percent, price
from tests.offers.strategies import condition, offer

from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.promotion import Group, Promotion
from offersmith.offers.stacking import evaluate


@pytest.mark.parametrize(
    ("mode", "winner"), [("first", "small"), ("best", "large"), ("worst", "small"), ("stack", "small large middle")]
)
def test_a_group_applies_the_first_the_best_the_worst_or_all(mode: str, winner: str) -> None:
    offered = [
        amount("small", "1.00", priority=2, group="g"),
        amount("large", "9.00", priority=1, group="g"),
        amount("middle", "5.00", group="g"),
    ]
    effects = price(*offered, mode=mode)
    assert applied(effects) == winner.split()
    for one in effects.answers:
        assert one.applied or (one.code, one.facts) == ("beaten", {"by": winner})


def test_the_first_of_a_group_is_the_first_that_takes_something_off() -> None:
    offered = [amount("far", "1.00", priority=2, group="g", terms={"min_spend": 100}), amount("b", "9.00", group="g")]
    effects = price(*offered, mode="first")
    assert applied(effects) == ["b"]
    assert answer(effects, "far").hint == {"spend_more": 10_000 - 2999}


@pytest.mark.parametrize(
    ("mode", "limit", "expected"), [("stack", 2, "a b"), ("first", 2, "a b"), ("best", 2, "b c"), ("worst", 2, "a b")]
)
def test_a_group_may_have_a_limit(mode: str, limit: int, expected: str) -> None:
    offered = [
        amount(name, by, priority=place, group="g")
        for place, (name, by) in enumerate([("c", "9.00"), ("b", "5.00"), ("a", "1.00")])
    ]
    effects = price(*offered, mode=mode, limit=limit)
    assert applied(effects) == expected.split()
    code = "group_limit" if mode == "stack" else "beaten"
    assert {one.code for one in effects.answers if not one.applied} == {code}


def test_ties_go_to_the_higher_priority_then_the_smaller_id() -> None:
    twins = [amount(name, "5.00", group="g") for name in "ba"]
    assert applied(price(*twins, mode="best")) == ["a"]
    assert applied(price(*twins[1:], amount("z", "5.00", group="g", priority=1), mode="best")) == ["z"]


def test_a_gift_is_better_than_nothing_but_not_than_money() -> None:
    gift = Promotion(offer("gift", sku="goodie", value="40.00"), group="g")
    assert applied(price(gift, amount("cent", "0.01", group="g"), mode="best")) == ["gift", "cent"]
    same = [gift, amount("cent", "0.01", group="g", terms={"on": "items"})]
    assert applied(price(*same, mode="best")) == ["cent"]
    assert applied(price(gift, mode="best")) == ["gift"]


SHIRT = Basket((Line("shirt", 1, 3000, "shirts"), Line("shoes", 1, 5000, "shoes")), "USD")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("best", {"five": (500, 0), "tenth": (0, 500)}), ("worst", {"tenth": (300, 0), "five": (0, 400)})],
)
def test_each_line_may_have_its_own_best(mode: str, expected: dict[str, tuple[int, int]]) -> None:
    """5.00 off each line, at most 4.00 of shoes' floor, against 10 % off each."""
    basket = Basket((SHIRT.lines[0], Line("shoes", 1, 5000, "shoes", floor=4500 if mode == "best" else 4600)), "USD")
    offered = [
        percent("tenth", 10, terms={"on": "unit"}, group="g", priority=1),
        amount("five", "5.00", terms={"on": "line"}, group="g"),
    ]
    if mode == "worst":
        offered[0] = percent("tenth", 10, terms={"on": "unit", "items": {"category": "shirts"}}, group="g", priority=1)
    effects = price(*offered, basket=basket, mode=mode, scope="line")
    assert {one.promotion_id: one.lines for one in effects.applied} == expected


def test_each_line_goes_to_the_first_that_wants_it() -> None:
    effects = price(
        percent("shirts", 10, terms={"on": "unit", "items": {"category": "shirts"}}, group="g", priority=1),
        percent("all", 50, terms={"on": "unit"}, group="g"),
        percent("late", 90, terms={"on": "unit"}, group="g", priority=-1),
        basket=SHIRT, mode="first", scope="line",
    )  # fmt: skip
    assert effects.lines == (300, 2500)
    assert effects.refused == (("late", "beaten"),)


def test_two_free_deliveries_of_a_group_by_line_are_one() -> None:
    free = [Promotion(offer("shipping_off", name, percent=100), group="g") for name in "ab"]
    effects = price(*free, mode="best", scope="line")
    assert effects.shipping == (490,)
    assert applied(effects) == ["a"]


def test_a_set_is_whole_or_not_made_in_a_group_by_line() -> None:
    pair = Promotion(offer("bundle_price", "pair", price="60.00", quantity=2), group="g")
    half = percent("half", 50, terms={"on": "unit", "items": {"category": "shirts"}}, group="g")
    effects = price(pair, half, basket=SHIRT, mode="first", scope="line")
    assert applied(effects) == ["half"]
    assert answer(effects, "pair").code == "beaten"
    better = price(pair, half, basket=SHIRT, mode="best", scope="line")
    assert applied(better) == ["pair"]
    assert better.off == 2000


def test_what_cannot_combine_in_a_group_by_line_leaves_its_lines_to_the_others() -> None:
    offered = [
        percent("a", 60, terms={"on": "unit", "items": {"category": "shirts"}}, group="g", combines_with=frozenset()),
        percent("b", 50, terms={"on": "unit"}, group="g", priority=-1),
    ]
    effects = price(*offered, basket=SHIRT, mode="best", scope="line")
    assert applied(effects) == ["b"]
    assert effects.lines == (1500, 2500)


def test_a_group_by_line_may_have_a_limit() -> None:
    offered = [
        percent("shirts", 10, terms={"on": "unit", "items": {"category": "shirts"}}, group="g", priority=1),
        percent("shoes", 10, terms={"on": "unit", "items": {"category": "shoes"}}, group="g"),
    ]
    assert price(*offered, basket=SHIRT, mode="best", scope="line", limit=1).lines == (0, 500)
    first = price(*offered, basket=SHIRT, mode="first", scope="line", limit=1)
    assert first.lines == (300, 0)
    assert first.refused == (("shoes", "group_limit"),)


def test_the_best_looks_at_what_follows_in_the_phase() -> None:
    """10.00 off at once is more than 9.00, but then the next offer's threshold is missed."""
    groups = {"g": Group("g", "best"), "h": Group("h", "best", order=1)}
    floor = condition("spend", min="20.00", basis="current")
    offered = [
        amount("ten", "10.00", group="g"),
        amount("nine", "9.00", group="g"),
        amount("more", "5.00", group="h", conditions=(floor,)),
    ]
    effects = evaluate(BASKET, offered, Context(), groups)
    assert applied(effects) == ["nine", "more"]
    assert answer(effects, "ten").facts == {"by": "nine"}


def test_the_best_may_be_none_of_a_group() -> None:
    groups = {"g": Group("g", "best"), "h": Group("h", "best", order=1)}
    offered = [amount("one", "1.00", group="g", combines_with=frozenset()), amount("ten", "10.00", group="h")]
    effects = evaluate(BASKET, offered, Context(), groups)
    assert applied(effects) == ["ten"]
    assert (answer(effects, "one").code, answer(effects, "one").facts) == ("beaten", {"by": "ten"})


@pytest.mark.parametrize("rivals", [8, 9, 60])
@pytest.mark.parametrize("limit", [0, 5])
def test_the_best_of_many_may_be_none_or_one_of_them(rivals: int, limit: int) -> None:
    groups = {"g": Group("g", "best", "line", limit=limit or None), "then": Group("then", order=1)}
    many = [percent(f"m{place:02}", 1, group="g") for place in range(rivals)]
    full = condition("spend", min="29.99", basis="current")
    last = amount("last", "6.00", group="then", conditions=(full,))
    assert applied(evaluate(BASKET, [*many, last], ANYWHERE, groups)) == ["last"]
    strong = percent("strong", 25, group="g")
    assert applied(evaluate(BASKET, [*many, strong, last], ANYWHERE, groups)) == ["strong"]


def test_the_best_two_are_found_together() -> None:
    """The largest alone combines with nobody; the two others bring more."""
    offered = [
        amount("alone", "8.00", group="g", combines_with=frozenset()),
        amount("six", "6.00", group="g"),
        amount("five", "5.00", group="g"),
    ]
    assert applied(price(*offered, mode="best", limit=2)) == ["five", "six"]
