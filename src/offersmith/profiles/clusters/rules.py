"""Segments of a shop's own, as they stand in a TOML file.

    [[segments]]
    id = "sleeping-stars"
    name = {en = "Sleeping stars", zh = "沉睡的明星"}
    where = [{column = "recency", from = 90}, {column = "spend", top = 0.2}]

A customer is in a segment where all its conditions hold. They speak of a column of the profile table as those of
playbooks do: `is` (one of some values), `from` (at least), `below`, `at_most`, `top` and `bottom` (the share of the
customers with a value who have most or least). `feature` may stand for `column`, and `at_least` for `from`. Amounts
are in minor units, as in profiles. What is unknown never matches. Segments may overlap; `matching` finds who is in
which. What is only expected of a customer (lifetime value, the chance to be still one) has columns, too: `own`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from offersmith.profiles.clusters.conditions import Condition, check, spelled
from offersmith.profiles.clusters.refused import misshapen, refused
from offersmith.words import LANGUAGES, Language

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """What a segment is called; one of the languages may be missing."""

    en: str = ""
    zh: str = ""


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A segment of one's own.

    Attributes:
        id: small letters, digits and single hyphens; unique.
        name: what people call it.
        where: conditions that all hold.
    """

    id: Annotated[str, Meta(pattern=ID, max_length=40)]
    name: str | Names
    where: Annotated[tuple[Condition, ...], Meta(min_length=1)]

    def said(self, language: Language = "en") -> str:
        """Return its name in a language, or in the other one where it has none in this one."""
        if isinstance(self.name, str):
            return self.name
        return (self.name.zh or self.name.en) if language == "zh" else (self.name.en or self.name.zh)


def read(text: str, columns: Collection[str]) -> tuple[Rule, ...]:
    """Read a file of segments.

    Args:
        text: TOML.
        columns: what conditions may speak of, such as `FEATURES`, what the register says of customers, and
            `own.FORETOLD`.

    Raises:
        InputError: it is no TOML, states nothing or something else, or a segment is wrong; names the segment, the
            field, the value and what is allowed.
    """
    try:
        made = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"line (\d+)", str(fault))
        line = int(found[1]) if found else text.count("\n") + 1
        raise refused("no_toml", field="rules", line=line, said=str(fault)) from fault
    strange = next((name for name in made if name != "segments"), None)
    if strange is not None:
        raise refused("strange_table", field=strange)
    if not made.get("segments"):
        raise refused("nothing_stated", field="segments")
    return parse(made["segments"], columns)


def parse(made: Any, columns: Collection[str]) -> tuple[Rule, ...]:
    """Read segments from tables as TOML or JSON has them; raises as `read` does."""
    if not isinstance(made, list):
        raise refused("no_list", field="segments", value=f"{made!r:.80}")
    rules = tuple(_rule(one, place, columns) for place, one in enumerate(made, 1))
    twice = [name for name, times in Counter(rule.id for rule in rules).items() if times > 1]
    if twice:
        raise refused("same_id", field="id", value=twice[0])
    for language in LANGUAGES:
        twice = [name for name, times in Counter(rule.said(language) for rule in rules).items() if times > 1]
        if twice:
            raise refused("same_name", field="name", value=twice[0])
    return rules


def _rule(made: Any, place: int, columns: Collection[str]) -> Rule:
    called = made.get("id") if isinstance(made, dict) else None
    segment = called if isinstance(called, str) and called else place
    try:
        rule = msgspec.convert(spelled(made, segment), Rule)
    except msgspec.ValidationError as fault:
        raise misshapen(fault, made, segment) from fault
    if not any(rule.said(language).strip() for language in LANGUAGES):
        raise refused("no_name", segment=segment, field="name")
    for condition in rule.where:
        check(condition, segment, columns)
    return rule
