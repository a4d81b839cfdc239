"""A scenario's promotions as ours, with what stands beside them: codes, limits, budgets and lanes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offersmith.errors import InputError
from offersmith.offers import KINDS as OURS
from offersmith.offers import reading
from offersmith.offers.base import Phase
from offersmith.offers.promotion import Promotion
from offersmith.offers.replay import fields, reductions, targets
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.conditions import conditions
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.given import Given
from offersmith.offers.replay.kinds import KINDS

REPEATS = ("cheapest_free", "cheapest_unit_free")
"""Kinds that repeat for every `min_qty` pieces unless `max_applications` says otherwise."""
FOR_EVERY = ("order_fixed", "items_fixed_across", "items_fixed")
"""Kinds that repeat for every `min_qty` pieces where `max_applications` says so."""
_COUNTED = ("count", "keep", "consume", "burn")
_USES = re.compile(r"us(e|es|age)(_by_\w+)?|count")
_MONEY = re.compile(r"spend(_by_\w+)?|money|amount")


@dataclass(frozen=True)
class Budget:
    """Money or uses a promotion may still cost.

    Attributes:
        unit: `spend` or `usage`.
        rest: minor units, or uses.
        clamp: whether the last relief is cut to the rest, rather than refused.
    """

    unit: str
    rest: int
    clamp: bool


@dataclass(frozen=True)
class Stated:
    """A promotion as the scenario states it.

    Attributes:
        promotion: ours; None where it gives nothing at all or is switched off.
        id: its id.
        parts: whether each of its actions is order-level, and the promotion of its first actions up to that one.
        codes: those that unlock it.
        lane: where it is evaluated; "" = none.
        group: the group of the policy it belongs to; "" = none.
        usage_limit, per_customer: how often it may be used.
        used: uses besides those in the history.
        keeps_cancelled: whether a cancelled order counts as a use.
        budget: None = no budget.
    """

    promotion: Promotion | None
    id: str
    parts: tuple[tuple[bool, Promotion], ...]
    codes: tuple[str, ...]
    lane: str
    group: str
    usage_limit: int | None
    per_customer: int | None
    used: int
    keeps_cancelled: bool
    budget: Budget | None


def read(raw: Any, cart: Cart, rank: int) -> Stated:
    """Return a promotion.

    Args:
        raw: as JSON gives it.
        cart: what it is priced on.
        rank: its priority: higher comes first.

    Raises:
        InputError: naming the promotion, the field, its value and what is allowed.
        SettingsError: the same of our own kinds.
    """
    name = raw.get("id") if isinstance(raw, Mapping) else None
    one = Fields(raw, f"promotion {name!r:.80}" if isinstance(name, str) else "promotion")
    name = one.text("id")
    if not name:
        raise InputError("promotion: id is missing; allowed: a text that no other promotion has")
    given = _actions(one, cart)
    one.get("priority")
    codes = tuple(fields.texts(one.get("code", "codes", "coupon", "coupons", usual=[]), f"{one.where}: code"))
    combines = _tolerated(one)
    asked = conditions(one.get("conditions"), cart, f"{one.where}: conditions")
    if one.flag("automatic") is bool(codes):
        raise one.wrong("automatic", bool(codes), "false of a promotion with a code, else true")
    money = one.text("currency")
    if money is not None:
        asked.append({"kind": "fact", "name": "currency", "any_of": [money.upper()]})
    shape = {
        "promotion_id": name,
        "conditions": asked,
        "starts": one.text("starts", "starts_at", "start", "valid_from"),
        "ends": one.text("ends", "ends_at", "end", "valid_until", "expires_at", "expires"),
        "zone": one.text("zone", "timezone", "time_zone") or cart.zone,
        "priority": rank,
        "exclusive": one.flag("exclusive"),
        "combines_with": combines,
        "needs_code": bool(codes),
    }
    per_customer = one.whole(
        "usage_limit_per_customer", "per_customer_usage_limit", "usage_limit_by_customer", "customer_usage_limit",
        "per_customer_limit", "limit_per_customer", "max_uses_per_customer",
    )  # fmt: skip
    if one.flag("once_per_customer", "one_use_per_customer", "one_use_per_user"):
        per_customer = 1
    off = one.flag("enabled", "active") is False
    stated = Stated(
        None if off else _made(shape, [what for _, what in given], cart.currency),
        name,
        tuple(
            (order, made)
            for place, (order, _) in enumerate(given)
            if (made := _made(shape, [what for _, what in given[: place + 1]], cart.currency)) is not None
        ),
        codes,
        one.text("lane") or "",
        one.text("group") or "",
        one.whole("usage_limit", "max_uses"),
        per_customer,
        one.whole("used", "times_used", "usage_count") or 0,
        _keeps_cancelled(one),
        _budget(one.get("budget", "campaign_budget"), cart.currency, one.where),
    )
    one.text("remainder")  # Who gets the spare cent is ours to say; see `docs/explanation/how-a-basket-is-priced.md`.
    one.done()
    return stated


def phase_of(promotion: Promotion) -> Phase:
    """Return when a promotion is applied if nothing moves it."""
    if promotion.phase:
        return "item" if promotion.phase == "item" else "order"
    return OURS[promotion.offer.kind].phase(promotion.offer.terms)


def _actions(one: Fields, cart: Cart) -> list[tuple[bool, Given]]:
    """Return what the promotion gives, and of each action whether it is order-level."""
    if one.get("kind") == "multi" or "actions" in one:
        actions = one.listed("actions")
        if not actions:
            raise one.wrong("actions", actions, "a list of at least one action")
        found = []
        for part in fields.objects(actions, f"{one.where}: actions"):
            part.text("id")
            found.append(_action(part, cart, {}))
            part.done()
        return found
    raw = one.get("conditions")
    return [_action(one, cart, raw if isinstance(raw, Mapping) else {})]


def _action(one: Fields, cart: Cart, around: Mapping[str, Any]) -> tuple[bool, Given]:
    kind = one.text("kind") or ""
    terms = one.get("terms")
    if terms is not None:
        if kind not in OURS or not isinstance(terms, Mapping):
            raise one.wrong("kind", kind, f"with terms, one of {', '.join(OURS)}")
        return OURS[kind].phase(OURS[kind].check(terms, cart.currency)) == "order", Given(kind, dict(terms))
    plain = kind.replace("-", "_").replace("catalogue", "catalog")
    if plain not in KINDS:
        raise one.wrong("kind", kind, ", ".join(KINDS))
    least = around.get("min_qty")
    if plain in FOR_EVERY and least is not None and (one.whole("max_applications") or 1) > 1:
        order = plain.startswith("order_")
        return order, _for_every(one, cart, around)._replace(phase="" if order else "item")
    given = KINDS[plain](one, cart)
    if given.kind == "bundle_price" and given.terms["quantity"] is None:
        given.terms["quantity"] = fields.whole(least, f"{one.where}: bundle_qty")
    if plain in REPEATS and least is not None and not {"times", "of_every"} & set(given.terms):
        given.terms["of_every"] = fields.whole(least, f"{one.where}: min_qty")
    return plain.startswith("order_"), given


def _for_every(one: Fields, cart: Cart, around: Mapping[str, Any]) -> Given:
    given = reductions.for_every(one, cart, fields.whole(around["min_qty"], f"{one.where}: min_qty"))
    counted = targets.selector(Fields(around, one.where).get("target", "of", "items"), cart, f"{one.where}: target")
    if counted != given.terms.get("items", {}):
        raise InputError(f"{one.where}: max_applications above 1 needs one target, of min_qty and of what is reduced")
    return given


def _made(shape: Mapping[str, Any], given: list[Given], currency: str) -> Promotion | None:
    given = [one for one in given if not _nothing(one)]
    if not given:
        return None
    if len(given) == 1:
        kind, terms, phase = given[0]
    else:
        kind, phase = "several", ""
        terms = {"parts": [{"kind": one.kind, "terms": one.terms} for one in given]}
    raw = {**shape, "kind": kind, "terms": terms, "phase": phase or None}
    return reading.promotion(raw, currency, shape["zone"])


def _nothing(given: Given) -> bool:
    """Say whether it is 0 % or 0.00 off, which our kinds do not know."""
    return any(name in given.terms and not Decimal(str(given.terms[name])) for name in ("percent", "amount"))


def _keeps_cancelled(one: Fields) -> bool:
    """Say whether a cancelled order keeps its use; whichever way round the field says it."""
    said = [(name, one.flag(name)) for name in one.names() if "cancel" in name]
    return any(value is any(word in name for word in _COUNTED) for name, value in said if value is not None)


def _tolerated(one: Fields) -> list[str] | None:
    """Return what a promotion tolerates beside it; None = everything."""
    apart = False in (one.flag("combinable"), one.flag("stackable"))
    said = one.get("combines_with", "combinations", usual=not apart)
    if isinstance(said, bool) or said in ("all", "none"):
        return None if said in (True, "all") else []
    return fields.texts(said, f"{one.where}: combines_with")


def _budget(raw: Any, currency: str, where: str) -> Budget | None:
    if raw is None:
        return None
    one = Fields(raw, f"{where}: budget")
    unit, rule = one.text("type", "kind", "unit") or "spend", one.text("rule", "overshoot") or "refuse"
    if not _MONEY.fullmatch(unit) and not _USES.fullmatch(unit):
        raise one.wrong("type", unit, "spend, usage")
    unit = "spend" if _MONEY.fullmatch(unit) else "usage"
    if rule not in ("refuse", "clamp"):
        raise one.wrong("rule", rule, "refuse, clamp")
    if unit == "spend":
        limit, used = one.minor(currency, "limit", "amount"), one.minor(currency, "used") or 0
    else:
        limit, used = one.whole("limit", "count"), one.whole("used") or 0
    one.text("attribute", "currency")
    one.done()
    return None if limit is None else Budget(unit, max(0, limit - used), rule == "clamp")
