"""Buy some, get others free or for less: "buy 2, get 1", "spend 50 on these, get one of those".

A piece is bought or given, never both (unless `uses_bought` is false), and a set is whole or not made. Bought pieces
are the dearest, given ones the cheapest of what is left (or with `give` the dearest of it). It repeats as often as the
pieces allow, up to `times` sets and `max_get` pieces given. With `adds` the shop adds the given pieces as gift lines
instead of looking for them in the basket. A buy side of `spend` uses no pieces up: it counts what they cost now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import items, price
from offersmith.offers.base import Phase, Terms, refuse_unknown
from offersmith.offers.basket import Line
from offersmith.offers.kinds import cap, cut
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.kinds.giving import Sets
from offersmith.offers.scope import whole
from offersmith.words import Language

GIVE = ("cheapest", "dearest")
WHERE = "offer kind 'buy_get'"


class BuyGet:
    """Buy X, get Y."""

    name = "buy_get"
    examples: Sequence[Terms] = (
        {"buy": {"quantity": 2}, "get": {"quantity": 1, "percent": 100}},
        {"buy": {"quantity": 1, "items": {"category": ["tea"]}},
         "get": {"quantity": 2, "items": {"sku": ["mug"]}, "amount": "2.00"},
         "times": 3, "max_get": 5, "give": "dearest", "uses_bought": False, "max_off": "9.00", "currency": "USD"},
        {"buy": {"spend": "50.00"}, "get": {"quantity": 1, "price": "1.00", "items": {"sku": ["a", "b"]}}, "times": 1,
         "currency": "USD"},
        {"buy": {"quantity": 3, "items": {"sku": ["a"]}}, "get": {"quantity": 1, "sku": "a", "value": "3.20"},
         "adds": True, "currency": "USD"},
    )  # fmt: skip

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        known = ("buy", "get", "times", "max_get", "give", "uses_bought", "adds", "max_off", "currency")
        refuse_unknown(self.name, terms, known)
        price.currency_of(self.name, terms, currency)
        for name in ("uses_bought", "adds"):
            if not isinstance(terms.get(name, False), bool):
                raise SettingsError(f"{WHERE}: {name} = {terms[name]!r} must be true or false")
        give, adds = terms.get("give", "cheapest"), terms.get("adds", False)
        if give not in GIVE:
            raise SettingsError(f"{WHERE}: give = {give!r} is unknown; allowed: {', '.join(GIVE)}")
        buy = _checked_buy(terms.get("buy"), currency)
        get = _checked_added(terms.get("get"), currency) if adds else _checked_get(terms.get("get"), currency)
        normal: dict[str, Any] = {"buy": buy, "get": get} | {
            name: whole(WHERE, name, terms[name]) for name in ("times", "max_get") if terms.get(name) is not None
        }
        if adds:
            normal["adds"] = True
        elif give != "cheapest":
            normal["give"] = give
        if not terms.get("uses_bought", True) and "quantity" in buy:
            normal["uses_bought"] = False
        most = price.checked(WHERE, "max_off", terms, currency)
        if most is not None and adds:
            raise SettingsError(f"{WHERE}: max_off = {most!r} does not go with adds; use max_get, a number of pieces")
        if most is not None:
            normal["max_off"] = most
        money = most is not None or "spend" in buy or not {"amount", "price", "value"}.isdisjoint(get)
        return normal | {"currency": currency} if money else normal

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `item`."""
        return "item"

    def compile(self, terms: Terms, currency: str) -> Sets:
        """Return the action of checked terms."""
        buy, get = terms["buy"], terms["get"]
        gift = None
        if terms.get("adds"):
            value, cost = (
                Money.parse(get[name], currency).minor if name in get else None for name in ("value", "cost")
            )
            gift = Line(get["sku"], 1, value or 0, get.get("category"), cost=cost)
        return Sets(
            buy=items.compiled(buy.get("items"), currency),
            need=buy.get("quantity", 0),
            spend=Money.parse(buy["spend"], currency).minor if "spend" in buy else None,
            get=items.compiled(get.get("items"), currency),
            given=get.get("quantity", 1),
            cut=Cut(percent=10_000) if gift else cut.compiled(get, currency),
            times=terms.get("times"),
            max_get=terms.get("max_get"),
            dearest=terms.get("give") == "dearest",
            uses_bought=terms.get("uses_bought", True),
            gift=gift,
            most=price.minor(terms, "max_off"),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its cap included."""
        buy, get, currency = terms["buy"], terms["get"], terms.get("currency", "")
        given = get.get("quantity", 1)
        what = cut.says({"percent": 100} if terms.get("adds") else get, currency, language, each=given > 1)
        if "spend" in buy:
            text = words.say(
                "offers.spend_get", language, amount=f"{buy['spend']} {currency}", quantity=given, cut=what
            )
        else:
            text = words.say("offers.buy_get", language, need=buy["quantity"], quantity=given, cut=what)
        return text + cap.says(terms, language)


def _table(name: str, raw: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise SettingsError(f"{WHERE}: {name} = {raw!r} must be a table; allowed: {', '.join(known)}")
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise SettingsError(f"{WHERE}: {name} does not know {', '.join(unknown)}; allowed: {', '.join(known)}")
    return raw


def _selected(name: str, raw: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {"items": items.check(f"{WHERE}: {name}.items", raw["items"], currency)} if raw.get("items") else {}


def _checked_buy(raw: Any, currency: str) -> dict[str, Any]:
    table = _table("buy", raw, ("items", "quantity", "spend"))
    spend = price.checked(f"{WHERE}: buy", "spend", table, currency)
    if (spend is None) == (table.get("quantity") is None):
        raise SettingsError(f"{WHERE}: buy needs exactly one of quantity, spend")
    side = {"spend": spend} if spend else {"quantity": whole(f"{WHERE}: buy", "quantity", table["quantity"])}
    return side | _selected("buy", table, currency)


def _checked_get(raw: Any, currency: str) -> dict[str, Any]:
    table = _table("get", raw, ("items", "quantity", *cut.KEYS))
    off = {"percent": 100} if all(table.get(name) is None for name in cut.KEYS) else table
    return {
        "quantity": whole(f"{WHERE}: get", "quantity", table.get("quantity", 1)),
        **cut.check(f"{WHERE}: get", off, currency),
        **_selected("get", table, currency),
    }


def _checked_added(raw: Any, currency: str) -> dict[str, Any]:
    table = _table("get", raw, ("sku", "value", "quantity", "cost", "category", "percent"))
    if table.get("percent", 100) != 100:
        raise SettingsError(f"{WHERE}: get.percent = {table['percent']!r} must be 100 where the pieces are added")
    normal: dict[str, Any] = {"quantity": whole(f"{WHERE}: get", "quantity", table.get("quantity", 1))}
    for name in ("sku", "category"):
        text = table.get(name)
        if text is None and name == "category":
            continue
        if not isinstance(text, str) or not text:
            raise SettingsError(f"{WHERE}: get.{name} = {text!r} must be a text where the pieces are added")
        normal[name] = text
    for name in ("value", "cost"):
        amount = price.checked(f"{WHERE}: get", name, table, currency, zero=name == "cost")
        if amount is not None:
            normal[name] = amount
    if "value" not in normal:
        raise SettingsError(f"{WHERE}: get needs value, the list price of an added piece as text such as '4.00'")
    return normal
