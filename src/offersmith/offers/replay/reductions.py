"""Kinds that take something off the order, items, lines, single pieces, shelf prices or deliveries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from offersmith.offers.replay import fields
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.conditions import BASES
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.given import (
    ROUNDINGS,
    Given,
    Read,
    cap,
    chosen_items,
    only_once,
    percent_of,
    rounding,
    scope,
    value_of,
)  # fmt: skip


def percent(on: str) -> Read:
    """Return how a percentage off the `order`, `items`, each `line` or each `unit` is read."""

    def read(one: Fields, cart: Cart) -> Given:
        only_once(one)
        rounded = rounding(one)
        terms = {"percent": percent_of(one), **scope(one, cart)}
        if on == "line":
            terms |= {"on": "items", "rounding": "line"}
        elif on != "order":
            terms["on"] = on
        of = one.text("percent_of", "of")
        if of is not None:
            terms["of"] = BASES.get(of, of)
        return Given("percent_off", terms | ({"rounding": rounded} if rounded else {}))

    return read


def amount(on: str) -> Read:
    """Return how an amount off the `order`, `items`, each `line` or each `unit` is read."""

    def read(one: Fields, cart: Cart) -> Given:
        only_once(one)
        rounding(one, *filter(None, ROUNDINGS.values()))
        return Given("amount_off", {"amount": value_of(one), "on": on, **scope(one, cart)})

    return read


def for_every(one: Fields, cart: Cart, pieces: int) -> Given:
    """Return an amount for every so many matching pieces, `max_applications` times at most."""
    rounding(one, *filter(None, ROUNDINGS.values()))
    value, times = value_of(one), one.whole("max_applications") or 1
    caps = [Decimal(value) * times, *(fields.decimal(most, one.where) for most in cap(one).values())]
    chosen = chosen_items(one, cart)
    terms = {"tiers": [{"from": pieces, "amount": value}], "each": True, "on_pieces": True, "max_off": f"{min(caps):f}"}
    return Given("spend_save", terms | ({"items": chosen} if chosen else {}))


def unit_price(one: Fields, cart: Cart) -> Given:
    """Return one price for every matching piece."""
    only_once(one)
    return Given("unit_price", {"price": value_of(one), **scope(one, cart)})


def catalogue(term: str) -> Read:
    """Return how a new shelf price is read: less by a `percent` or an `amount`, or a `price`."""

    def read(one: Fields, cart: Cart) -> Given:
        only_once(one)
        rounding(one, "unit")
        value = percent_of(one) if term == "percent" else value_of(one)
        chosen = chosen_items(one, cart)
        return Given("catalogue_price", {term: value} | ({"items": chosen} if chosen else {}))

    return read


def shipping(term: str, together: bool = False) -> Read:
    """Return how less for deliveries is read; `together` splits one amount over them."""

    def read(one: Fields, cart: Cart) -> Given:
        only_once(one)
        rounding(one, "unit", "line", "total")
        value = "100" if term == "free" else percent_of(one) if term == "percent" else value_of(one)
        terms: dict[str, Any] = {"percent" if term == "free" else term: value, **cap(one)}
        raw = one.get("target", "methods")
        if isinstance(raw, Mapping):
            target = Fields(raw, f"{one.where}: target")
            raw = target.get("shipping", "shipping_method", "method", "methods", "id")
            target.done()
        if raw is not None and raw not in ("all", "shipping"):
            wanted = fields.texts(raw, f"{one.where}: target")
            terms["methods"] = [name for method in wanted for name in cart.methods.get(method, (method,))]
        if together and term == "amount":
            terms["together"] = True
        return Given("shipping_off", terms)

    return read


def tiered(term: str) -> Read:
    """Return how tiers are read, each of a `percent` or an `amount`."""

    def read(one: Fields, cart: Cart) -> Given:
        only_once(one)
        rounding(one, "total")
        on = one.text("tier_on") or "items_total"
        pieces = re.search(r"qty|quantity|unit|piece|count", on) is not None
        if not pieces and not re.search(r"total|amount|spend", on):
            raise one.wrong("tier_on", on, "items_total, quantity")
        terms: dict[str, Any] = {"tiers": _tiers(one, term, pieces=pieces), **cap(one)}
        base = one.get("base", f"base_{term}", "default")
        if base is not None and Decimal(str(terms["tiers"][0]["from"])):
            below = {"from": 0 if pieces else "0", term: f"{fields.decimal(base, one.where):f}"}
            terms["tiers"].insert(0, below)
        if pieces:
            terms["on_pieces"] = True
        if one.flag("each"):
            terms["each"] = True
        basis = one.text("tier_basis", "basis")
        if basis is not None:
            terms["basis"] = BASES.get(basis, basis)
        chosen = chosen_items(one, cart)
        return Given("spend_save", terms | ({"items": chosen} if chosen else {}))

    return read


def _tiers(one: Fields, term: str, *, pieces: bool) -> list[dict[str, Any]]:
    raw = one.get("tiers")
    where = f"{one.where}: tiers"
    if isinstance(raw, Mapping):
        raw = [{"from": start, "value": value} for start, value in raw.items()]
    if not isinstance(raw, (list, tuple)) or not raw:
        raise one.wrong("tiers", raw, "an object of starts and values, such as {'100.00': '10'}")
    tiers = []
    for tier in fields.objects(raw, where):
        start, value = (
            tier.get("from", "min", "threshold", "min_qty", "min_total", "min_items_total"),
            tier.get("value", "percent", "amount", "off"),
        )
        tier.done()
        begins = fields.whole(start, where) if pieces else f"{fields.decimal(start, where):f}"
        tiers.append({"from": begins, term: f"{fields.decimal(value, where):f}"})
    return sorted(tiers, key=lambda tier: Decimal(tier["from"]))
