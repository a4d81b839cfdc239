"""What a scenario's `return` gives back: what was paid for the pieces, or what the rest costs less when priced anew.

"return": {"lines": {"tea": 1}, "before": {"tea": 1}, "policy": "keep"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from offersmith.errors import InputError
from offersmith.offers.basket import Basket
from offersmith.offers.effects import Effects
from offersmith.offers.replay.fields import Fields, whole
from offersmith.offers.replay.scenario import Scenario
from offersmith.offers.returns import Sold, refund

POLICIES = ("keep", "reevaluate")


def refunded(scenario: Scenario, effects: Effects) -> int:
    """Return minor units that are due for what comes back now.

    Raises:
        InputError: the scenario returns nothing, a line that was not sold, or by no known policy.
    """
    if scenario.returned is None:
        raise InputError("expected: refund goes with return, what comes back")
    one = Fields(scenario.returned, "return")
    policy = one.text("policy") or "keep"
    if policy not in POLICIES:
        raise one.wrong("policy", policy, ", ".join(POLICIES))
    now, before = (_counts(one.get(name, usual={}), f"return: {name}") for name in ("lines", "before"))
    one.done()
    sold = Sold.of(effects)
    due = refund(sold, now, before).paid
    if policy == "keep":
        return due
    earlier = max(0, _paid(effects) - _owed(scenario, effects, before)) if before else 0
    gone = {name: now.get(name, 0) + before.get(name, 0) for name in {**now, **before}}
    return max(0, _paid(effects) - earlier - _owed(scenario, effects, gone))


def _counts(raw: Any, where: str) -> dict[str, int]:
    return {name: whole(count, where) for name, count in Fields(raw, where).rest(names=True).items()}


def _paid(effects: Effects) -> int:
    return effects.subtotal - effects.off


def _owed(scenario: Scenario, effects: Effects, gone: Mapping[str, int]) -> int:
    """Return what is to pay for what is kept, as if it had been bought alone; gifts no longer earned included."""
    basket = effects.basket
    kept = tuple(
        replace(line, quantity=line.quantity - gone.get(line.name, 0))
        for line in basket.bought
        if line.quantity > gone.get(line.name, 0)
    )
    again = scenario.price(basket=Basket(kept, basket.currency, basket.shipping, basket.prices_include_tax))
    granted = {line.name: line.quantity for line in again.basket.lines if line.gift_of}
    return _paid(again) + sum(
        line.unit_price * max(0, line.quantity - gone.get(line.name, 0) - granted.get(line.name, 0))
        for line in basket.lines
        if line.gift_of
    )
