"""What the kinds of the format have in common: values, which pieces, caps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from offersmith.errors import InputError
from offersmith.offers.replay import fields, targets
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.fields import Fields


class Given(NamedTuple):
    """What a promotion gives: our kind, its terms, and `item` or `order` where that is not the kind's own phase."""

    kind: str
    terms: dict[str, Any]
    phase: str = ""


Read = Callable[[Fields, Cart], Given]


def value_of(one: Fields, name: str = "value") -> str:
    """Return the number of a promotion as text.

    Raises:
        InputError: it is missing or no number.
    """
    found = one.get(name, "amount", "percent", "price")
    if found is None:
        raise InputError(f"{one.where}: {name} is missing; allowed: a number such as '10'")
    return f"{fields.decimal(found, f'{one.where}: {name}'):f}"


def percent_of(one: Fields) -> str:
    """Return a percentage; what is above a hundred is all there is."""
    value = value_of(one)
    return "100" if Decimal(value) > 100 else value


def scope(one: Fields, cart: Cart) -> dict[str, Any]:
    """Return the terms that say which pieces."""
    terms: dict[str, Any] = {
        ours: found
        for ours, spellings in (
            ("max_pieces", ("max_affected_units", "max_affected_items", "max_units")),
            ("max_pieces_per_line", ("max_units_per_line", "max_quantity")),
            ("every", ("group_size",)),
        )
        if (found := one.whole(*spellings)) is not None
    }
    chosen = chosen_items(one, cart)
    return terms | ({"items": chosen} if chosen else {}) | cap(one)


def chosen_items(one: Fields, cart: Cart) -> dict[str, Any]:
    """Return the selector of the lines that are meant."""
    chosen = targets.selector(one.get("target"), cart, f"{one.where}: target")
    full = one.flag("applies_to_discounted") is False
    return chosen | {"full_price_only": True} if full else chosen


def cap(one: Fields) -> dict[str, Any]:
    """Return the most it may take off."""
    most = one.get("max_discount", "max_off", "cap")
    return {} if most is None else {"max_off": most}


ROUNDINGS: Final = {
    "": "", "running_delta": "running", "running": "running", "down_on_total": "down", "down": "down", "floor": "down",
    "total": "total", "on_total": "total", "unit": "unit", "per_unit": "unit", "line": "line", "per_line": "line",
}  # fmt: skip
"""Spellings of what a percentage rounds, `half_up` left out; see `offers.percent`."""


def rounding(one: Fields, *alike: str) -> str:
    """Return what a percentage rounds, "" = as usual.

    Args:
        one: a promotion.
        alike: those that are as usual for its kind; where none is named there are terms for each.

    Raises:
        InputError: it is not known, or not what this kind does.
    """
    said = one.text("rounding")
    found = ROUNDINGS.get((said or "").replace("half_up", "").strip("_"))
    if found is None or (alike and found not in ("", *alike)):
        allowed = dict.fromkeys(alike or (name for name in ROUNDINGS if name))
        raise one.wrong("rounding", said, ", ".join(("half_up", *allowed)))
    return "" if alike else found


def only_once(one: Fields) -> None:
    """Take note of `max_applications` where a promotion acts once anyway.

    Raises:
        InputError: it is to act more than once.
    """
    if (one.whole("max_applications") or 1) > 1:
        raise InputError(f"{one.where}: max_applications above 1 goes with sets of pieces alone")
