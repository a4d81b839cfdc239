"""What promotions do to a basket, and what every promotion that was considered has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from offersmith.offers import tax
from offersmith.offers.allocation import per_unit
from offersmith.offers.basket import Basket

Audience = Literal["staff", "owner", "public"]
GENERIC = "not_applicable"
"""The one answer about a code that anybody but its owner gets."""


class Applied(NamedTuple):
    """One promotion that took something off.

    Attributes:
        promotion_id, offer_id: which.
        off: minor units off goods, gifts and deliveries together.
        lines: minor units off each line of `Effects.basket`.
        shipping: minor units off each delivery.
    """

    promotion_id: str
    offer_id: str
    off: int
    lines: tuple[int, ...]
    shipping: tuple[int, ...] = ()


class Pieces(NamedTuple):
    """Equal pieces of one line, and what each promotion took off them: what a partial return is worked out from.

    Attributes:
        line: index into the lines of `Effects.basket`.
        quantity: pieces.
        off: minor units off all of them; within the run they differ by at most one.
        by: (promotion id, minor units), adding up to `off`.
    """

    line: int
    quantity: int
    off: int
    by: tuple[tuple[str, int], ...]


class Answer(NamedTuple):
    """What one promotion that was considered says.

    Attributes:
        promotion_id, offer_id: which.
        applied: whether it did something.
        code: reason code; `applied` where it applied.
        condition: index of the condition that does not hold; None where the reason is another.
        facts: the reason's parameters, amounts in minor units.
        off: minor units off.
        hint: what would help: `{"spend_more": minor units}`, `{"add_more": pieces}`.
        needs_code: whether it takes a code.
    """

    promotion_id: str
    offer_id: str
    applied: bool
    code: str
    condition: int | None
    facts: Mapping[str, Any]
    off: int
    hint: Mapping[str, Any]
    needs_code: bool = False


@dataclass(frozen=True)
class Effects:
    """What the promotions do to the basket, in minor units.

    Attributes:
        basket: what was priced: the lines that were bought and the gifts that were added.
        applied: in the order they were applied.
        lines: taken off each line.
        shipping: taken off each delivery.
        pieces: runs of equal pieces with what each promotion took off them.
        answers: one for every promotion that was considered, by promotion id.
        points_earned, points_spent: points.
    """

    basket: Basket
    applied: tuple[Applied, ...]
    lines: tuple[int, ...]
    shipping: tuple[int, ...]
    pieces: tuple[Pieces, ...]
    answers: tuple[Answer, ...]
    points_earned: int = 0
    points_spent: int = 0

    @cached_property
    def subtotal(self) -> int:
        """Goods before any promotion, the gifts' prices included."""
        return self.basket.subtotal

    @cached_property
    def off(self) -> int:
        """Taken off the goods; never negative, never above the subtotal."""
        return sum(self.lines)

    @cached_property
    def shipping_off(self) -> int:
        """Taken off the deliveries."""
        return sum(self.shipping)

    @cached_property
    def total(self) -> int:
        """To pay, on the price basis of the basket."""
        deliveries = sum(one.amount for one in self.basket.shipping)
        return self.subtotal - self.off + deliveries - self.shipping_off

    @cached_property
    def total_with_tax(self) -> int:
        """To pay including tax, rounded line by line."""
        gross = self.basket.prices_include_tax
        goods = sum(
            tax.on_side(line.total - off, line.tax_ppm, "gross", gross)
            for line, off in zip(self.basket.lines, self.lines, strict=True)
        )
        return goods + sum(
            tax.on_side(one.amount - off, one.tax_ppm, "gross", gross)
            for one, off in zip(self.basket.shipping, self.shipping, strict=True)
        )

    @cached_property
    def units(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each line runs of (pieces, off each piece); adds up to the line."""
        runs: list[list[tuple[int, int]]] = [[] for _ in self.lines]
        for one in self.pieces:
            runs[one.line].extend(per_unit(one.off, one.quantity))
        return tuple(tuple(found) for found in runs)

    @cached_property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """(promotion id, reason code) for every promotion that did not apply."""
        return tuple((one.promotion_id, one.code) for one in self.answers if not one.applied)

    def answers_for(self, audience: Audience, owned: frozenset[str] = frozenset()) -> tuple[Answer, ...]:
        """Return the answers somebody may read.

        Staff read everything; an owner everything about automatic promotions and the codes that are theirs (`owned`
        promotion ids); anybody else learns of a code only whether it applied, so that texts are no oracle for guesses.
        """
        if audience == "staff":
            return self.answers
        mine = owned if audience == "owner" else frozenset()
        return tuple(
            one
            if not one.needs_code or one.promotion_id in mine
            else one._replace(code=one.code if one.applied else GENERIC, condition=None, facts={}, hint={})
            for one in self.answers
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the effects as plain values."""
        return {
            "currency": self.basket.currency,
            "subtotal": self.subtotal,
            "off": self.off,
            "shipping_off": self.shipping_off,
            "total": self.total,
            "total_with_tax": self.total_with_tax,
            "points_earned": self.points_earned,
            "points_spent": self.points_spent,
            "lines": [
                {
                    "line": line.name, "product_id": line.product_id, "quantity": line.quantity,
                    "unit_price": line.unit_price, "off": off, "gift_of": line.gift_of,
                    "units": [list(run) for run in runs],
                }
                for line, off, runs in zip(self.basket.lines, self.lines, self.units, strict=True)
            ],
            "shipping": [
                {"shipping_id": one.shipping_id, "amount": one.amount, "off": off}
                for one, off in zip(self.basket.shipping, self.shipping, strict=True)
            ],
            "applied": [one._asdict() for one in self.applied],
            "answers": [{**one._asdict(), "facts": dict(one.facts), "hint": dict(one.hint)} for one in self.answers],
            "pieces": [{**one._asdict(), "by": dict(one.by)} for one in self.pieces],
        }  # fmt: skip
