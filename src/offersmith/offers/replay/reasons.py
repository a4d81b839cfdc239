"""Why a code or a promotion was turned down, in the words of the format and in ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.offers.effects import Effects
from offersmith.offers.replay.limits import same
from offersmith.offers.replay.scenario import Scenario

UNKNOWN_CODE: Final = "unknown_code"

FAMILIES: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "budget": (r"budget", frozenset(("budget_exceeded", "budget_used_up"))),
    "limit": (r"limit|used|exhaust|depleted|too_many_uses", frozenset(("usage_limit", "usage_limit_per_customer"))),
    "combination": (
        r"combin|exclusive|stack|beaten|better|best|conflict|already_applied|superseded",
        frozenset(("not_combinable", "exclusive_applied", "beaten", "group_limit")),
    ),
    "expired": (r"expire|ended|past|over$|outdated", frozenset(("expired",))),
    "early": (r"not_(yet_)?(started|active|valid_yet)|start|future|early|scheduled", frozenset(("not_started",))),
    "unknown": (r"unknown|invalid|not_found|no_such|does_not_exist|nonexist", frozenset((UNKNOWN_CODE,))),
    "effect": (r"effect|gives_nothing|nothing|zero", frozenset(("gives_nothing", "no_matching_items"))),
}  # fmt: skip
"""Families of reasons: how the format may spell them, and our codes. `condition…`, `…eligible`, `…applicable`, `min…`
and `threshold…` stand for any other reason."""

_CONDITION = re.compile(r"condition|eligib|applicab|min|threshold|rule|requirement|below|too_few|group|segment|custom")


def rejected(scenario: Scenario, effects: Effects) -> dict[str, str]:
    """Return the codes of the cart that did nothing, each with our reason."""
    answers = {answer.promotion_id: answer for answer in effects.answers}
    found: dict[str, str] = {}
    entered = scenario.cart.codes
    if entered is None:
        entered = tuple(code for one in scenario.stated for code in one.codes)
    for code in entered:
        meant = [one.id for one in scenario.stated if same(code) in map(same, one.codes)]
        told = [answers[name] for name in meant if name in answers]
        if not any(answer.applied for answer in told):
            found[code] = told[0].code if told else "gives_nothing" if meant else UNKNOWN_CODE
    return found


def given(effects: Effects) -> dict[str, str]:
    """Return our reason of every promotion that was considered."""
    return {answer.promotion_id: answer.code for answer in effects.answers}


def means(expected: Any, ours: str | None, where: str) -> bool:
    """Say whether the format's reason is ours: the same word, or of the same family.

    Raises:
        InputError: the reason is of no family.
    """
    if not isinstance(expected, str):
        raise InputError(f"{where}: {expected!r:.80} must be a text")
    if expected == ours:
        return True
    plain = re.sub(r"\W+", "_", expected.casefold())
    for pattern, codes in FAMILIES.values():
        if re.search(pattern, plain):
            return ours in codes
    if _CONDITION.search(plain) or plain.startswith("not_"):
        return ours is not None and not any(ours in codes for _, codes in FAMILIES.values())
    raise InputError(f"{where}: reason {expected!r:.80} is unknown; allowed: {', '.join(FAMILIES)}, conditions")
