"""The form a campaign's definition is written in, and what is wrong with one that has another shape.

A fault names the field as a path (`limits[0].count`), the value that stands there, and what may stand there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from offersmith.errors import SettingsError
from offersmith.offers.promotion import MODES
from offersmith.offers.wall_clock import PERIODS, PeriodName

Rule = Literal["refuse", "clamp"]
Returns = Literal["keep", "reevaluate"]

MOST: Final = 2**53 - 1
_SIGNS: Final = r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_Name = Annotated[str, Meta(max_length=64, pattern=rf"\A(?=.*\S){_SIGNS}+\Z")]
_Optional = Annotated[str, Meta(max_length=64, pattern=rf"\A{_SIGNS}*\Z")]
_Count = Annotated[int, Meta(ge=1, le=MOST)]
_Order = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of the form: a key it does not know is a fault, so that a typo never means "default"."""


class LimitForm(Part, frozen=True):
    """An entry of `limits`."""

    count: _Count
    name: _Optional = ""
    per: Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")] = "all"
    period: PeriodName = "ever"
    promotion: str | None = None


class BudgetForm(Part, frozen=True):
    """An entry of `budgets`; the amount in major units."""

    amount: str
    name: _Optional = ""
    period: PeriodName = "ever"
    rule: Rule = "refuse"


class GroupForm(Part, frozen=True):
    """An entry of `groups`."""

    name: _Name
    mode: Literal["stack", "first", "best", "worst"] = "stack"
    scope: Literal["basket", "line"] = "basket"
    order: _Order = 0
    limit: _Count | None = None


class Form(Part, frozen=True):
    """The whole definition; its promotions are read by `offers`."""

    name: _Name
    promotions: Annotated[list[dict[str, Any]], Meta(min_length=1)]
    currency: str | None = None
    zone: str | None = None
    starts: str | None = None
    ends: str | None = None
    groups: list[GroupForm] = msgspec.field(default_factory=list)
    limits: list[LimitForm] = msgspec.field(default_factory=list)
    budgets: list[BudgetForm] = msgspec.field(default_factory=list)
    returns: Returns = "keep"
    reuse_on_return: bool = False
    reserve_minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)] = 30


_NAMES: Final = "a text of up to 64 signs"
_PERIODS: Final = ", ".join(PERIODS)
ALLOWED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "a text of 1 to 64 signs",
        "promotions": "a list of at least one promotion",
        "currency": "the shop's currency",
        "zone": "an IANA name such as Europe/London",
        "starts": "a wall time such as 2026-06-19 or 2026-06-19T18:00",
        "ends": "a wall time such as 2026-06-19 or 2026-06-19T18:00",
        "groups": "a list of groups",
        "groups.name": "a text of 1 to 64 signs",
        "groups.mode": ", ".join(MODES),
        "groups.scope": "basket, line",
        "groups.order": "a whole number from -1000000 to 1000000",
        "groups.limit": "a whole number of at least 1, or null",
        "limits": "a list of limits",
        "limits.name": _NAMES,
        "limits.count": "a whole number of at least 1",
        "limits.per": "all, customer, code, or an identifier such as device (a-z, 0-9, _)",
        "limits.period": _PERIODS,
        "limits.promotion": "the id of one of the promotions, or null for the campaign",
        "budgets": "a list of budgets",
        "budgets.name": _NAMES,
        "budgets.amount": 'an amount above zero as text, such as "500.00"',
        "budgets.period": _PERIODS,
        "budgets.rule": "refuse, clamp",
        "returns": "keep, reevaluate",
        "reuse_on_return": "true, false",
        "reserve_minutes": "a whole number from 1 to 10080",
    }
)
"""What each field may be, in words; an entry of a list goes by the list's name."""


def read_form(raw: Mapping[str, Any]) -> Form:
    """Check keys, types and ranges.

    Raises:
        SettingsError: naming the field, its value and what is allowed.
    """
    try:
        return msgspec.convert(raw, Form)
    except msgspec.ValidationError as fault:
        said, _, path = str(fault).partition(" - at `$")
        where = path.rstrip("`").lstrip(".")
        if found := re.search(r"(unknown|required) field `(.+?)`", said):
            within = f"{where}.{found[2]}" if where else found[2]
            if found[1] == "required":
                raise SettingsError(f"{within} is missing; allowed: {allowed(within)}", field=within) from fault
            raise SettingsError(
                f"{within} = {_value(raw, within)!r} is not known here; allowed: {', '.join(_known(where))}",
                field=within,
            ) from fault
        if not where:
            raise SettingsError(f"the definition is not an object: {raw!r:.80}; allowed: a JSON object") from fault
        raise wrong(where, _value(raw, where)) from fault


def wrong(where: str, value: object, instead: str = "") -> SettingsError:
    """Return the fault of a value that may not stand at a path.

    Args:
        where: the path of the field.
        value: what stands there.
        instead: what may stand there; the field's own words where not given.
    """
    return SettingsError(
        f"{where} = {value!r:.80} is not allowed; allowed: {instead or allowed(where)}", field=where, value=value
    )


def allowed(where: str) -> str:
    """Return what the field at a path may be, in words."""
    return ALLOWED[re.sub(r"\[\d+\]", "", where)]


def _known(where: str) -> list[str]:
    """Return the keys of the part at a path."""
    part = re.sub(r"\[\d+\]", "", where)
    begin = f"{part}." if part else ""
    keys = (name.removeprefix(begin) for name in ALLOWED if name.startswith(begin))
    return [key for key in keys if "." not in key]


def _value(raw: Any, where: str) -> Any:
    """Return what stands at a path of the definition as it was written."""
    for key, place in re.findall(r"([^.\[\]]+)|\[(\d+)\]", where):
        raw = raw[int(place)] if place else raw.get(key)
    return raw
