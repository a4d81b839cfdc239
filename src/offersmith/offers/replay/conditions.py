"""A scenario's `conditions` as ours. All must hold; `docs/reference/scenarios.md` lists them.

{"min_items_total": "60.00", "basis": "after_previous_discounts", "contains_category": ["cups"],
 "min_product_qty": {"any_of": ["tea", "mate"], "qty": 3}, "customer_group": ["VIP"]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.offers.replay import fields, targets
from offersmith.offers.replay.cart import FALSE, TRUE, Cart
from offersmith.offers.replay.fields import Fields

Spec = dict[str, Any]

BASES: Final = {
    "after_previous_discounts": "current", "after_discounts": "current", "discounted": "current", "current": "current",
    "before_discounts": "catalogue", "before_cart_promotions": "catalogue", "after_catalog": "catalogue",
    "after_catalogue": "catalogue", "after_catalog_promotions": "catalogue",
    "catalog": "catalogue", "catalogue": "catalogue", "default": "catalogue",
    "after_previous_lanes": "current", "discounted_total": "current",
    "original": "list", "list": "list", "undiscounted": "list", "shelf": "list",
    "original_price": "list", "after_previous_phases": "phase", "after_item_promotions": "phase", "phase": "phase",
}  # fmt: skip
TAXES: Final = {
    "tax_inclusive": "gross", "tax_included": "gross", "gross": "gross", "incl": "gross", "with_tax": "gross",
    "incl_tax": "gross", "tax_incl": "gross", "including_tax": "gross",
    "tax_exclusive": "net", "tax_excluded": "net", "net": "net", "excl": "net", "without_tax": "net",
    "excl_tax": "net", "tax_excl": "net", "excluding_tax": "net",
}  # fmt: skip
FACTS: Final = frozenset(
    (
        "country",
        "channel",
        "store",
        "region",
        "locale",
        "payment_method",
        "shipping_method",
        "shipping_country",
        "email",
    )
)
"""Circumstances that may be asked for though the cart does not state them: the condition then fails."""

_BOUND = re.compile(r"(min|max)_(\w+?)_(total|amount|spend|qty|quantity|count)")
_TOTALS = frozenset(("items", "order", "cart", "subtotal", "basket", "line", "lines"))
_MONEY = frozenset(("total", "amount", "spend"))
_WITHOUT = ("exclude_", "excluded_", "not_")


def conditions(raw: Any, cart: Cart, where: str) -> list[Spec]:
    """Return conditions, each with its `kind`; empty of none.

    Args:
        raw: an object, a list of objects, or None.
        cart: what they are asked of.
        where: how a fault names them.

    Raises:
        InputError: naming a condition that is not known or a value that is not allowed.
    """
    if raw is None:
        return []
    if isinstance(raw, (list, tuple)):
        return [one for place, part in enumerate(raw) for one in conditions(part, cart, f"{where}[{place}]")]
    return _Reader(Fields(raw, where), cart).read()


class _Reader:
    """Reads one object of conditions."""

    def __init__(self, found: Fields, cart: Cart) -> None:
        self.fields, self.cart, self.where = found, cart, found.where
        self.money: Spec = {}
        for value in found.texts("basis", "tax_mode", "tax"):
            if value in BASES:
                self.money["basis"] = BASES[value]
            elif value in TAXES:
                self.money["tax"] = TAXES[value]
            else:
                raise found.wrong("basis", value, ", ".join((*BASES, *TAXES)))

    def read(self) -> list[Spec]:
        return self._nested() + self._bounds() + self._customer() + self._time() + self._others()

    def _nested(self) -> list[Spec]:
        found = conditions(self.fields.get("all", "all_of"), self.cart, f"{self.where}.all")
        several = self.fields.listed("any", "any_of")
        if several:
            found.append({"kind": "any_of", "conditions": [self._together(one) for one in several]})
        opposite = self.fields.get("not", "none_of")
        if opposite is not None:
            found.append({"kind": "not", "condition": self._together(opposite)})
        return found

    def _together(self, raw: Any) -> Spec:
        """Return several conditions as one: they hold unless one of them does not."""
        found = conditions(raw, self.cart, self.where)
        if len(found) == 1:
            return found[0]
        inner = [{"kind": "not", "condition": one} for one in found]
        return {"kind": "not", "condition": {"kind": "any_of", "conditions": inner}}

    def _bounds(self) -> list[Spec]:
        """Return the conditions on all that is bought."""
        of = self.fields.get("target", "of", "items")
        chosen = {"items": found} if (found := targets.selector(of, self.cart, f"{self.where}.target")) else {}
        money = {
            bound: value
            for bound in ("min", "max")
            if (value := self.fields.get(*(f"{bound}_{name}" for name in _totals()))) is not None
        }
        pieces = {
            bound: value
            for bound in ("min", "max")
            if (value := self.fields.whole(f"{bound}_qty", f"{bound}_quantity", f"{bound}_items", f"{bound}_units"))
            is not None
        }
        specs = [{**spec, **chosen} for spec in self._distinct()]
        if money:
            specs.append({"kind": "spend", **money, **self.money, **chosen})
        if pieces:
            specs.append({"kind": "quantity", **pieces, **chosen})
        if chosen and not specs:
            specs.append({"kind": "contains", "any": [chosen["items"]]})
        return specs

    def _distinct(self) -> list[Spec]:
        """Return the conditions on how many different products or lines are bought."""
        products, lines = (
            {
                bound: value
                for bound in ("min", "max")
                if (value := self.fields.whole(*(f"{bound}_{name}" for name in names))) is not None
            }
            for names in (("distinct_products", "distinct_skus"), ("lines", "distinct_lines"))
        )
        bought = {(line.product_id, line.attributes["product"]) for line in self.cart.basket.lines}
        if any(f"{bound}_distinct_products" in self.fields for bound in products) and len(
            {product for _, product in bought}
        ) < len({sku for sku, _ in bought}):
            raise InputError(
                f"{self.where}: distinct_products: the cart has several skus of one product; allowed: "
                "min_distinct_skus, max_distinct_skus"
            )
        return [
            {"kind": "distinct", **bounds, **of} for bounds, of in ((products, {}), (lines, {"of": "lines"})) if bounds
        ]

    def _customer(self) -> list[Spec]:
        found: list[Spec] = []
        number = self.fields.get("customer_order_number", "nth_order", "order_number")
        before = self.fields.whole("previous_orders")
        if before is not None:
            found.append({"kind": "order_number", "is": before + 1})
        if self.fields.flag("first_order"):
            number = 1
        if isinstance(number, Mapping):
            found.append({"kind": "order_number", **number})
        elif isinstance(number, (list, tuple)):
            each = [{"kind": "order_number", "is": fields.whole(one, self.where)} for one in number]
            found.append({"kind": "any_of", "conditions": each})
        elif number is not None:
            found.append({"kind": "order_number", "is": fields.whole(number, f"{self.where}: customer_order_number")})
        between = {
            bound: count + 1
            for bound in ("min", "max")
            if (count := self.fields.whole(f"{bound}_previous_orders", f"{bound}_orders")) is not None
        }
        if between:
            found.append({"kind": "order_number", **between})
        for kind, names in (
            ("segment", ("customer_group", "customer_groups", "group", "groups", "customer_segment", "segment",
                         "segments", "audience")),
            ("level", ("customer_level", "member_level", "level", "levels")),
            ("customer", ("customer", "customer_id", "customer_ids", "customers")),
        ):  # fmt: skip
            wanted = self.fields.texts(*names)
            if wanted:
                found.append({"kind": kind, "any_of": wanted})
        unwanted = self.fields.texts(*(f"{how}{name}" for how in _WITHOUT for name in ("customer_group", "segment")))
        if unwanted:
            found.append({"kind": "segment", "none_of": unwanted})
        known = self.fields.flag("registered", "logged_in", "customer_required")
        if known is not None:
            found.append({"kind": "fact", "name": "registered", "any_of": [TRUE if known else FALSE]})
        return found

    def _time(self) -> list[Spec]:
        span = {
            name: value
            for name, spellings in (
                ("starts", ("starts", "starts_at", "start", "valid_from", "from")),
                ("ends", ("ends", "ends_at", "end", "valid_until", "until")),
            )
            if (value := self.fields.text(*spellings)) is not None
        }
        found: list[Spec] = [{"kind": "window", **span}] if span else []
        days = self.fields.texts("weekdays", "weekday", "days")
        if days:
            found.append({"kind": "weekday", "days": [_day(one) for one in days]})
        hours = self.fields.get("hours")
        if hours is not None:
            found.append({"kind": "hours", **Fields(hours, f"{self.where}.hours").rest()})
        return found

    def _others(self) -> list[Spec]:
        found: list[Spec] = []
        for name, value in self.fields.rest().items():
            bound = _BOUND.fullmatch(name)
            if name.startswith("contains"):
                found.append(self._contains(name.removeprefix("contains").removeprefix("_"), value))
            elif bound is not None:
                found.extend(self._bounded(bound[1], bound[2], bound[3] in _MONEY, name, value))
            else:
                found.append(self._fact(name, value))
        return found

    def _contains(self, name: str, value: Any) -> Spec:
        """Return `contains_category: [...]`: one of them; `contains_all_…`: each; `contains_no_…`: none."""
        where = f"{self.where}: contains_{name}"
        how = next((one for one in ("all", "any", "none", "no", "only") if name.startswith(f"{one}_")), "")
        name = name.removeprefix(f"{how}_")
        if not name:
            return {"kind": "contains", "any": [targets.selector(value, self.cart, where)]}
        if isinstance(value, Mapping):
            inner = Fields(value, where)
            how, wanted = next(
                (one, inner.texts(*spelt))
                for one, spelt in (
                    ("all", ("all", "all_of")),
                    ("none", ("none", "none_of")),
                    ("any", ("any", "any_of")),
                )
                if one == "any" or any(each in inner for each in spelt)
            )
            inner.done()
        else:
            wanted = fields.texts(value, where)
        if how == "only":
            inner_selector = targets.named(name, wanted, self.cart, where)
            return {"kind": "contains", "none": [{"exclude": inner_selector}]}
        if how == "all":
            return {"kind": "contains", "all": [targets.named(name, [one], self.cart, where) for one in wanted]}
        side = "none" if how in ("none", "no") else "any"
        return {"kind": "contains", side: [targets.named(name, wanted, self.cart, where)]}

    def _bounded(self, bound: str, name: str, money: bool, field: str, value: Any) -> list[Spec]:
        """Return `min_category_total: {"tea": "30.00"}`, `min_product_qty: {"any_of": [...], "qty": 3}`."""
        where = f"{self.where}: {field}"
        if name in _TOTALS:
            return [self._bound(bound, value, money, {})]
        if money and re.fullmatch("discounted(_items?|_order)?", name):
            return [{**self._bound(bound, value, money, {}), "basis": "current"}]
        if isinstance(value, (list, tuple)):
            return [spec for one in value for spec in self._bounded(bound, name, money, field, one)]
        inner = Fields(value, where)
        amounts = ("qty", "quantity", "count", "total", "amount", "value", bound)
        together = inner.texts("any_of", "of", "in", f"{name}s", name)
        if together:
            amount = inner.get(*amounts)
            inner.done()
            return [self._bound(bound, amount, money, targets.named(name, together, self.cart, where))]
        return [
            self._bound(bound, amount, money, targets.named(name, [one], self.cart, where))
            for one, amount in inner.rest(names=True).items()
        ]

    def _bound(self, bound: str, amount: Any, money: bool, chosen: Spec) -> Spec:
        items = {"items": chosen} if chosen else {}
        if money:
            return {"kind": "spend", bound: amount, **self.money, **items}
        return {"kind": "quantity", bound: fields.whole(amount, f"{self.where}: {bound}"), **items}

    def _fact(self, name: str, value: Any) -> Spec:
        """Return a condition on a circumstance the cart states, or one of `FACTS`."""
        how = "none_of" if name.startswith(_WITHOUT) else "any_of"
        plain = name.split("_", 1)[1] if how == "none_of" else name
        facts = self.cart.facts
        if plain not in facts:
            # `customer_role` asks for the customer's `role`, `shipping_country` for the cart's only `country`.
            short = plain.removeprefix("customer_").removeprefix("shipping_")
            plain = next((one for one in (short, f"shipping_{plain}") if one in facts), plain)
        if plain not in FACTS and plain not in facts:
            raise InputError(f"{self.where}: {name}: unknown condition")
        if isinstance(value, bool):
            value = TRUE if value else FALSE
        return {"kind": "fact", "name": plain, how: fields.texts(value, f"{self.where}: {name}")}


def _day(name: str) -> str:
    """Return a day as ours: `Monday` is `mon`; what is no day stays as it is, to be refused."""
    plain = name.casefold()
    return plain[:3] if plain.endswith("day") else plain


def _totals() -> tuple[str, ...]:
    return (
        "total",
        "subtotal",
        "amount",
        "spend",
        *(f"{name}_{end}" for name in sorted(_TOTALS) for end in sorted(_MONEY)),
    )
