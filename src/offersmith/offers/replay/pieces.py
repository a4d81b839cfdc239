"""Kinds that choose single pieces: the cheapest free, bundles, buy X get Y, gifts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.offers.replay import fields, targets
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.given import Given, Read, cap, chosen_items, only_once, percent_of, rounding, value_of

ORDERS: Final = {
    "cheapest_first": "cheapest", "cheapest": "cheapest", "least_expensive_first": "cheapest",
    "most_expensive_first": "dearest", "most_expensive": "dearest", "dearest": "dearest", "dearest_first": "dearest",
}  # fmt: skip


def cheapest(term: str) -> Read:
    """Return how a kind is read that takes `term` (percent, amount, free) off the cheapest piece."""

    def read(one: Fields, cart: Cart) -> Given:
        rounding(one, "unit")
        value = "100" if term == "free" else percent_of(one) if term == "percent" else value_of(one)
        terms: dict[str, Any] = {"percent" if term == "free" else term: value, **cap(one)}
        chosen = chosen_items(one, cart)
        if chosen:
            terms["items"] = chosen
        times = one.whole("max_applications", "max_affected_units")
        every = one.whole("of_every", "group_size")
        if every is not None:
            terms["of_every"] = every
        if times is not None:
            terms["times"] = times
        return Given("cheapest_off", terms)

    return read


def bundle(one: Fields, cart: Cart) -> Given:
    """Return so many pieces for one price."""
    terms: dict[str, Any] = {
        "price": value_of(one),
        "quantity": one.whole("bundle_qty", "bundle_quantity", "qty", "group_size"),
        **cap(one),
    }
    chosen, times, order = chosen_items(one, cart), one.whole("max_applications"), _order(one)
    if chosen:
        terms["items"] = chosen
    if times is not None:
        terms["times"] = times
    return Given("bundle_price", terms | ({"take": order} if order else {}))


def buy_get(one: Fields, cart: Cart) -> Given:
    """Return sets of bought and given pieces; what is given is what is bought unless `get` says otherwise."""
    where = one.where
    buy, get = Fields(one.get("buy", usual={}), f"{where}: buy"), Fields(one.get("get", usual={}), f"{where}: get")
    bought: dict[str, Any] = {}
    spend = buy.get("min_total", "min_amount", "spend", "min_items_total")
    pieces = buy.whole("min_qty", "qty", "quantity")
    bought |= {"spend": f"{fields.decimal(spend, where):f}"} if spend is not None else {"quantity": pieces or 1}
    given: dict[str, Any] = {"quantity": get.whole("qty", "quantity", "max_qty") or 1}
    given |= _cut(get, where)
    terms: dict[str, Any] = {"buy": bought, "get": given, **cap(one)}
    for ours, names in (("times", ("max_applications", "times")), ("max_get", ("max_get_units", "max_affected_units"))):
        count = one.whole(*names)
        if count is not None:
            terms[ours] = count
    if one.flag("repeat", "repeats") is False:
        terms["times"] = 1
    order = _order(one)
    if order:
        terms["give"] = order
    uses, adds = one.flag("consumes_buy_units"), one.flag("adds_line", "adds")
    if uses is not None:
        terms["uses_bought"] = uses
    wanted = buy.rest()
    chosen = targets.selector(wanted, cart, f"{where}: buy")
    if chosen:
        bought["items"] = chosen
    what = get.rest()
    if adds:
        terms["adds"] = True
        if Decimal(given.get("percent", 100)) == 100:
            given.pop("percent", None)
        sku = fields.texts(what.get("sku", wanted.get("sku")), f"{where}: get.sku")
        given |= _added("".join(sku[:1]), one, cart)
    elif found := targets.selector(what or wanted, cart, f"{where}: get"):
        given["items"] = found
    return Given("buy_get", terms)


def _cut(get: Fields, where: str) -> dict[str, str]:
    """Return what a given piece costs less; nothing said = it is free."""
    if get.flag("free") is False:
        raise get.wrong("free", False, "true")
    cuts = {
        "percent": ("percent_off", "percent", "discount_percent"),
        "amount": ("amount_off", "fixed_off", "amount"),
        "price": ("fixed_price", "unit_price", "price"),
    }
    found = {term: get.get(*spellings) for term, spellings in cuts.items()}
    return {term: f"{fields.decimal(value, where):f}" for term, value in found.items() if value is not None}


def _order(one: Fields) -> str | None:
    order = one.text("target_order", "order", "give")
    if order is not None and order not in ORDERS:
        raise one.wrong("target_order", order, ", ".join(ORDERS))
    return None if order is None else ORDERS[order]


def _added(sku: str, one: Fields, cart: Cart) -> dict[str, Any]:
    """Return the product of a line that is added, and its price: stated, the cart's own, or that of bought pieces."""
    stated = one.get("gift_value", "gift_price")
    if stated is not None:
        return {"sku": sku, "value": f"{fields.decimal(stated, f'{one.where}: gift_value'):f}"}
    line = cart.gift(one.text("id") or "", sku) or next(
        (line for line in (*cart.added.values(), *cart.basket.lines) if line.product_id == sku), None
    )
    # A gift that no line of the cart prices is worth nothing here: where its conditions fail nobody needs its price.
    return {"sku": sku, "value": Money(0 if line is None else line.unit_price, cart.currency).text}


def gift(one: Fields, cart: Cart) -> Given:
    """Return a line to add.

    Raises:
        InputError: it has no product.
    """
    only_once(one)
    skus = one.texts("gift_sku", "gift_skus", "sku", "gift")
    if len(skus) > 1:
        raise one.wrong("gift_sku", skus, "one product: which of several is a customer's choice")
    if not skus:
        raise InputError(f"{one.where}: gift_sku is missing; allowed: a text")
    return Given("gift", {"quantity": one.whole("gift_qty", "qty", "quantity") or 1, **_added(skus[0], one, cart)})
