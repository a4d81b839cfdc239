"""Segments of a shop's own, as they stand in a TOML file.

    [[segments]]
    id = "sleeping-stars"
    name = {en = "Sleeping stars", zh = "沉睡的明星"}
    where = [{column = "recency", from = 90}, {column = "spend", top = 0.2}]

A customer is in a segment where all its conditions hold. They speak of a column of the profile table as those of
playbooks do: `is` (one of some values), `from` (at least), `below`, `at_most`, `top` and `bottom` (the share of the
customers with a value who have most or least). `feature` may stand for `column`, and `at_least` for `from`. Amounts
are in minor units, as in profiles. What is unknown never matches. Segments may overlap; `matching` finds who is in
which.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from offersmith.errors import InputError
from offersmith.words import Language

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Value = str | int | float | bool
_Part = Annotated[float, Meta(gt=0, le=1)]
_ALSO = {"feature": "column", "at_least": "from"}


class Condition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a column of a customer's profile must say.

    Attributes:
        column: of the profile table.
        values: allowed ones.
        low: at least.
        high: less than.
        most: at most.
        top: the share of the customers with a value who have the largest; who ties at the edge is in.
        bottom: the share who have the smallest.
    """

    column: Annotated[str, Meta(min_length=1)]
    values: Annotated[tuple[Value, ...], Meta(min_length=1)] | None = field(default=None, name="is")
    low: float | None = field(default=None, name="from")
    high: float | None = field(default=None, name="below")
    most: float | None = field(default=None, name="at_most")
    top: _Part | None = None
    bottom: _Part | None = None


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
    """Read a file of segments; without `[[segments]]` there are none.

    Args:
        text: TOML.
        columns: what a profile table has, such as `FEATURES` and what the register says of customers.

    Raises:
        InputError: it is no TOML, or a segment is wrong; names the segment, the field, the value and what is allowed.
    """
    try:
        made = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"the segments are no TOML: {fault}", field="segments") from fault
    return parse(made.get("segments", []), columns)


def parse(made: Any, columns: Collection[str]) -> tuple[Rule, ...]:
    """Read segments from tables as TOML or JSON has them; raises as `read` does."""
    if not isinstance(made, list):
        raise InputError(f"segments must be a list of tables, [[segments]]; given: {made!r:.80}", field="segments")
    rules = tuple(_rule(one, place, columns) for place, one in enumerate(made, 1))
    twice = [name for name, times in Counter(rule.id for rule in rules).items() if times > 1]
    if twice:
        raise InputError(f"two segments have the id {twice[0]!r}; ids must differ", field="id", value=twice[0])
    return rules


def _rule(made: Any, place: int, columns: Collection[str]) -> Rule:
    called = made.get("id") if isinstance(made, dict) else None
    where = f"segment {called!r}" if isinstance(called, str) and called else f"segment {place}"
    try:
        rule = msgspec.convert(_spelled(made, where), Rule)
    except msgspec.ValidationError as fault:
        raise InputError(
            f"{where}: {fault}", field=str(fault).rpartition("`$.")[2].rstrip("`") or "segments"
        ) from fault
    if not any(rule.said(language).strip() for language in ("en", "zh")):
        raise InputError(f"{where}: name is empty; say it in words, or as {{en = ..., zh = ...}}", field="name")
    for condition in rule.where:
        _check(condition, where, columns)
    return rule


def _spelled(made: Any, where: str) -> Any:
    """Return a table with the other spellings of fields replaced, and single values of `is` as a list."""
    if not isinstance(made, dict) or not isinstance(made.get("where"), list):
        return made
    conditions = []
    for one in made["where"]:
        if not isinstance(one, dict):
            conditions.append(one)
            continue
        both = [(also, name) for also, name in _ALSO.items() if also in one and name in one]
        if both:
            raise InputError(f"{where}: a condition has both {both[0][0]} and {both[0][1]}; say one", field=both[0][1])
        spelled = {_ALSO.get(key, key): value for key, value in one.items()}
        if "is" in spelled and not isinstance(spelled["is"], list):
            spelled["is"] = [spelled["is"]]
        conditions.append(spelled)
    return {**made, "where": conditions}


def _check(condition: Condition, where: str, columns: Collection[str]) -> None:
    """Refuse what cannot be meant; msgspec has judged the types."""
    if condition.column not in columns:
        near = get_close_matches(condition.column, list(columns), 1, cutoff=0.5)
        raise InputError(
            f"{where}: unknown feature {condition.column!r}",
            hint=f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(columns))}",
            field="column",
            value=condition.column,
        )
    bounds: Mapping[str, float | None] = {
        "from": condition.low, "below": condition.high, "at_most": condition.most, "top": condition.top,
        "bottom": condition.bottom,
    }  # fmt: skip
    said = {name: value for name, value in bounds.items() if value is not None}
    of = f"{where}: the condition on {condition.column!r}"
    if not said and condition.values is None:
        raise InputError(f"{of} says nothing: allowed are is, {', '.join(bounds)}", field="where")
    if said and condition.values is not None:
        raise InputError(f"{of} has both is and {next(iter(said))}; write two conditions", field="where")
    for name, value in said.items():
        if not math.isfinite(value):
            raise InputError(f"{of}: {name} = {value} is no number with an end", field=name, value=value)
    low = said.get("from", -math.inf)
    if low >= said.get("below", math.inf) or low > said.get("at_most", math.inf):
        other = "below" if low >= said.get("below", math.inf) else "at_most"
        raise InputError(f"{of} holds for nobody: from = {low:g}, {other} = {said[other]:g}", field=other)
