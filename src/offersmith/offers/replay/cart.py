"""A scenario's cart as our basket, with the circumstances and the history that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Customer
from offersmith.offers.replay import fields
from offersmith.offers.replay.fields import Fields
from offersmith.offers.tax import MILLION
from offersmith.offers.wall_clock import instant, zone_named

MOST: Final = 1_000_000
"""Pieces of a line."""
TRUE: Final = "yes"
FALSE: Final = "no"
ATTRIBUTES: Final = ("product", "line", "tags", "bundle", "categories")
"""Attributes a line gets of the format's own fields; any other field of a line is an attribute of its own name."""


@dataclass(frozen=True)
class Cart:
    """A cart.

    Attributes:
        basket: its lines without those that the engine is to add.
        added: lines the engine is to add, by the promotion they are a gift of and their product.
        names: every line's id as the scenario has it, in order.
        methods: the deliveries of each shipping method.
        customer, facts, moment, zone, spend_points, min_margin_bp: see `Context`.
        identities: what the customer is known by, in lower case.
        codes: those that were entered; None = every code there is.
        history: uses before this cart.
        policy: how promotions are combined.
    """

    basket: Basket
    added: Mapping[tuple[str, str], Line]
    names: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]]
    customer: Customer
    facts: Mapping[str, str]
    moment: datetime | None
    zone: str
    spend_points: int
    min_margin_bp: int
    identities: frozenset[str]
    codes: tuple[str, ...] | None
    history: tuple[Mapping[str, Any], ...]
    policy: Mapping[str, Any]

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.basket.currency

    def gift(self, promotion: str, sku: str) -> Line | None:
        """Return the line the engine is to add for a promotion: of that product, or its only one."""
        of_it = [line for (who, _), line in self.added.items() if who == promotion]
        return self.added.get((promotion, sku), of_it[0] if len(of_it) == 1 else None)


def read(raw: Any) -> Cart:
    """Return a cart.

    Raises:
        InputError: naming the field, its value and what is allowed.
    """
    cart = Fields(raw, "cart")
    currency = (cart.text("currency") or "").upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise cart.wrong("currency", cart.get("currency"), "three letters such as USD")
    rate = _ppm(cart, 0, "tax_rate")
    gross = cart.flag("prices_include_tax")
    every = [_line(one, currency, rate) for one in fields.objects(cart.listed("lines"), "lines")]
    freight = _ppm(cart, rate, "shipping_tax_rate")
    delivered = [_shipping(one, currency, freight) for one in fields.objects(cart.listed("shipping"), "shipping")]
    methods: dict[str, tuple[str, ...]] = {}
    for delivery, method in delivered:
        methods[method] = (*methods.get(method, ()), delivery.shipping_id)
    names = tuple(line.name for line in every)
    if len(set(names)) < len(names):
        raise InputError("lines: an id is there twice")
    zone = cart.text("zone", "timezone", "time_zone") or "UTC"
    zone_named(zone, "cart: zone")
    now = cart.text("now", "moment", "at", "date")
    codes = cart.get("codes", "code", "coupons", "coupon")
    uses = cart.get("history", usual=[])
    uses = [uses] if isinstance(uses, str) else cart.listed("history")
    uses = [{"code": use} if isinstance(use, str) else use for use in uses]
    history = tuple(one.rest() for one in fields.objects(uses, "history"))
    policy = Fields(cart.get("policy", usual={}), "policy").rest()
    margin = fields.decimal(cart.get("min_margin_percent", usual=0), "cart: min_margin_percent")
    points = cart.whole("spend_points", "points_to_spend") or 0
    customer, facts = _customer(cart.get("customer"))
    facts["currency"] = currency
    if len(methods) == 1:
        facts["shipping_method"] = next(iter(methods))
    for name, value in cart.rest().items():
        facts |= _circumstances(name, value)
    return Cart(
        Basket(
            tuple(line for line in every if not line.gift_of),
            currency,
            tuple(delivery for delivery, _ in delivered),
            gross is not False,
        ),
        {(line.gift_of, line.product_id): line for line in every if line.gift_of},
        names,
        methods,
        customer,
        facts,
        None if now is None else instant(now, zone, end=False, field="cart: now"),
        zone,
        points,
        int(margin * 100),
        frozenset({(customer.customer_id or "").casefold(), facts.get("email", "").casefold()} - {""}),
        None if codes is None else tuple(fields.texts(codes, "cart: codes")),
        history,
        policy,
    )


