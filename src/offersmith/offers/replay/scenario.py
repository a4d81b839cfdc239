"""A scenario ready to price: cart, promotions, groups and context, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from offersmith.errors import InputError
from offersmith.offers.basket import Basket
from offersmith.offers.context import Context
from offersmith.offers.effects import Effects
from offersmith.offers.promotion import Group, Promotion
from offersmith.offers.replay import cart as carts
from offersmith.offers.replay import fields, lanes, limits, promotions
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.promotions import Stated
from offersmith.offers.stacking import evaluate

KNOWN = ("id", "cart", "promotions", "expected", "core", "portable", "depends_on_remainder_policy", "return", "tags")


@dataclass(frozen=True)
class Scenario:
    """A scenario.

    Attributes:
        id: its name.
        cart: what is bought.
        stated: the promotions as the scenario states them.
        arranged: ours by id, each in its group.
        groups: their groups.
        context: moment, customer, codes, limits.
        expected: what should come out.
        returned: what comes back afterwards, line by line, and by which policy; None = nothing.
        any_remainder: whether it does not matter who gets a spare cent.
    """

    id: str
    cart: Cart
    stated: tuple[Stated, ...]
    arranged: Mapping[str, Promotion]
    groups: Mapping[str, Group]
    context: Context
    expected: Mapping[str, Any]
    returned: Mapping[str, Any] | None
    any_remainder: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Scenario:
        """Return a scenario of its JSON form.

        Raises:
            InputError: naming what is not known or not allowed.
            SettingsError: the same of our own terms.
        """
        strange = sorted(set(raw) - set(KNOWN) - fields.NOTES)
        if strange:
            raise InputError(f"{', '.join(strange)}: unknown field")
        found = carts.read(raw["cart"])
        stated = _ranked(raw["promotions"], found)
        arranged, groups = lanes.arranged(stated, found)
        unlocked = limits.unlocked(stated, found)
        context = Context(
            found.moment,
            found.zone,
            found.customer,
            found.facts,
            unlocked,
            limits.blocked(stated, found),
            {
                one.id: one.budget.rest
                for one in stated
                if one.budget is not None and one.budget.clamp and one.budget.unit == "spend" and one.budget.rest
            },
            found.spend_points,
            found.min_margin_bp,
        )
        returned = raw.get("return")
        return cls(
            raw["id"],
            found,
            stated,
            arranged,
            groups,
            context,
            raw["expected"],
            None if returned is None else Fields(returned, "return").rest(),
            raw.get("depends_on_remainder_policy") is True,
        )

    def price(self, changed: Mapping[str, Promotion | None] | None = None, basket: Basket | None = None) -> Effects:
        """Return what our engine says.

        A budget that refuses is asked afterwards: whose relief is above its rest is left out, and the basket is
        priced again, one promotion after the other as they were applied.

        Args:
            changed: promotions to price with in place of those of the same id; None = without it.
            basket: what to price in place of the cart.
        """
        used = {**self.arranged, **(changed or {})}
        there = [one for one in used.values() if one is not None]
        context = self.context
        rests = {
            one.id: one.budget.rest
            for one in self.stated
            if one.budget is not None and one.budget.unit == "spend" and not one.budget.clamp
        }
        while True:
            effects = evaluate(basket or self.cart.basket, there, context, self.groups)
            over = next(
                (one.promotion_id for one in effects.applied if one.off > rests.get(one.promotion_id, one.off)), None
            )
            if over is None:
                return effects
            context = replace(context, blocked={**context.blocked, over: "budget_exceeded"})

    def order_level(self, effects: Effects) -> int:
        """Return what order-level promotions took off; of one with several actions, what its order-level ones did."""
        total = 0
        for one in self.stated:
            off = next((sum(done.lines) for done in effects.applied if done.promotion_id == one.id), 0)
            kinds = {order for order, _ in one.parts}
            if len(kinds) > 1:
                off = self._order_part(one)
            elif kinds != {True}:
                off = 0
            total += off
        return total

    def _order_part(self, one: Stated) -> int:
        """Price with its first action, with its first two and so on: what each adds is its own."""
        before = part = 0
        for order, promotion in one.parts:
            ours = self.arranged[one.id]
            effects = self.price({one.id: replace(promotion, group=ours.group, phase=ours.phase)})
            off = next((sum(done.lines) for done in effects.applied if done.promotion_id == one.id), 0)
            part += (off - before) * order
            before = off
        return part


def _ranked(raw: Any, cart: Cart) -> tuple[Stated, ...]:
    """Return the promotions, the higher priority first and of equals the earlier in the file."""
    priorities = [
        fields.whole(one["priority"], "promotion: priority")
        if isinstance(one, Mapping) and one.get("priority") is not None
        else 0
        for one in raw
    ]
    order = sorted(range(len(raw)), key=lambda place: -priorities[place])
    rank = {place: len(raw) - position for position, place in enumerate(order)}
    stated = tuple(promotions.read(one, cart, rank[place]) for place, one in enumerate(raw))
    names = [one.id for one in stated]
    if len(set(names)) < len(names):
        raise InputError("promotions: an id is there twice")
    return stated
