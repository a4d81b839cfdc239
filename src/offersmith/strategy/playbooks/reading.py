"""Playbooks read from files, as strictly as the settings: each refusal names file, playbook, field and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from offersmith.errors import InputError
from offersmith.offers import KINDS
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.base import misspoken
from offersmith.strategy.limits.ground import near, nearest, shown
from offersmith.strategy.limits.reading import LARGEST, in_words
from offersmith.strategy.limits.reading import parse as parse_limits
from offersmith.strategy.playbooks import PLAYBOOKS
from offersmith.strategy.playbooks.base import NAME, RISKS, Playbook, Template, Who

FOLDER = "playbooks"
"""Where a workspace keeps playbooks of its own."""
NOT_LIMITS = ("band", "budget", "ladder")
"""Kinds that are about all offers of a plan, and so nothing that a single playbook can ask for."""
Kind = TypeVar("Kind", bound=msgspec.Struct)


def find(name: str, folder: Path | None = None) -> Playbook:
    """Return a playbook by its name: the workspace's own before the one that comes with the product.

    Args:
        name: as `offersmith playbooks` lists it.
        folder: the workspace; None looks at those of the product alone.

    Raises:
        InputError: there is none of that name, or its file says what cannot be.
    """
    return parse(_toml(text(name, folder), source(name, folder)), source(name, folder))


def text(name: str, folder: Path | None = None) -> str:
    """Return a playbook's file as it stands.

    Raises:
        InputError: there is none of that name, or it cannot be read.
    """
    own = own_file(name, folder)
    if own is not None and own.is_file():
        try:
            return own.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise InputError(f"{own}: cannot be read ({fault})", path=str(own)) from fault
    if name not in PLAYBOOKS:
        if own is None and name in names(folder):
            raise InputError(
                f"playbook {name!r}: a playbook's file is named in small letters, digits and hyphens",
                hint="for example weekend-cooks.toml",
                playbook=name,
            )
        known = names(folder)
        facts = {"playbook": name, **near(name, known)}
        raise InputError(f"no playbook {name!r}", hint=nearest(name, known), key="unknown_playbook", **facts)
    return resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of all playbooks: those of the product, then those that only the workspace has."""
    own = sorted(one.stem for one in (folder / FOLDER).glob("*.toml")) if folder is not None else []
    return (*PLAYBOOKS, *(name for name in own if name not in PLAYBOOKS))


def own_file(name: str, folder: Path | None) -> Path | None:
    """Return where a workspace would keep a playbook of its own; None without a workspace, or for no name."""
    return folder / FOLDER / f"{name}.toml" if folder is not None and re.fullmatch(NAME, name) else None


def source(name: str, folder: Path | None = None) -> str:
    """Return where a playbook stands, for messages."""
    own = own_file(name, folder)
    return str(own) if own is not None and own.is_file() else f"{name}.toml"