def _line(line: Fields, currency: str, rate: int) -> Line:
    name = line.text("id", "line_id")
    sku = line.text("sku", "product_id", "variant") or name
    if not sku:
        raise InputError(f"{line.where}: id is missing; allowed: a text that no other line has")
    price = line.minor(currency, "unit_price", "price")
    if price is None:
        raise InputError(f"{line.where}: unit_price is missing; allowed: an amount such as '5.00'")
    quantity, cost = line.whole("qty", "quantity"), line.minor(currency, "cost")
    floor = line.minor(currency, "min_price", "minimum_price", "floor")
    if quantity is not None and quantity > MOST:
        raise line.wrong("qty", quantity, f"1 to {MOST}")
    if line.flag("discountable") is False:
        floor = price
    categories = line.texts("category", "categories", "taxon", "taxons")
    attributes: dict[str, Any] = {
        "line": name or sku,
        "product": line.text("product") or sku,
        "tags": tuple(line.texts("tags", "tag", "facets", "facet")),
        "bundle": line.text("bundle") or "",
        "categories": tuple(categories),
    }
    made = Line(
        sku,
        1 if quantity is None else quantity,
        price,
        categories[0] if categories else None,
        line_id=name or sku,
        brand=line.text("brand"),
        cost=cost,
        floor=floor or 0,
        tax_ppm=_ppm(line, rate, "tax_rate"),
        gift_of=line.text("gift_of") or "",
        attributes=attributes,
    )
    more = Fields(line.get("attributes", usual={}), f"{line.where}: attributes").rest() | line.rest()
    for key, value in more.items():
        attributes[key] = tuple(value) if isinstance(value, list) else _fact(value, f"{line.where}: {key}")
    return made


def _shipping(one: Fields, currency: str, rate: int) -> tuple[Shipping, str]:
    """Return a delivery and its shipping method, which is its id where nothing else is said."""
    method = one.text("method", "shipping_method")
    name, amount = one.text("id", "shipping_id") or method or "shipping", one.minor(currency, "amount", "price")
    if amount is None:
        raise InputError(f"{one.where} needs amount, such as '5.00'")
    made = Shipping(name, amount, _ppm(one, rate, "tax_rate"))
    one.done()
    return made, method or name


def _customer(raw: Any) -> tuple[Customer, dict[str, str]]:
    if raw is None:
        return Customer(), {"registered": FALSE}
    found = Fields({"id": raw} if isinstance(raw, str) else raw, "customer")
    name = found.text("id", "customer_id")
    guest = found.flag("guest")
    facts = {"registered": FALSE if guest else TRUE}
    groups = found.texts("group", "groups", "segment", "segments", "customer_group", "customer_groups", "tags")
    made = Customer(
        name,
        frozenset(groups),
        found.text("level", "member_level", "tier"),
        found.whole("previous_orders", "orders", "order_count", "orders_count"),
        found.whole("points") or 0,
    )
    return made, facts | {key: _fact(value, f"customer: {key}") for key, value in found.rest().items()}


def _circumstances(name: str, value: Any) -> dict[str, str]:
    """Return what a field of the cart says: itself, or of an address each of its fields, such as `shipping_country`."""
    if not isinstance(value, Mapping) or not name.endswith("address"):
        return {name: _fact(value, f"cart: {name}")}
    inner = {key: _fact(one, f"cart: {name}.{key}") for key, one in Fields(value, f"cart: {name}").rest().items()}
    return inner if name == "address" else {f"{name.removesuffix('address')}{key}": one for key, one in inner.items()}


def _fact(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, (str, int, float)):
        return str(value)
    raise InputError(f"{where} = {value!r:.80}: unknown field")


def _ppm(one: Fields, usual: int, name: str) -> int:
    value = one.get(name)
    if value is None:
        return usual
    rate = fields.decimal(value, f"{one.where}: {name}") * MILLION
    if rate < 0 or rate != rate.to_integral_value(rounding="ROUND_DOWN") or rate > 10 * MILLION:
        raise one.wrong(name, value, "a share such as '0.20', to a millionth")
    return int(Decimal(rate))
