"""Promotions made ready to price: checked once, sorted once, asked for every basket.

Whoever prices many baskets with the same promotions makes one programme and hands it to `evaluate` each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.base import PHASES, Action, Phase
from offersmith.offers.conditions import CONDITIONS
from offersmith.offers.conditions.base import Test
from offersmith.offers.promotion import MODES, NO_GROUPS, SCOPES, STACK, Group, Promotion

MOVABLE = ("item", "order")
_WRITTEN = ("priority", "group", "exclusive", "combines_with", "needs_code", "phase", "conditions")


class Entry:
    """One promotion, ready to price.

    Attributes:
        index: place in `Programme.entries`.
        name: the promotion's id.
        offer_id: its offer's.
        needs_code: whether it takes a code.
        promotion: as it was handed in.
        phase: when it is applied.
        action: what it does.
        tests: its conditions, in their order.
        tokens: what others may name to combine with it.
    """

    __slots__ = (
        "action",
        "index",
        "name",
        "needs_code",
        "offer_id",
        "phase",
        "promotion",
        "settled",
        "tests",
        "tokens",
        "unsettled",
    )

    def __init__(self, promotion: Promotion, currency: str) -> None:
        _check(promotion, currency)
        offer = promotion.offer
        kind = KINDS[offer.kind]
        self.index = -1
        self.name = promotion.name
        self.offer_id = offer.offer_id
        self.needs_code = promotion.needs_code
        self.promotion = promotion
        self.phase: Phase = _phase(promotion)
        self.action: Action = kind.compile(offer.terms, currency)
        self.tests: list[Test] = [
            CONDITIONS[condition["kind"]].compile(condition, currency) for condition in promotion.conditions
        ]
        self.settled = [(place, test.ask) for place, test in enumerate(self.tests) if test.settled]
        self.unsettled = [(place, test.ask) for place, test in enumerate(self.tests) if not test.settled]
        self.tokens = frozenset((self.name, promotion.group, self.phase, offer.kind)) - {""}

    def tolerates(self, other: Entry) -> bool:
        """Say whether the two may apply together: both must agree."""
        ours, theirs = self.promotion.combines_with, other.promotion.combines_with
        return (ours is None or not ours.isdisjoint(other.tokens)) and (
            theirs is None or not theirs.isdisjoint(self.tokens)
        )


class Stage:
    """The promotions of one group in one phase, by priority and then by id."""

    __slots__ = ("entries", "group")

    def __init__(self, group: Group, entries: list[Entry]) -> None:
        self.group = group
        self.entries = entries


class Programme:
    """All promotions of a shop for one currency.

    Of several promotions with one id the newest version of the offer counts, then the one that ends last.

    Args:
        promotions: in any order; the result does not depend on it.
        currency: of the baskets to come.
        groups: the evaluation groups promotions refer to, by name.

    Raises:
        SettingsError: a promotion's kind or condition is unknown, its terms are in another currency, it names a group
            that is not there, or a group's mode, scope or limit is none that is known.
    """

    def __init__(self, promotions: Iterable[Promotion], currency: str, groups: Mapping[str, Group] = NO_GROUPS) -> None:
        self.currency = currency
        newest: dict[str, Promotion] = {}
        for one in promotions:
            held = newest.get(one.name)
            if held is None or _rank(one) > _rank(held):
                newest[one.name] = one
        ranked = sorted(newest.values(), key=lambda one: (-one.priority, one.name))
        self.entries = [Entry(one, currency) for one in ranked]
        for place, entry in enumerate(self.entries):
            entry.index = place
        self.by_name = sorted(self.entries, key=lambda entry: entry.name)
        self.exclusives = [
            entry for entry in self.entries if entry.promotion.exclusive and entry.phase not in ("catalogue", "reward")
        ]
        self.picky = any(entry.promotion.combines_with is not None for entry in self.entries)
        self.phases: list[tuple[Phase, list[Stage]]] = []
        for phase in PHASES:
            stages = _stages([entry for entry in self.entries if entry.phase == phase], groups)
            if stages:
                self.phases.append((phase, stages))


def _phase(promotion: Promotion) -> Phase:
    own = KINDS[promotion.offer.kind].phase(promotion.offer.terms)
    if not promotion.phase or promotion.phase == own:
        return own
    if own not in MOVABLE or promotion.phase not in MOVABLE:
        raise SettingsError(
            f"promotion {promotion.name!r}: phase = {promotion.phase!r}, but {promotion.offer.kind!r} belongs to "
            f"{own!r}; allowed: {own}" + (", item, order" if own in MOVABLE else "")
        )
    return "item" if promotion.phase == "item" else "order"


def _stages(entries: list[Entry], groups: Mapping[str, Group]) -> list[Stage]:
    found: dict[str, Stage] = {}
    for entry in entries:
        name = entry.promotion.group
        group = groups.get(name, STACK if not name else None)
        if group is None:
            raise SettingsError(
                f"promotion {entry.name!r}: group = {name!r} is not there; allowed: {', '.join(groups) or 'none'}"
            )
        _check_group(group)
        alone = entry.phase == "catalogue" and entry.promotion.exclusive
        key = "\0exclusive" if alone else name
        found.setdefault(key, Stage(Group(key, order=-(10**9)) if alone else group, [])).entries.append(entry)
    return sorted(found.values(), key=lambda stage: (stage.group.order, stage.group.mode != "stack", stage.group.name))


def _check(promotion: Promotion, currency: str) -> None:
    here = f"promotion {promotion.name!r}"
    asked: list[tuple[str, Any, Mapping[str, object]]] = [("kind", promotion.offer.kind, KINDS)]
    asked += [("condition", one.get("kind"), CONDITIONS) for one in promotion.conditions]
    for what, name, known in asked:
        if name not in known:
            raise SettingsError(f"{here}: {what} = {name!r} is unknown; allowed: {', '.join(known)}")
    stated = _currencies(promotion.offer.terms) - {currency}
    if stated:
        raise SettingsError(
            f"{here}: currency = {min(stated)!r}, but the baskets are in {currency}; allowed: {currency}"
        )


def _currencies(terms: Any) -> set[str]:
    """Return the currencies that terms and the terms of their parts were checked for."""
    if isinstance(terms, Mapping):
        own = {terms["currency"]} if isinstance(terms.get("currency"), str) else set()
        return own.union(*map(_currencies, terms.values()))
    return set().union(*map(_currencies, terms)) if isinstance(terms, (list, tuple)) else set()


def _check_group(group: Group) -> None:
    if group.mode not in MODES:
        raise SettingsError(f"group {group.name!r}: mode = {group.mode!r} is unknown; allowed: {', '.join(MODES)}")
    if group.scope not in SCOPES:
        raise SettingsError(f"group {group.name!r}: scope = {group.scope!r} is unknown; allowed: {', '.join(SCOPES)}")
    if group.limit is not None and group.limit < 1:
        raise SettingsError(f"group {group.name!r}: limit = {group.limit!r} must be at least 1, or none")


def _rank(one: Promotion) -> tuple[int, datetime, str]:
    """Return what the promotion to keep of several with one id is largest by; the text makes ties impossible."""
    end = datetime.max if one.ends is None else one.ends  # noqa: DTZ901 - naive UTC throughout
    facts = [getattr(one, name) for name in ("starts", *_WRITTEN)] + [one.offer.kind, one.offer.name, one.offer.terms]
    return (one.offer.version, end, json.dumps([*facts, one.offer.offer_id], sort_keys=True, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return sorted(value) if isinstance(value, frozenset) else str(value)
