"""Conditions inside of others, and conditions as a promotion lists them: each names its `kind`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from offersmith.errors import SettingsError
from offersmith.offers.conditions.base import ConditionKind, Spec, Test
from offersmith.offers.spelling import did_you_mean

DEPTH = 8
"""How deep conditions may stand inside of each other."""

Kinds = Mapping[str, ConditionKind]


def checked(raw: Any, currency: str, kinds: Kinds) -> dict[str, Any]:
    """Return one condition in normal form, its `kind` first.

    Raises:
        SettingsError: it is no condition, its kind is unknown, it is nested too deeply, or a key of it is wrong.
    """
    if not isinstance(raw, Mapping):
        raise SettingsError(f"condition {raw!r:.80} is no object; allowed: an object such as {{'kind': 'spend'}}")
    if _depth(raw) > DEPTH:
        raise SettingsError(f"conditions stand more than {DEPTH} deep inside of each other; allowed: at most {DEPTH}")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        near = did_you_mean(kind, kinds)
        raise SettingsError(f"condition: kind = {kind!r:.80} is unknown{near}; allowed: {', '.join(kinds)}")
    return {"kind": kind, **kinds[kind].check(raw, currency)}


def compiled(spec: Spec, currency: str, kinds: Kinds) -> Test:
    """Return the test of a checked condition."""
    return kinds[spec["kind"]].compile(spec, currency)


def parts(spec: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the conditions that stand directly inside of one."""
    if "condition" in spec:
        yield spec["condition"]
    several = spec.get("conditions")
    if isinstance(several, (list, tuple)):
        yield from several


def _depth(raw: Mapping[str, Any]) -> int:
    # Level by level and not by calling itself: what comes in may be deeper than Python's stack.
    level: list[Any] = [raw]
    depth = 0
    while level and depth <= DEPTH:
        depth += 1
        level = [inner for one in level if isinstance(one, Mapping) for inner in parts(one)]
    return depth
