"""Baskets as a shop writes them in JSON, and the circumstances they are priced in.

    {"currency": "USD", "prices_include_tax": true, "tax_rate": "0.20",
     "lines": [{"line_id": "1", "product_id": "tea", "quantity": 2, "unit_price": "19.99", "category": "drinks",
                "brand": "north", "tags": ["sale"], "attributes": {"size": "small"}, "cost": "11.00",
                "floor": "12.00", "tax_rate": "0.10"}],
     "shipping": [{"shipping_id": "post", "amount": "4.90", "tax_rate": "0.20"}],
     "customer": {"customer_id": "c-1", "segments": ["loyal"], "level": "gold", "orders": 3, "points": 500},
     "codes": ["SUMMER"], "facts": {"channel": "web"}, "moment": "2026-06-19T18:00", "spend_points": 200}

Only `currency`, `lines` and, of each line, a product, a quantity and a price must be there. Amounts are in major units,
best as text; `sku`, `qty` and `id` serve for `product_id`, `quantity` and `shipping_id`. A fault names the line, the
field, its value and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from offersmith.errors import InputError, SettingsError
from offersmith.money import Money
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context, Customer
from offersmith.offers.spelling import unknown_key
from offersmith.offers.tax import MILLION
from offersmith.offers.wall_clock import instant, zone_named

KEYS: Final = (
    "currency", "prices_include_tax", "tax_rate", "lines", "shipping", "customer", "codes", "facts", "moment",
    "spend_points",
)  # fmt: skip
LINE_KEYS: Final = (
    "line_id", "product_id", "sku", "quantity", "qty", "unit_price", "currency", "category", "brand", "tags",
    "attributes", "cost", "floor", "tax_rate", "gift_of",
)  # fmt: skip
SHIPPING_KEYS: Final = ("shipping_id", "id", "amount", "tax_rate", "currency")
CUSTOMER_KEYS: Final = ("customer_id", "segments", "level", "orders", "points")
MOST: Final = 1_000_000
"""Bound of quantities, orders and lines."""
MOST_MONEY: Final = 10**12
"""Bound of an amount in minor units, so that every sum fits the ledger's 64 bits."""

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def basket(raw: Mapping[str, Any], currency: str | None = None) -> Basket:
    """Return the basket of a document.

    Args:
        raw: as JSON gives it.
        currency: the shop's; the document may repeat it and not differ. None = the document's own counts.

    Raises:
        InputError: naming the line, the field, its value and what is allowed.
    """
    _known(raw, KEYS, "basket")
    stated = raw.get("currency")
    if stated is None:
        stated = currency
    if not isinstance(stated, str) or not re.fullmatch(r"[A-Z]{3}", stated):
        raise _wrong("basket", "currency", stated, "a currency's three capital letters, such as USD")
    if currency not in (None, stated):
        raise _wrong("basket", "currency", stated, f"{currency}, the shop's currency")
    gross = raw.get("prices_include_tax")
    if gross is not None and not isinstance(gross, bool):
        raise _wrong("basket", "prices_include_tax", gross, "true, false")
    usual = _tax("basket", raw, 0)
    lines = tuple(_line(place, one, stated, usual) for place, one in _rows(raw, "lines", must=True))
    shipping = tuple(_shipping(place, one, stated, usual) for place, one in _rows(raw, "shipping", must=False))
    _distinct("line", "line_id", [line.name for line in lines])
    _distinct("shipping", "shipping_id", [one.shipping_id for one in shipping])
    return Basket(lines, stated, shipping, True if gross is None else gross)


