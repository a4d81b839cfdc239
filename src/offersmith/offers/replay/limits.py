"""What earlier uses leave of a promotion: limits per code and customer, and budgets counted in uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.promotions import Stated

USED: Final = frozenset(
    (
        "completed",
        "complete",
        "authorized",
        "delivered",
        "settled",
        "confirmed",
        "paid",
        "placed",
        "pending",
        "reserved",
        "fulfilled",
        "new",
        "open",
        "shipped",
    )
)
"""States of an order that count as a use."""
FREED: Final = frozenset(("cancelled", "canceled", "failed", "rolled_back", "expired", "refunded", "returned", "draft"))
"""States that do not, unless the promotion says so of cancelled ones."""


def same(code: str) -> str:
    """Return a code as it is compared."""
    return code.strip().casefold()


def unlocked(stated: Sequence[Stated], cart: Cart) -> dict[str, str]:
    """Return the code that was entered for each promotion; a cart that names no codes has entered all of them."""
    if cart.codes is None:
        return {one.id: one.codes[0] for one in stated if one.codes}
    entered = {same(code): code for code in cart.codes}
    return {
        one.id: entered[same(code)] for one in stated for code in reversed(one.codes) if same(code) in entered
    }  # fmt: skip


def blocked(stated: Sequence[Stated], cart: Cart) -> dict[str, str]:
    """Return the promotions whose limit is reached, with the reason.

    Raises:
        InputError: a state of the history is not known.
    """
    found = {}
    for one in stated:
        uses = [Fields(use, "history") for use in cart.history]
        counted = [use for use in uses if _is_of(use, one) and _counts(use, one)]
        mine = [use for use in counted if _is_by(use, cart)]
        if one.usage_limit is not None and _times(counted) + one.used >= one.usage_limit:
            found[one.id] = "usage_limit"
        elif one.per_customer is not None and _times(mine) >= one.per_customer:
            found[one.id] = "usage_limit_per_customer"
        elif one.budget is not None and one.budget.rest <= 0:
            found[one.id] = "budget_exceeded"
    return found


def _times(uses: Sequence[Fields]) -> int:
    return sum(1 if (count := use.whole("count", "times")) is None else count for use in uses)


def _is_of(use: Fields, one: Stated) -> bool:
    code, name = use.text("code", "coupon"), use.text("promotion", "promotion_id")
    return name == one.id or (code is not None and same(code) in map(same, one.codes))


def _counts(use: Fields, one: Stated) -> bool:
    state = (use.text("state", "status") or "completed").casefold().removeprefix("payment").strip("_ ")
    if state not in USED | FREED:
        raise InputError(f"history: state = {state!r:.40} is unknown; allowed: {', '.join(sorted(USED | FREED))}")
    return state in USED or (one.keeps_cancelled and state.startswith("cancel"))


def _is_by(use: Fields, cart: Cart) -> bool:
    """Say whether a use is this customer's; one that names nobody is."""
    who: Any = use.get("customer", "customer_id", "email", "customer_email")
    said = who.values() if isinstance(who, Mapping) else [who]
    names = {str(value).casefold() for value in said}
    return who is None or not cart.identities.isdisjoint(names)
