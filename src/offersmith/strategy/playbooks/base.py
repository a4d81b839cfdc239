"""What a playbook is: one scenario of a marketer as data, who gets which offers, when, within what, and how it is told.

It stands in a TOML file that a person can edit; `reading` reads it, `merging` turns playbooks into offers and limits of
a plan, `cards` says what a plan made of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from offersmith.strategy.limits.base import PartOfAll, Text
from offersmith.strategy.limits.groups import Condition, Value
from offersmith.words import Language

NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Name = Annotated[str, Meta(pattern=NAME, max_length=40)]
"""Small letters, digits and single hyphens: it is a file's name and the first part of its offers' ids."""
DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
Day = Annotated[str, Meta(pattern=DAY)]
"""Month and day, such as `11-15`."""
RISKS = (
    "abandons_on_purpose", "discounts_lower_the_price_image", "few_customers", "gone_for_good", "little_is_known",
    "loyal_see_less", "orders_are_only_moved", "resellers", "stock_runs_out", "taste_is_guessed", "teaches_to_wait",
    "would_buy_anyway",
)  # fmt: skip
"""Codes whose words stand in the catalogue; a playbook may also say a risk in words of its own."""


_NOT_SAID = frozenset({"kind", "use", "name", "channel", "en", "zh", "goal"})
"""Texts that may be left out of a file; empty, they are not there."""


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a playbook's file."""


class Words(_Part, frozen=True):
    """The same in both languages; one of them may be missing."""

    en: str = ""
    zh: str = ""


Said = str | Words


def spoken(said: Said, language: Language) -> str:
    """Return a text in a language, or in the other one where it is not there in this one."""
    if isinstance(said, str):
        return said
    return (said.zh or said.en) if language == "zh" else (said.en or said.zh)


class Who(_Part, frozen=True):
    """A condition on a column of what is known of customers, as limits have it; those of a playbook all hold."""

    column: Text
    values: Annotated[tuple[Value, ...], Meta(min_length=1)] | None = field(default=None, name="is")
    low: float | None = field(default=None, name="from")
    high: float | None = field(default=None, name="below")
    top: PartOfAll | None = None
    bottom: PartOfAll | None = None

    @property
    def condition(self) -> Condition:
        """The customers it speaks of."""
        return Condition(self.column, self.values or (), self.low, self.high, self.top, self.bottom)

    @property
    def said(self) -> Mapping[str, Any]:
        """What it says of the column's values, as the file has it."""
        is_in = None if self.values is None else list(self.values)
        every = {"is": is_in, "from": self.low, "below": self.high, "top": self.top, "bottom": self.bottom}
        return {key: value for key, value in every.items() if value is not None}


class Template(_Part, frozen=True):
    """An offer of the playbook: like one of `[[offers]]`, but an amount may be `1.5 x basket`, of the usual basket.

    Or `use`, the id of one of the shop's own `[[offers]]`, in place of a kind and terms: then what was learned of that
    offer counts.
    """

    id: Name
    kind: str = ""
    use: str = ""
    name: Said = ""
    channel: str = ""
    version: Annotated[int, Meta(ge=1)] = 1
    terms: Mapping[str, Any] = field(default_factory=dict)


class Guards(_Part, frozen=True):
    """What keeps a playbook from going too far.

    Attributes:
        customer_share: of all customers, how many get an offer of it at most.
        budget_share: of the budget, how much its offers may cost at most; counted where several playbooks share one.
        min_roi: expected profit over cost, at least.
        stop_at_cost: watched by people after the launch: stop where its offers cost so many times the plan.
    """

    customer_share: PartOfAll | None = None
    budget_share: PartOfAll | None = None
    min_roi: Annotated[float, Meta(ge=0, le=1000)] | None = None
    stop_at_cost: Annotated[float, Meta(gt=0, le=100)] | None = None


class Season(_Part, frozen=True):
    """Days of every year, both included; from a later to an earlier day it goes over New Year."""

    first: Day = field(name="from")
    last: Day = field(name="to")

    def holds(self, day: date) -> bool:
        """Return whether a day is in it."""
        here = f"{day:%m-%d}"
        inside = self.first <= here, here <= self.last
        return all(inside) if self.first <= self.last else any(inside)


class Measure(_Part, frozen=True):
    """How it is found out what it changed: by lot against nothing, counted over so many days from the decision on."""

    by: Literal["lot"] = "lot"
    against: Literal["none"] = "none"
    horizon_days: Annotated[int, Meta(ge=1, le=3650)] = 56


class Playbook(_Part, frozen=True):
    """A scenario.

    Attributes:
        name: of the file, without its ending.
        title: what a marketer calls it.
        about: one sentence: what it is for.
        goal: what a plan with it makes large; empty is what the settings say. Playbooks that are planned together
            cannot name different ones.
        who: conditions that all hold; without any, all customers.
        offers: of which each of them gets one at most.
        limits: tables of `[[limits]]`; where one names no offers, it is about those of the playbook.
        guards: see there.
        valid_days: how long its offers are meant to be open.
        when: days of the year it is meant for; None is always.
        risks: codes of `RISKS`, or words.
        measure: see there.
    """

    name: Name
    title: Said
    about: Said
    offers: Annotated[tuple[Template, ...], Meta(min_length=1)]
    goal: Literal["", "profit", "revenue", "cautious"] = ""
    who: tuple[Who, ...] = ()
    limits: tuple[Mapping[str, Any], ...] = ()
    guards: Guards = field(default_factory=Guards)
    valid_days: Annotated[int, Meta(ge=1, le=3650)] = 28
    when: Season | None = None
    risks: tuple[Said, ...] = ()
    measure: Measure = field(default_factory=Measure)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The playbook as plain values that parse back to the same; what is left as usual is said, too."""
        return {key: value for key, value in plain(self).items() if value not in ({}, [])}

    @property
    def offer_ids(self) -> tuple[str, ...]:
        """The ids its offers have in a plan."""
        return tuple(offer_id(self.name, template.id) for template in self.offers)

    def offer_names(self, language: Language) -> dict[str, str]:
        """Return what its offers are called in a language; one without a name of its own is left out."""
        named = zip(self.offer_ids, (spoken(template.name, language) for template in self.offers), strict=True)
        return {offer: name for offer, name in named if name}


def plain(part: _Part) -> dict[str, Any]:
    """Return a part of a playbook as a file has it: tables, lists, texts and numbers, and nothing that is not there."""
    found: dict[str, Any] = _there(msgspec.json.decode(msgspec.json.encode(part)))
    return found


def _there(value: Any) -> Any:
    if isinstance(value, dict):
        there = {key: _there(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in there.items() if one or key not in _NOT_SAID}
    return [_there(one) for one in value] if isinstance(value, list) else value


def offer_id(playbook: str, template: str) -> str:
    """Return the id that an offer of a playbook has in a plan."""
    return f"{playbook}.{template}"


def playbook_of(offer: str) -> str:
    """Return the playbook that an offer of a plan belongs to; empty where it is of the shop's own list."""
    name, dot, _ = offer.partition(".")
    return name if dot else ""
