"""`limits.toml` as limits: read as strictly as the settings, each refusal with file, limit, field and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from offersmith.errors import InputError
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.base import Offered, Stated
from offersmith.strategy.limits.ground import nearest, refusal, shown

LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Limits:
    """What a shop stated.

    Attributes:
        where: the file, for messages.
        stated: in the order of the file.
    """

    where: str
    stated: tuple[Stated, ...]

    @property
    def looks_back(self) -> int:
        """Over how many days before the plan they count what customers got; 0 where none does."""
        return max((one.looks_back() for one in self.stated), default=0)


def read(path: Path) -> Limits:
    """Return the limits in a file.

    Raises:
        InputError: it is missing or no TOML, or a table says what cannot be.
    """
    return parse(_toml(path), str(path))


def tables(path: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the tables of a file as they stand, once they are known to be limits.

    Raises:
        InputError: as of `read`.
    """
    raw = _toml(path)
    parse(raw, str(path))
    return tuple(raw.get("limits", ()))


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror})", path=str(path)) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"{path} is not valid TOML: {fault}", path=str(path)) from fault


def parse(raw: Mapping[str, Any], where: str = "limits.toml") -> Limits:
    """Return the limits in plain values.

    Raises:
        InputError: naming the file, the limit, the field, the value and what is allowed.
    """
    strange = sorted(set(raw) - {"limits"})
    if strange:
        raise InputError(f"{where}: {strange[0]!r} is not known", hint="allowed here: tables [[limits]]", path=where)
    tables = raw.get("limits", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{where}: limits must be tables", hint="write [[limits]] above each limit", path=where)
    stated = tuple(_stated(table, where, place) for place, table in enumerate(tables, start=1))
    names = [one.name for one in stated]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise refusal(where, name, "name", name, "stands twice; each limit needs a name of its own")
    return Limits(where, stated)


def _stated(table: Mapping[str, Any], where: str, place: int) -> Stated:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        given = "is missing" if name is None else f"= {name!r:.80} must be a text that is not empty"
        raise InputError(f"{where}: name of limit {place} {given}", field="name", path=where)
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in LIMITS:
        allowed = f"allowed: {', '.join(LIMITS)}"
        raise refusal(where, name, "kind", kind, allowed, nearest(kind, LIMITS) if isinstance(kind, str) else "")
    for field, value in table.items():
        for one in value if isinstance(value, list) else [value]:
            # Not a number fails every comparison, so it is asked whether it is within.
            if isinstance(one, int | float) and not -LARGEST <= one <= LARGEST:
                raise refusal(where, name, field, one, f"must be a finite number, at most {LARGEST:,}")
    try:
        made = msgspec.convert({field: value for field, value in table.items() if field != "kind"}, LIMITS[kind])
    except msgspec.ValidationError as fault:
        raise _refused(str(fault), table, LIMITS[kind], where, name) from fault
    if isinstance(made, Offered) and made.named and made.offers is None and made.channel is None:
        hint = 'or channel = "...", the channel they go by'
        raise refusal(where, name, "offers", None, f"a limit of kind {kind} needs it", hint)
    return made


def _refused(fault: str, table: Mapping[str, Any], kind: type[Stated], where: str, name: str) -> InputError:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    unknown = re.search(r"unknown field `(.+?)`", fault)
    if unknown:
        allowed = f"a limit of kind {kind.kind} has no such field"
        there = f"kind, {', '.join(known)}"
        facts = {"given": shown(table[unknown[1]]), "kind": kind.kind, "fields": there}
        hint = f"allowed here: {there}"
        return refusal(where, name, unknown[1], table[unknown[1]], allowed, hint, key="limit_no_field", **facts)
    missing = re.search(r"missing required field `(.+?)`", fault)
    if missing:
        needed = f"a limit of kind {kind.kind} needs it"
        return refusal(where, name, missing[1], None, needed, key="limit_needs", kind=kind.kind)
    at = re.search(r" - at `\$\.(\w+).*`$", fault)
    field = at[1] if at else "name"
    return refusal(where, name, field, table.get(field), in_words(fault[: at.start()] if at else fault))


_TYPES = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "array": "a list",
    "object": "a table",
}  # fmt: skip


def in_words(fault: str) -> str:
    """Return what msgspec expects, in words."""
    expected = re.match(r"Expected `([^`]*)`(?: of length)?(.*?)(?:, got `.*`)?$", fault)
    if not expected:
        return fault[:1].lower() + fault[1:]
    kinds = " or ".join(_TYPES.get(one, one) for one in expected[1].split(" | ") if one != "null")
    bound = expected[2].strip().replace(">= 1", "that is not empty") if "array" in expected[1] else expected[2].strip()
    return f"must be {kinds} {bound}".rstrip()
