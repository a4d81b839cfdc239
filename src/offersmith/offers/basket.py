"""What a customer is about to buy, in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass

from offersmith.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of one product.

    Attributes:
        product_id: which product.
        quantity: pieces, at least one.
        unit_price: minor units a piece, not negative.
        category: for rules that look at it.
    """

    product_id: str
    quantity: int
    unit_price: int
    category: str | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InputError(f"line {self.product_id!r}: quantity = {self.quantity} must be at least 1")
        if self.unit_price < 0:
            raise InputError(f"line {self.product_id!r}: unit_price = {self.unit_price} must not be negative")

    @property
    def total(self) -> int:
        """Minor units of the whole line."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines in one currency; it may be empty."""

    lines: tuple[Line, ...]
    currency: str

    @property
    def subtotal(self) -> int:
        """Minor units before any offer."""
        return sum(line.total for line in self.lines)
