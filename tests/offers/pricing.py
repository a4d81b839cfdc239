"""One offer on one basket, for the tests of single kinds: amounts in minor units, terms as a person writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offersmith.offers import KINDS
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context
from offersmith.offers.effects import Effects
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import ANYWHERE, evaluate
from offersmith.vocabulary import Offer


def basket(*lines: Line, currency: str = "USD", shipping: Mapping[str, int] | None = None) -> Basket:
    """A basket of these lines and deliveries."""
    return Basket(lines, currency, tuple(Shipping(name, amount) for name, amount in (shipping or {}).items()))


def promotion(kind: str, terms: Mapping[str, Any], currency: str = "USD", name: str = "it", **rules: Any) -> Promotion:
    """A promotion of checked terms."""
    return Promotion(Offer(name, kind, KINDS[kind].check(terms, currency)), **rules)


def price(kind: str, bought: Basket, terms: Mapping[str, Any], context: Context = ANYWHERE) -> Effects:
    """What one offer does to a basket."""
    return evaluate(bought, [promotion(kind, terms, bought.currency)], context)


def why(effects: Effects) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The one answer: code, parameters, hint."""
    (answer,) = effects.answers
    return answer.code, dict(answer.facts), dict(answer.hint)
