"""What a customer is about to buy, in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from offersmith.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of one product.

    Attributes:
        product_id: which product (its SKU).
        quantity: pieces, at least one.
        unit_price: minor units a piece as the shelf says it, not negative.
        category: for rules that look at it.
        line_id: unique within the basket; the product where not given.
        brand: for rules that look at it.
        attributes: further facts, each a text or several (`{"tags": ("sale",)}`).
        cost: what a piece costs the shop, minor units; None = not known.
        floor: least unit price any promotion may leave, minor units.
        tax_ppm: tax rate in millionths (200_000 = 20 %).
        gift_of: the promotion that added the line; pricing removes such lines and adds them anew.
    """

    product_id: str
    quantity: int
    unit_price: int
    category: str | None = None
    line_id: str = ""
    brand: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    cost: int | None = None
    floor: int = 0
    tax_ppm: int = 0
    gift_of: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InputError(f"line {self.product_id!r}: quantity = {self.quantity} must be at least 1")
        if self.unit_price < 0:
            raise InputError(f"line {self.product_id!r}: unit_price = {self.unit_price} must not be negative")
        if self.floor < 0 or self.tax_ppm < 0 or (self.cost or 0) < 0:
            raise InputError(f"line {self.product_id!r}: floor, cost and tax_ppm must not be negative")

    @property
    def name(self) -> str:
        """The line's id, or its product where it has none."""
        return self.line_id or self.product_id

    @property
    def total(self) -> int:
        """Minor units of the whole line."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Shipping:
    """What one delivery costs: minor units, and its tax rate in millionths."""

    shipping_id: str
    amount: int
    tax_ppm: int = 0

    def __post_init__(self) -> None:
        if self.amount < 0 or self.tax_ppm < 0:
            raise InputError(f"shipping {self.shipping_id!r}: amount and tax_ppm must not be negative")


@dataclass(frozen=True)
class Basket:
    """Lines and deliveries in one currency; it may be empty.

    Attributes:
        lines: what is bought.
        currency: of every amount.
        shipping: how it is delivered.
        prices_include_tax: whether prices are gross.
    """

    lines: tuple[Line, ...]
    currency: str
    shipping: tuple[Shipping, ...] = ()
    prices_include_tax: bool = True

    @property
    def subtotal(self) -> int:
        """Minor units of the goods before any offer."""
        return sum(line.total for line in self.lines)

    @cached_property
    def bought(self) -> tuple[Line, ...]:
        """The lines the customer chose: all but the gifts of an earlier pricing."""
        return tuple(line for line in self.lines if not line.gift_of)