def context(raw: Mapping[str, Any], zone: str = "UTC") -> Context:
    """Return the customer, the facts and the moment of a document; codes and limits are the ledger's to judge.

    Args:
        raw: as JSON gives it.
        zone: the shop's; `moment` without an offset is a time on its wall clock.

    Raises:
        InputError: naming the field, its value and what is allowed.
    """
    _known(raw, KEYS, "basket")
    facts = raw.get("facts")
    if facts is not None and not isinstance(facts, Mapping):
        raise _wrong("basket", "facts", facts, "an object of names and texts")
    return Context(
        moment=_moment(raw.get("moment"), zone),
        zone=zone_named(zone).key,
        customer=_customer(raw.get("customer")),
        facts={str(name): _plain("facts", str(name), value) for name, value in (facts or {}).items()},
        spend_points=_whole("basket", "spend_points", raw.get("spend_points", 0), 0, MOST_MONEY),
    )


def codes(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes that were entered, as they were typed, each once.

    Raises:
        InputError: they are no list of texts.
    """
    return tuple(dict.fromkeys(_texts("basket", "codes", raw.get("codes"))))


def _line(place: int, raw: Any, currency: str, usual_tax: int) -> Line:
    where = f"line {place}"
    _known(raw, LINE_KEYS, where)
    product = _id(where, "product_id", _either(raw, "product_id", "sku"))
    if not product:
        raise _wrong(where, "product_id", product, "the product's id, a text")
    where = f"{where} ({product})"
    _same_currency(where, raw, currency)
    cost = None if raw.get("cost") is None else _money(where, "cost", raw["cost"], currency)
    return Line(
        product_id=product,
        quantity=_whole(where, "quantity", _either(raw, "quantity", "qty"), 1, MOST),
        unit_price=_money(where, "unit_price", raw.get("unit_price"), currency),
        category=_text(where, "category", raw.get("category")) or None,
        line_id=_id(where, "line_id", raw.get("line_id")),
        brand=_text(where, "brand", raw.get("brand")) or None,
        attributes=_attributes(where, raw),
        cost=cost,
        floor=_money(where, "floor", raw.get("floor") or 0, currency),
        tax_ppm=_tax(where, raw, usual_tax),
        gift_of=_text(where, "gift_of", raw.get("gift_of")),
    )


def _shipping(place: int, raw: Any, currency: str, usual_tax: int) -> Shipping:
    where = f"shipping {place}"
    _known(raw, SHIPPING_KEYS, where)
    _same_currency(where, raw, currency)
    name = _id(where, "shipping_id", _either(raw, "shipping_id", "id")) or f"shipping-{place}"
    amount = _money(where, "amount", raw.get("amount"), currency)
    return Shipping(name, amount, _tax(where, raw, usual_tax))


def _customer(raw: Any) -> Customer:
    if raw is None:
        return Customer()
    where = "customer"
    _known(raw, CUSTOMER_KEYS, where)
    orders = raw.get("orders")
    return Customer(
        customer_id=_id(where, "customer_id", raw.get("customer_id")) or None,
        segments=frozenset(_texts(where, "segments", raw.get("segments"))),
        level=_text(where, "level", raw.get("level")) or None,
        orders=None if orders is None else _whole(where, "orders", orders, 0, MOST),
        points=_whole(where, "points", raw.get("points", 0), 0, MOST_MONEY),
    )


def _attributes(where: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    given = raw.get("attributes")
    if given is not None and not isinstance(given, Mapping):
        raise _wrong(where, "attributes", given, "an object of names and texts or lists of texts")
    found: dict[str, Any] = {}
    for name, value in (given or {}).items():
        several = isinstance(value, (list, tuple))
        field = f"attributes.{name}"
        found[str(name)] = tuple(_plain(where, field, one) for one in value) if several else _plain(where, field, value)
    if raw.get("tags") is not None:
        if "tags" in found:
            raise _wrong(where, "tags", raw["tags"], "either tags or attributes.tags, not both")
        found["tags"] = _texts(where, "tags", raw["tags"])
    return found


def _moment(raw: Any, zone: str) -> datetime | None:
    if raw is None:
        return None
    try:
        return instant(raw, zone, end=False)
    except SettingsError as fault:
        raise InputError(f"basket: {fault.message}", **fault.facts) from fault


def _rows(raw: Mapping[str, Any], name: str, *, must: bool) -> list[tuple[int, Any]]:
    rows = raw.get(name)
    if rows is None and not must:
        return []
    if not isinstance(rows, (list, tuple)) or len(rows) > MOST:
        raise _wrong("basket", name, rows, "a list, which may be empty")
    return list(enumerate(rows, 1))


def _money(where: str, name: str, value: Any, currency: str) -> int:
    # Not `Money.parse` alone: that reads 19,99 as 1999, which is fine for a table and not for a till.
    written = _written(value)
    if written is None:
        raise _wrong(where, name, value, "an amount such as '19.99', with a point and without separators")
    try:
        minor = Money.parse(written, currency).minor
    except InputError as fault:
        raise InputError(f"{where}: {name} = {value!r}: {fault.message}", field=name) from fault
    if not 0 <= minor <= MOST_MONEY:
        raise _wrong(where, name, value, f"an amount from 0 to {Money(MOST_MONEY, currency).text}")
    return minor


def _tax(where: str, raw: Mapping[str, Any], usual: int) -> int:
    value = raw.get("tax_rate")
    if value is None:
        return usual
    written = _written(value)
    ppm = Decimal(-1 if written is None else written) * MILLION
    if ppm != ppm.to_integral_value() or not 0 <= ppm <= MILLION:
        raise _wrong(where, "tax_rate", value, "a share from 0 to 1 with at most six decimals; '0.20' is 20 %")
    return int(ppm)


def _written(value: Any) -> str | None:
    """Return a number as plain digits, None where it is none."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        exact = Decimal(str(value))
        value = format(exact, "f") if exact.is_finite() and exact.adjusted() < 20 else ""
    text = value.strip() if isinstance(value, str) else ""
    return text if _NUMBER.fullmatch(text) else None


def _whole(where: str, name: str, value: Any, least: int, most: int) -> int:
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(whole, bool) or not isinstance(whole, int) or not least <= whole <= most:
        raise _wrong(where, name, value, f"a whole number from {least} to {most}")
    return whole


def _text(where: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable() or len(value) > 200:
        raise _wrong(where, name, value, "a text of at most 200 printable signs")
    return value.strip()


def _texts(where: str, name: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise _wrong(where, name, value, "a list of texts")
    return tuple(_text(where, name, one) for one in value if one is not None)


def _plain(where: str, name: str, value: Any) -> str:
    # Rules compare texts; a number or a truth value is held against the text a rule would write for it.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(where, name, "" if value is None else value)


def _either(raw: Mapping[str, Any], name: str, other: str) -> Any:
    return raw[name] if raw.get(name) is not None else raw.get(other)


def _id(where: str, name: str, value: Any) -> str:
    """Return an id; shops that number things write numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(where, name, value)


def _same_currency(where: str, raw: Mapping[str, Any], currency: str) -> None:
    stated = raw.get("currency")
    if stated not in (None, currency):
        raise _wrong(where, "currency", stated, f"{currency}: a basket has one currency")


def _distinct(where: str, name: str, names: list[str]) -> None:
    first: dict[str, int] = {}
    for place, one in enumerate(names, 1):
        if one in first:
            raise _wrong(f"{where} {place}", name, one, f"an id of its own; {where} {first[one]} has this one")
        first[one] = place


def _known(raw: Any, keys: tuple[str, ...], where: str) -> None:
    if not isinstance(raw, Mapping):
        raise InputError(f"{where}: {raw!r:.80} is no object; allowed: an object with {', '.join(keys)}")
    if strange := unknown_key(raw, keys):
        raise InputError(f"{where} {strange}")


def _wrong(where: str, field: str, value: object, allowed: str) -> InputError:
    return InputError(f"{where}: {field} = {value!r:.80} is not allowed; allowed: {allowed}", field=field, where=where)
