"""A small basket, and promotions on it, for tests of how promotions meet."""

from __future__ import annotations

from typing import Any

from tests.offers.strategies import offer

from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context
from offersmith.offers.effects import Answer, Effects
from offersmith.offers.promotion import Group, Promotion
from offersmith.offers.stacking import evaluate

ANYWHERE = Context()
BASKET = Basket((Line("tea", 2, 1000), Line("cup", 1, 999)), "USD", (Shipping("post", 490),))


def percent(name: str, by: float, *, terms: dict[str, Any] | None = None, **rules: Any) -> Promotion:
    return Promotion(offer("percent_off", name, percent=by, **(terms or {})), **rules)


def amount(name: str, by: str, *, terms: dict[str, Any] | None = None, **rules: Any) -> Promotion:
    return Promotion(offer("amount_off", name, amount=by, **(terms or {})), **rules)


def price(*promotions: Promotion, context: Context = ANYWHERE, basket: Basket = BASKET, **group: Any) -> Effects:
    """Price with the group `g` of these properties."""
    return evaluate(basket, promotions, context, {"g": Group("g", **group)})


def applied(effects: Effects) -> list[str]:
    return [one.promotion_id for one in effects.applied]


def answer(effects: Effects, name: str) -> Answer:
    return next(one for one in effects.answers if one.promotion_id == name)


TEN, FIVE = percent("ten", 10), amount("five", "5.00")