def _toml(written: str, where: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(written)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{where} is not valid TOML: {fault}", path=where) from fault


def parse(raw: Mapping[str, Any], where: str = "playbook") -> Playbook:
    """Return the playbook in plain values.

    Raises:
        InputError: naming the file, the playbook, the field, the value and what is allowed.
    """
    named = raw.get("name")
    said = _Said(where, named if isinstance(named, str) else "")
    for field in ("who", "offers", "limits"):
        tables = raw.get(field, [])
        if not isinstance(tables, list | tuple) or not all(isinstance(table, Mapping) for table in tables):
            raise said.refusal(field, tables, "must be tables", f"write [[{field}]] above each")
    for place, table in enumerate(raw.get("who", ()), start=1):
        _condition(said.within(f"who {place}"), table)
    _offers(said, raw.get("offers", ()))
    for field in ("guards", "when", "measure"):
        if field in raw:
            _table(said, field, raw[field])
    found = said.convert(raw, Playbook)
    if where.endswith(".toml") and Path(where).stem != found.name:
        raise said.refusal("name", found.name, f"must be the file's name, {Path(where).stem!r}")
    for risk in found.risks:
        if isinstance(risk, str) and risk not in RISKS:
            allowed = "no such risk; words of your own are a table: { en = ..., zh = ... }"
            raise said.refusal("risks", risk, allowed, nearest(risk, RISKS))
    _limits(said, found)
    return found


class _Said:
    """Where a fault is: the file, the playbook, and the table within it."""

    def __init__(self, where: str, name: str, part: str = "") -> None:
        self.where, self.name, self.part = where, name, part

    def within(self, part: str) -> _Said:
        return _Said(self.where, self.name, part)

    def refusal(self, field: str, value: object, allowed: str, hint: str = "") -> InputError:
        """Return the error; None as the value says that it is missing."""
        said = f"{field} is missing" if value is None else f"{field} = {shown(value)}"
        part = f"{self.part}: " if self.part else ""
        text = f"{self.where}: playbook {self.name!r}: {part}{said}: {allowed}"
        return InputError(text, hint=hint, playbook=self.name, field=field, path=self.where)

    def convert(self, table: Mapping[str, Any], kind: type[Kind]) -> Kind:
        """Return a table as a value, or refuse it."""
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as fault:
            raise self._refused(str(fault), table, kind) from fault

    def _refused(self, fault: str, table: Mapping[str, Any], kind: type[msgspec.Struct]) -> InputError:
        known = [one.encode_name for one in msgspec.structs.fields(kind)]
        unknown = re.search(r"unknown field `(.+?)`", fault)
        if unknown and unknown[1] in table:
            return self.refusal(unknown[1], table[unknown[1]], "is not known", f"allowed here: {', '.join(known)}")
        missing = re.search(r"missing required field `(.+?)`", fault)
        if missing and missing[1] not in table:
            return self.refusal(missing[1], None, "it is needed")
        at = re.search(r" - at `\$\.(\w+).*`$", fault)
        field = at[1] if at else "name"
        return self.refusal(field, table.get(field), in_words(fault[: at.start()] if at else fault))


def _condition(said: _Said, table: Mapping[str, Any]) -> None:
    who = said.convert(table, Who)
    fault = misspoken(who.said)
    if fault:
        field, allowed = fault
        raise said.refusal(field or "column", table.get(field, who.column), allowed)
    for name, number in who.said.items():
        # Not a number fails every comparison, so it is asked whether it is within.
        if isinstance(number, int | float) and not -LARGEST <= number <= LARGEST:
            raise said.refusal(name, number, f"must be a finite number, at most {LARGEST:,}")
    if who.low is not None and who.high is not None and who.low >= who.high:
        raise said.refusal("below", who.high, f"must be more than from = {shown(who.low)}")


def _offers(said: _Said, tables: Sequence[Mapping[str, Any]]) -> None:
    seen: list[str] = []
    for place, table in enumerate(tables, start=1):
        here = said.within(f"offer {place}")
        template = here.convert(table, Template)
        if template.id in seen:
            raise here.refusal("id", template.id, "stands twice; each offer needs an id of its own")
        if template.use and (template.kind or template.terms):
            field = "kind" if template.kind else "terms"
            raise here.refusal(field, table[field], f"comes from the shop's own offer {template.use!r}", "leave it out")
        if not template.kind and not template.use:
            raise here.refusal("kind", None, "it is needed", "or use = an id of the shop's own [[offers]]")
        if template.kind and template.kind not in KINDS:
            raise here.refusal("kind", template.kind, "no such kind of offer", nearest(template.kind, KINDS))
        seen.append(template.id)


def _table(said: _Said, field: str, table: object) -> None:
    kinds = {one.encode_name: one.type for one in msgspec.structs.fields(Playbook)}
    kind = next(one for one in getattr(kinds[field], "__args__", (kinds[field],)) if one is not type(None))
    if not isinstance(table, Mapping):
        raise said.refusal(field, table, f"must be a table: write [{field}] above its lines")
    said.within(field).convert(table, kind)


def _limits(said: _Said, found: Playbook) -> None:
    """Look at the words of a playbook's own limits."""
    allowed = [kind for kind in LIMITS if kind not in NOT_LIMITS]
    for place, table in enumerate(found.limits, start=1):
        if not isinstance(table.get("name"), str) or not table["name"].strip():
            raise said.within(f"limit {place}").refusal("name", table.get("name"), "each limit needs a name")
        if table.get("kind") in NOT_LIMITS:
            here = said.within(f"limit {table.get('name')!r}")
            reason = "is about all offers of a plan, so it belongs into limits.toml"
            raise here.refusal("kind", table["kind"], reason, f"allowed here: {', '.join(allowed)}")
        ids = [template.id for template in found.offers]
        offers = table.get("offers", ())
        for one in offers if isinstance(offers, list | tuple) else ():
            if one not in ids:
                raise said.within(f"limit {table.get('name')!r}").refusal(
                    "offers", one, "the playbook has no such offer", f"there are: {', '.join(ids)}"
                )
    parse_limits({"limits": [filled(found, table) for table in found.limits]}, said.where)


def filled(playbook: Playbook, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of a playbook's limits as it stands in a plan: about its own offers, by the ids they have there."""
    named = table.get("offers")
    ids = [one.id for one in playbook.offers] if named is None else named
    known = dict(zip((one.id for one in playbook.offers), playbook.offer_ids, strict=True))
    offers = [known.get(one, one) for one in ids] if isinstance(ids, list | tuple) else ids
    return {**table, "name": f"{playbook.name}: {table.get('name', '')}", "offers": offers}
