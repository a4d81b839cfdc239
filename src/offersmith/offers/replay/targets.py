"""A scenario's `target` as our selector of lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.offers import items
from offersmith.offers.replay import fields
from offersmith.offers.replay.cart import ATTRIBUTES, Cart
from offersmith.offers.replay.fields import Fields

SPELLINGS: Final = {
    "sku": "sku", "skus": "sku", "variant": "sku", "variants": "sku", "product": "product", "products": "product",
    "category": "categories", "categories": "categories", "taxon": "categories", "taxons": "categories",
    "brand": "brand", "brands": "brand", "tag": "tags", "tags": "tags", "facet": "tags", "facets": "tags",
    "bundle": "bundle", "bundles": "bundle", "line": "line", "lines": "line", "id": "line",
}  # fmt: skip
"""What a target may name, and what it is called within."""
PRICES: Final = {
    "min_unit_price": "min_unit_price", "min_price": "min_unit_price",
    "max_unit_price": "max_unit_price", "max_price": "max_unit_price",
}  # fmt: skip
_WITHOUT: Final = ("exclude_", "excluded_", "not_")


def selector(raw: Any, cart: Cart, where: str) -> dict[str, Any]:
    """Return the selector of a target, empty where every line is meant.

    Args:
        raw: an object whose fields hold together, a list of such objects as alternatives, products, or None.
        cart: whose lines are meant.
        where: how a fault names it.

    Raises:
        InputError: naming a field that is not known or a value that is not allowed.
    """
    if raw is None or raw in ("all", "order", "items"):
        return {}
    if isinstance(raw, str):
        return {"sku": [raw]}
    if isinstance(raw, Mapping) and len(raw) == 1 and "any_of" in raw:
        raw = raw["any_of"]
    if isinstance(raw, (list, tuple)) and raw and all(isinstance(one, str) for one in raw):
        return {"sku": list(raw)}
    if isinstance(raw, (list, tuple)):
        found = [selector(one, cart, where) for one in raw]
        return {} if not all(found) else _lines(cart, found)
    target = Fields(raw, where)
    made: dict[str, Any] = {}
    without: list[dict[str, Any]] = []
    excluded = target.get("exclude", "excluded", "except")
    if excluded is not None:
        without.extend(selector(one, cart, f"{where}.exclude") for one in _alternatives(excluded))
    for name, value in target.rest().items():
        if name in PRICES:
            _put(made, PRICES[name], f"{fields.decimal(value, f'{where}.{name}'):f}")
        elif name.startswith(_WITHOUT):
            without.append(selector({name.split("_", 1)[1]: value}, cart, where))
        else:
            _add(made, name, fields.texts(value, f"{where}.{name}"), cart, where)
    without = [one for one in without if one]
    if without:
        made["exclude"] = without[0] if len(without) == 1 else _lines(cart, without)
    return made


def named(name: str, values: list[str], cart: Cart, where: str) -> dict[str, Any]:
    """Return the selector of the lines whose `name` (a spelling of a target) is one of `values`.

    Raises:
        InputError: no target is spelt so.
    """
    made: dict[str, Any] = {}
    _add(made, name, values, cart, where)
    return made


def _add(made: dict[str, Any], name: str, values: list[str], cart: Cart, where: str) -> None:
    known = SPELLINGS.get(name)
    if known is None:
        there = {attribute for line in cart.basket.lines for attribute in line.attributes}
        known = next((one for one in (name, f"{name}s", name.removesuffix("s")) if one in there), None)
    if known is None:
        raise InputError(f"{where}: {name}: unknown field")
    plain = known == "categories" and all(len(line.attributes["categories"]) < 2 for line in cart.basket.lines)
    if known in ("sku", "brand"):
        _put(made, known, values)
    elif plain:
        _put(made, "category", values)
    else:
        _put(made.setdefault("attributes", {}), known, values)


def _put(made: dict[str, Any], name: str, value: Any) -> None:
    if name in made:
        raise InputError(f"target: {name} is there in two spellings")
    made[name] = value


def _alternatives(raw: Any) -> list[Any]:
    """Return what is excluded one field at a time: a line goes as soon as any of them names it."""
    if isinstance(raw, Mapping):
        return [{name: value} for name, value in raw.items()]
    return list(raw) if isinstance(raw, (list, tuple)) else [{"sku": raw}]


def _lines(cart: Cart, alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a selector of the very lines that any of several selectors names: ours have no alternatives."""
    chosen = [
        items.compiled(items.check("target", one, cart.currency), cart.currency) for one in alternatives
    ]  # fmt: skip
    found = [line.name for line in cart.basket.lines if any(one.takes(line) for one in chosen)]
    return {"attributes": {ATTRIBUTES[1]: found or ["\0no line"]}}
