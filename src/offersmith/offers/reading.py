"""Promotions and their groups as JSON says them, checked, and back again; baskets stand in `reading_basket`.

    {"promotion_id": "tea", "kind": "percent_off", "terms": {"percent": 10}, "name": "Tea week",
     "conditions": [{"kind": "spend", "min": "30.00"}, {"kind": "weekday", "days": ["mon", "tue"]}],
     "starts": "2026-06-01", "ends": "2026-06-19", "zone": "Europe/Berlin",
     "priority": 5, "group": "best of", "exclusive": false, "combines_with": ["shipping"], "needs_code": true}

Only `promotion_id` and `kind` must be there. `starts` and `ends` are wall times in `zone`, half open; a date alone as
the end covers that day. A fault names the promotion, the field, its value and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from offersmith.errors import InputError, OffersmithError, SettingsError
from offersmith.offers import KINDS
from offersmith.offers.conditions import CONDITIONS, in_zone, nested
from offersmith.offers.programme import Entry
from offersmith.offers.promotion import MODES, Condition, Group, Promotion
from offersmith.offers.reading_basket import basket, codes, context
from offersmith.offers.spelling import did_you_mean, unknown_key
from offersmith.offers.wall_clock import instant, zone_named
from offersmith.vocabulary import NO_OFFER, Offer

__all__ = ["GROUP_KEYS", "KEYS", "as_json", "basket", "codes", "context", "group", "promotion"]

KEYS: Final = (
    "promotion_id", "kind", "terms", "name", "offer_id", "version", "conditions", "starts", "ends", "zone", "priority",
    "group", "exclusive", "combines_with", "needs_code", "phase",
)  # fmt: skip
GROUP_KEYS: Final = ("name", "mode", "scope", "order", "limit")
SCOPES: Final = ("basket", "line")
MOST: Final = 1_000_000
"""Bound of priorities and orders, either way."""


def promotion(raw: Mapping[str, Any], currency: str, zone: str | None = None) -> Promotion:
    """Return a promotion of its JSON form; `as_json` is the way back.

    Args:
        raw: as JSON gives it.
        currency: of its money.
        zone: whose wall clock counts where the promotion and its conditions name none; None = UTC for the promotion's
            start and end, and the till's own zone for its conditions.

    Raises:
        SettingsError: naming the promotion, the field, its value and what is allowed.
    """
    try:
        return _promotion(raw, currency, zone)
    except (SettingsError, InputError) as fault:
        raise _within(fault, "promotion", raw, "promotion_id") from fault


def as_json(one: Promotion) -> dict[str, Any]:
    """Return a promotion as plain values; `promotion` reads them back, whatever the zone."""
    return {
        "promotion_id": one.name,
        "kind": one.offer.kind,
        "terms": dict(one.offer.terms),
        "name": one.offer.name,
        "offer_id": one.offer.offer_id,
        "version": one.offer.version,
        "conditions": [dict(condition) for condition in one.conditions],
        "starts": _moment(one.starts),
        "ends": _moment(one.ends),
        "priority": one.priority,
        "group": one.group,
        "exclusive": one.exclusive,
        "combines_with": None if one.combines_with is None else sorted(one.combines_with),
        "needs_code": one.needs_code,
        "phase": one.phase,
    }


def group(raw: Mapping[str, Any]) -> Group:
    """Return an evaluation group of its JSON form: name, mode, scope, order, limit.

    Raises:
        SettingsError: naming the group, the field, its value and what is allowed.
    """
    try:
        return _group(raw)
    except SettingsError as fault:
        raise _within(fault, "group", raw, "name") from fault


def _promotion(raw: Any, currency: str, zone: str | None) -> Promotion:
    _known(raw, KEYS)
    name = _text(raw, "promotion_id") or _text(raw, "offer_id")
    if not name:
        raise SettingsError("promotion_id is missing; allowed: a text that no other promotion has")
    there = _text(raw, "zone") if raw.get("zone") is not None else zone
    starts, ends = _span(raw, there)
    made = Promotion(
        offer=_offer(raw, name, currency),
        promotion_id=name,
        conditions=_conditions(raw.get("conditions"), currency, there),
        starts=starts,
        ends=ends,
        priority=_whole(raw, "priority", 0, -MOST),
        group=_text(raw, "group"),
        exclusive=_flag(raw, "exclusive"),
        combines_with=_combines(raw.get("combines_with")),
        needs_code=_flag(raw, "needs_code"),
        phase=_text(raw, "phase"),
    )
    Entry(made, currency)  # Says what only the whole can: a phase the kind does not have.
    return made


def _group(raw: Any) -> Group:
    _known(raw, GROUP_KEYS)
    name = _text(raw, "name")
    if not name:
        raise SettingsError("name is missing; allowed: a text that no other group has")
    mode = next((one for one in MODES if one == raw.get("mode", "stack")), None)
    if mode is None:
        raise _wrong("mode", raw["mode"], ", ".join(MODES))
    scope = raw.get("scope", "basket")
    if scope not in SCOPES:
        raise _wrong("scope", scope, ", ".join(SCOPES))
    limit = None if raw.get("limit") is None else _whole(raw, "limit", 1, 1)
    return Group(name, mode, "line" if scope == "line" else "basket", _whole(raw, "order", 0, -MOST), limit)


def _offer(raw: Mapping[str, Any], name: str, currency: str) -> Offer:
    kind, terms = raw.get("kind"), raw.get("terms")
    allowed = [one for one in KINDS if one != NO_OFFER]
    if not isinstance(kind, str) or kind not in allowed:
        raise _wrong("kind", kind, ", ".join(allowed), did_you_mean(kind, allowed))
    if terms is not None and not isinstance(terms, Mapping):
        raise _wrong("terms", terms, "an object")
    offer_id = _text(raw, "offer_id") or name
    if offer_id == NO_OFFER:
        raise _wrong("offer_id", offer_id, f"any text but {NO_OFFER!r}, the empty offer")
    checked = KINDS[kind].check(terms or {}, currency)
    version = _whole(raw, "version", 1, 1)
    return Offer(offer_id, kind, MappingProxyType(checked), _text(raw, "name") or name, version)


def _conditions(raw: Any, currency: str, zone: str | None) -> tuple[Condition, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        raise _wrong("conditions", raw, "a list of conditions")
    found = []
    for place, one in enumerate(raw):
        try:
            checked = nested.checked(one, currency, CONDITIONS)
            if zone is not None:
                # Once more: which of two wall times comes first may depend on the zone.
                checked = nested.checked(in_zone(checked, zone), currency, CONDITIONS)
        except (SettingsError, InputError) as fault:
            raise SettingsError(f"conditions[{place}]: {fault.message}", hint=fault.hint, **fault.facts) from fault
        found.append(MappingProxyType(checked))
    return tuple(found)


def _span(raw: Mapping[str, Any], zone: str | None) -> tuple[datetime | None, datetime | None]:
    there = zone_named(zone or "UTC")
    starts, ends = (
        None if raw.get(name) is None else instant(raw[name], there, end=name == "ends", field=name)
        for name in ("starts", "ends")
    )
    if starts is not None and ends is not None and ends <= starts:
        raise _wrong("ends", raw["ends"], f"a moment after its start, {raw['starts']}")
    return starts, ends


def _combines(raw: Any) -> frozenset[str] | None:
    if raw is None:
        return None
    if not isinstance(raw, (list, tuple)) or not all(isinstance(one, str) and one for one in raw):
        raise _wrong("combines_with", raw, "a list of promotion ids, groups, phases and kinds, or null for all")
    return frozenset(raw)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat()}Z"


def _text(raw: Mapping[str, Any], name: str, usual: str = "") -> str:
    value = raw.get(name)
    if value is None:
        return usual
    if not isinstance(value, str) or not value.isprintable() or len(value) > 200:
        raise _wrong(name, value, "a text of at most 200 printable signs")
    return value.strip()


def _whole(raw: Mapping[str, Any], name: str, usual: int, least: int) -> int:
    value = raw.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise _wrong(name, value, f"a whole number from {least} to {MOST}")
    return value


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, value, "true, false")
    return bool(value)


def _known(raw: Any, keys: tuple[str, ...]) -> None:
    if not isinstance(raw, Mapping):
        raise SettingsError(f"{raw!r:.80} is no object; allowed: an object with {', '.join(keys)}")
    if strange := unknown_key(raw, keys):
        raise SettingsError(strange)


def _within(fault: OffersmithError, what: str, raw: Any, key: str) -> SettingsError:
    where = f"{what} {raw.get(key)!r:.80}" if isinstance(raw, Mapping) and raw.get(key) else what
    return SettingsError(f"{where}: {fault.message.removeprefix(f'{where}: ')}", hint=fault.hint, **fault.facts)


def _wrong(field: str, value: object, allowed: str, near: str = "") -> SettingsError:
    return SettingsError(f"{field} = {value!r:.80} is not allowed{near}; allowed: {allowed}", field=field)
