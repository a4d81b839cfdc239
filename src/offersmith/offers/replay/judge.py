"""What was expected of a scenario against what our engine says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offersmith.errors import InputError
from offersmith.offers.replay import fields, reasons
from offersmith.offers.replay.outcome import SAYS, Outcome
from offersmith.offers.replay.scenario import Scenario


def difference(scenario: Scenario) -> str | None:
    """Return in what our engine differs from what is expected; None where in nothing.

    Raises:
        InputError: something is expected that is not known.
    """
    expected = {name: value for name, value in scenario.expected.items() if value is not None}
    expected = {name: value for name, value in expected.items() if name not in fields.NOTES}
    multiset = expected.pop("line_discounts_multiset", None)
    none_of = expected.pop("not_applied", None)
    unknown = sorted(set(expected) - set(SAYS))
    if unknown:
        raise InputError(f"expected: {', '.join(unknown)}: unknown field")
    done = Outcome(scenario)
    found = []
    for name, value in expected.items():
        says = SAYS[name](done)
        found.extend(_compared(name, value, says, scenario))
    if multiset is not None:
        ours = sorted(float(off) for off in done.lines(done.effects.lines).values())
        if sorted(float(_number(one, "line_discounts_multiset")) for one in multiset) != ours:
            found.append(_said("line_discounts_multiset", sorted(multiset), [f"{one:g}" for one in ours]))
    if none_of is not None:
        there = sorted(set(fields.texts(none_of, "expected: not_applied")) & set(done.applied()))
        found.extend([_said("not_applied", none_of, there)] if there else [])
    return "; ".join(found) or None


def _compared(name: str, value: Any, says: Any, scenario: Scenario) -> list[str]:
    if name in ("applied", "budget_exceeded"):
        wanted = sorted(fields.texts(value, f"expected: {name}"))
        return [] if wanted == says else [_said(name, wanted, says)]
    if name in ("rejected_codes", "reasons"):
        return _reasons(name, value, says)
    if isinstance(says, str):
        return [] if _number(value, name) == float(says) else [_said(name, value, says)]
    if not isinstance(value, Mapping):
        raise InputError(f"expected: {name} = {value!r:.80} must be an object")
    if name == "line_discounts" and scenario.any_remainder and set(value) == set(says):
        amounts = [sorted(_number(one, name) for one in side.values()) for side in (value, says)]
        return [] if amounts[0] == amounts[1] else [_said(name, dict(value), says)]
    return [one for key, part in value.items() for one in _part(f"{name}.{key}", part, says.get(key))]


def _part(name: str, value: Any, says: Any) -> list[str]:
    """Compare what is expected of one line or promotion: an amount, an amount for each piece, or amounts by line."""
    if isinstance(value, Mapping):
        ours = says if isinstance(says, Mapping) else {}
        return [one for key, part in value.items() for one in _part(f"{name}.{key}", part, ours.get(key, "0"))]
    if isinstance(says, Mapping):
        says = f"{sum(float(one) for one in says.values()):.10g}"
    if isinstance(value, (list, tuple)):
        amounts = sorted(float(one) for one in says or [])
        return [] if sorted(_number(one, name) for one in value) == amounts else [_said(name, list(value), says)]
    if isinstance(says, list):
        return [] if {float(one) for one in says} == {_number(value, name)} else [_said(name, value, says)]
    return [] if _number(value, name) == float(says or 0) else [_said(name, value, says)]


def _reasons(name: str, value: Any, says: Mapping[str, str]) -> list[str]:
    if isinstance(value, (list, tuple)):
        missing = [one for one in value if one not in says]
        return [_said(name, list(value), dict(says))] if missing else []
    if not isinstance(value, Mapping):
        raise InputError(f"expected: {name} = {value!r:.80} must be an object")
    return [
        _said(f"{name}.{key}", why, says.get(key))
        for key, why in value.items()
        if not reasons.means(why, says.get(key), f"expected: {name}")
    ]


def _number(value: Any, name: str) -> float:
    return float(fields.decimal(value, f"expected: {name}"))


def _said(name: str, expected: Any, ours: Any) -> str:
    return f"{name}: expected {expected}, got {ours}"
