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
        found.extend(_part("line_discounts_multiset", multiset, list(done.lines(done.effects.lines).values())))
    if isinstance(none_of, Mapping):
        found.extend(_reasons("not_applied", none_of, reasons.given(done.effects)))
        none_of = list(none_of)
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
    if name == "gifts" and isinstance(value, (list, tuple)):
        wanted = sorted(fields.texts(value, "expected: gifts"))
        return [] if wanted == sorted(says) else [_said(name, wanted, sorted(says))]
    if isinstance(says, str):
        return [] if _number(value, name) == float(says) else [_said(name, value, says)]
    if not isinstance(value, Mapping):
        raise InputError(f"expected: {name} = {value!r:.80} must be an object")
    any_order = scenario.any_remainder and name in ("line_discounts", "by_promotion")
    found = _part(name, value, says, any_order=any_order)
    if name in ("line_discounts", "gifts"):
        more = {
            key: ours
            for key, ours in says.items()
            if key not in value and float(ours) and _asserted(name, key, scenario)
        }
        found.extend(_said(f"{name}.{key}", "nothing", ours) for key, ours in more.items())
    return found


def _asserted(name: str, key: str, scenario: Scenario) -> bool:
    """Say whether something of ours that the scenario does not name is a difference: a gift's line is not."""
    return name != "line_discounts" or key in scenario.cart.names


def _part(name: str, value: Any, says: Any, *, any_order: bool = False) -> list[str]:
    """Compare what is expected of a line or promotion: an amount, an amount for each piece, or amounts by line."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        ours = says if isinstance(says, Mapping) else {}
        if any_order and set(value) == set(ours) and not any(isinstance(one, Mapping) for one in value.values()):
            wanted, there = (sorted(_number(one, name) for one in side.values()) for side in (value, ours))
            return [] if wanted == there else [_said(name, dict(value), says)]
        return [
            one
            for key, part in value.items()
            for one in _part(f"{name}.{key}", part, ours.get(key, "0"), any_order=any_order)
        ]
    if isinstance(says, Mapping):
        says = f"{sum(float(one) for one in says.values()):.10g}"
    if isinstance(value, (list, tuple)):
        pieces = says if isinstance(says, list) else [] if says is None else [says]
        amounts = sorted(float(one) for one in pieces)
        return [] if sorted(_number(one, name) for one in value) == amounts else [_said(name, list(value), says)]
    if isinstance(says, list):
        # One amount for several pieces is that of each or their mean.
        mean = sum(fields.decimal(one, name) for one in says) == fields.decimal(value, name) * len(says)
        return [] if says and mean else [_said(name, value, says)]
    return [] if _number(value, name) == float(says or 0) else [_said(name, value, says)]


def _reasons(name: str, value: Any, says: Mapping[str, str]) -> list[str]:
    if isinstance(value, (list, tuple)):
        missing = [one for one in fields.texts(value, f"expected: {name}") if one not in says]
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
