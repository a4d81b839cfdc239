"""What our engine says of a scenario, in the words of the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from offersmith.money import Money
from offersmith.offers import tax
from offersmith.offers.effects import Effects
from offersmith.offers.replay import reasons
from offersmith.offers.replay.given_back import refunded
from offersmith.offers.replay.scenario import Scenario

Says = Callable[["Outcome"], Any]


class Outcome:
    """What our engine says of a scenario, in the words of the format.

    Args:
        scenario: what was priced.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.effects: Effects = scenario.price()
        self.names = [self._name(place) for place in range(len(self.effects.basket.lines))]

    def money(self, minor: int) -> str:
        """Return an amount as text."""
        return Money(minor, self.effects.basket.currency).text

    def lines(self, offs: Sequence[int]) -> dict[str, str]:
        """Return amounts by line; a line of the cart that is not there any more has none."""
        found = dict.fromkeys(self.scenario.cart.names, 0)
        for name, off in zip(self.names, offs, strict=True):
            found[name] = found.get(name, 0) + off
        return {name: self.money(off) for name, off in found.items()}

    def units(self) -> dict[str, list[str]]:
        """Return what each piece of each line got, the most first."""
        return {
            name: sorted((self.money(off) for count, off in runs for _ in range(count)), key=float, reverse=True)
            for name, runs in zip(self.names, self.effects.units, strict=True)
        }

    def prices_after(self) -> dict[str, list[str]]:
        """Return what each piece of each line costs now, the dearest first."""
        return {
            name: sorted(
                (self.money(line.unit_price - off) for count, off in runs for _ in range(count)),
                key=float,
                reverse=True,
            )
            for name, line, runs in zip(self.names, self.effects.basket.lines, self.effects.units, strict=True)
        }

    def by_promotion(self) -> dict[str, dict[str, str]]:
        """Return what each promotion took off each line."""
        found: dict[str, dict[str, str]] = {one.id: {} for one in self.scenario.stated}
        for one in self.effects.applied:
            found[one.promotion_id] = self.lines(one.lines)
        return found

    def applied(self) -> list[str]:
        """Return the promotions that did something."""
        return sorted(one.promotion_id for one in self.effects.applied)

    def codes(self) -> dict[str, str]:
        """Return the codes that were entered and did nothing, with the reason."""
        return reasons.rejected(self.scenario, self.effects)

    def tax_on(self, minor: Sequence[int]) -> int:
        """Return amounts of the lines with tax."""
        basket = self.effects.basket
        return sum(
            tax.on_side(amount, line.tax_ppm, "gross", basket.prices_include_tax)
            for amount, line in zip(minor, basket.lines, strict=True)
        )

    def _name(self, place: int) -> str:
        line = self.effects.basket.lines[place]
        stated = self.scenario.cart.gift(line.gift_of, line.product_id) if line.gift_of else None
        return line.name if stated is None else stated.name


def _money(of: Callable[[Outcome], int]) -> Says:
    return lambda done: done.money(of(done))


def _without_tax(done: Outcome) -> int:
    basket, effects = done.effects.basket, done.effects
    paid = [(line.total - off, line.tax_ppm) for line, off in zip(basket.lines, effects.lines, strict=True)]
    paid += [
        (one.amount - off, one.tax_ppm) for one, off in zip(basket.shipping, effects.shipping, strict=True)
    ]  # fmt: skip
    return sum(tax.on_side(amount, rate, "net", basket.prices_include_tax) for amount, rate in paid)


def _line_totals(done: Outcome) -> dict[str, str]:
    off = zip(done.names, done.effects.basket.lines, done.effects.lines, strict=True)
    return {name: done.money(line.total - less) for name, line, less in off}


def _shipping(done: Outcome) -> dict[str, str]:
    pairs = zip(done.effects.basket.shipping, done.effects.shipping, strict=True)
    return {one.shipping_id: done.money(off) for one, off in pairs}


def _gifts(done: Outcome) -> dict[str, str]:
    return {line.product_id: str(line.quantity) for line in done.effects.basket.lines if line.gift_of}


SAYS: Final[Mapping[str, Says]] = {
    "line_discounts": lambda done: done.lines(done.effects.lines),
    "line_totals": _line_totals,
    "unit_discounts": lambda done: done.units(),
    "unit_price_after": lambda done: done.prices_after(),
    "by_promotion": lambda done: done.by_promotion(),
    "applied": lambda done: done.applied(),
    "rejected_codes": lambda done: done.codes(),
    "reasons": lambda done: reasons.given(done.effects),
    "budget_exceeded": lambda done: sorted(
        name for name, why in done.effects.refused if why in ("budget_exceeded", "budget_used_up")
    ),
    "order_discount": _money(lambda done: done.scenario.order_level(done.effects)),
    "item_discount": _money(lambda done: done.effects.off - done.scenario.order_level(done.effects)),
    "discount_total": _money(lambda done: done.effects.off),
    "shipping_discount": _money(lambda done: done.effects.shipping_off),
    "shipping_discount_total": _money(lambda done: done.effects.shipping_off),
    "shipping_discounts": _shipping,
    "subtotal": _money(lambda done: done.effects.subtotal),
    "items_total": _money(lambda done: done.effects.subtotal - done.effects.off),
    "shipping_total": _money(lambda done: sum(one.amount for one in done.effects.basket.shipping)
                             - done.effects.shipping_off),
    "total": _money(lambda done: done.effects.total),
    "total_with_tax": _money(lambda done: done.effects.total_with_tax),
    "total_without_tax": _money(_without_tax),
    "tax_total": _money(lambda done: done.effects.total_with_tax - _without_tax(done)),
    "discount_with_tax": _money(
        lambda done: done.tax_on([line.total for line in done.effects.basket.lines])
        - done.tax_on([one.total - off for one, off in zip(done.effects.basket.lines, done.effects.lines, strict=True)])
    ),
    "points_earned": lambda done: str(done.effects.points_earned),
    "points_spent": lambda done: str(done.effects.points_spent),
    "gifts": _gifts,
    "refund": _money(lambda done: refunded(done.scenario, done.effects)),
}  # fmt: skip
"""What may be expected, and what our engine says of it."""
