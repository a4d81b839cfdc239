"""A playbook's conditions, season and guard rails in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from offersmith.money import scale
from offersmith.profiles import FEATURES, label
from offersmith.profiles.segments import SEGMENTS
from offersmith.profiles.segments import name as segment_name
from offersmith.strategy.limits.ground import SEGMENT
from offersmith.strategy.limits.groups import Value
from offersmith.strategy.percent import percent
from offersmith.strategy.playbooks.base import Guards, Playbook, Season, Who, spoken
from offersmith.words import Language, say

BOUNDS = ("at_least", "share_at_least", "at_most", "share_at_most", "each_at_most", "days", "channel")
"""Fields of limits that a card says, in this order."""
STATED = 6
"""Figures of shares that a person stated: told as they were written."""
MINOR = "minor"
"""The unit of features that count money in the smallest coin."""


def whom(playbook: Playbook, currency: str, language: Language) -> str:
    """Return who is meant: all conditions."""
    if not playbook.who:
        return say("strategy.everyone", language)
    return say("strategy.and", language).join(condition(one, currency, language) for one in playbook.who)


def condition(who: Who, currency: str, language: Language) -> str:
    """Return one condition on a column."""
    return say(
        "playbooks.condition", language, column=_column(who.column, language), what=_what(who, currency, language)
    )


def season(when: Season, language: Language) -> dict[str, str]:
    """Return the first and the last day in words."""
    return {"first": day(when.first, language), "last": day(when.last, language)}


def day(written: str, language: Language) -> str:
    """Return a day such as `11-15` in words."""
    month, number = (int(part) for part in written.split("-"))
    return say("playbooks.day", language, month=say("playbooks.months", language).split("|")[month - 1], day=number)


def rails(playbook: Playbook, cost: float, currency: str, language: Language) -> list[str]:
    """Return the guard rails and the playbook's own limits.

    Args:
        playbook: whose.
        cost: what its offers are expected to cost in a plan, major units.
        currency: of it.
        language: of the words.
    """
    guards: Guards = playbook.guards
    said = []
    if guards.customer_share is not None:
        said.append(say("playbooks.rail_customers", language, share=percent(guards.customer_share, STATED)))
    if guards.budget_share is not None:
        said.append(say("playbooks.rail_budget", language, share=percent(guards.budget_share, STATED)))
    if guards.min_roi is not None:
        said.append(say("playbooks.rail_return", language, roi=guards.min_roi))
    said += [_limit(table, currency, language) for table in playbook.limits]
    if guards.stop_at_cost is not None:
        amount, part = guards.stop_at_cost * cost, percent(guards.stop_at_cost, STATED)
        key = "rail_stop" if amount >= 0.005 else "rail_stop_share"
        said.append(say(f"playbooks.{key}", language, amount=amount, currency=currency, share=part))
    return said


def risks(playbook: Playbook, language: Language) -> list[str]:
    """Return what may go wrong."""
    return [
        say(f"playbooks.risk_{one}", language) if isinstance(one, str) else spoken(one, language)
        for one in playbook.risks
    ]


def _limit(table: Mapping[str, Any], currency: str, language: Language) -> str:
    """Return a limit of the playbook's own: what it is about, and its bounds."""
    stated = {field: table[field] for field in BOUNDS if table.get(field) is not None}
    bounds = [
        say(f"playbooks.bound_{field}", language, bound=percent(bound, STATED) if "share" in field else bound)
        for field, bound in stated.items()
    ]
    if "column" in table:
        fields = {field: table[field] for field in ("column", "is", "from", "below", "top", "bottom") if field in table}
        bounds.append(condition(msgspec.convert(fields, Who), currency, language))
    kind = say(f"playbooks.limit_{table['kind']}", language)
    return say("playbooks.rail_limit", language, kind=kind, bounds=say("playbooks.comma", language).join(bounds))


def _column(name: str, language: Language) -> str:
    if name == SEGMENT:
        return say("playbooks.column_segment", language)
    return label(name, language) if name in FEATURES else name


def _what(who: Who, currency: str, language: Language) -> str:
    if who.values is not None:
        texts = [_value(who.column, value, currency, language) for value in who.values]
        if len(texts) == 1:
            return texts[0]
        others = say("playbooks.comma", language).join(texts[:-1])
        return say("playbooks.one_of", language, others=others, last=texts[-1])
    if who.top is not None or who.bottom is not None:
        key, part = ("share_top", who.top) if who.top is not None else ("share_bottom", who.bottom)
        return say(f"playbooks.{key}", language, share=percent(part or 0.0, STATED))
    ends = {
        key: _value(who.column, value, currency, language)
        for key, value in (("low", who.low), ("high", who.high))
        if value is not None
    }
    key = "range_both" if len(ends) > 1 else "range_from" if "low" in ends else "range_below"
    return say(f"playbooks.{key}", language, **ends)


def _value(column: str, value: Value, currency: str, language: Language) -> str:
    if isinstance(value, bool):
        return say(f"playbooks.truth_{str(value).lower()}", language)
    if isinstance(value, str):
        return segment_name(value, language) if column == SEGMENT and value in SEGMENTS else value
    unit = FEATURES[column].unit if column in FEATURES else ""
    if unit == MINOR:
        return f"{value / scale(currency):,.2f} {currency}"
    if unit == "share":
        return percent(value, STATED)
    return f"{value:,.6g}"
