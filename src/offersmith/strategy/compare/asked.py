"""What was asked of two plans, walked side by side: every field that differs, in the words of `what-if --set`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NAMES = ("id", "offer_id", "name", "column")
"""What names a table within a list (an offer, a limit, a condition): the first of these that all its tables have."""
OPENED = "terms"
"""The table of an offer whose fields are said as the offer's own: `offers.ten.percent`."""
FOLLOWS = "version"
"""A field that says nothing of its own: it counts how often the others were changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that two plans were asked differently.

    Attributes:
        field: its place, e.g. `budget`, `limits.gift boxes.at_most`, `offers.ten.percent`.
        before: the value, a plain one; None where the first plan was not asked for it.
        after: the same of the second plan.
    """

    field: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs between two requests, in the order of the first, then what only the second has."""
    return tuple(_walk((), before, after))


def _walk(place: tuple[str, ...], before: Any, after: Any) -> Iterator[Change]:
    first, second = _table(before, place), _table(after, place)
    if first is None or second is None:
        if before != after:
            yield Change(".".join(place), before, after)
        return
    for key in [*first, *(key for key in second if key not in first)]:
        if place and key == FOLLOWS:
            continue
        inside = place if key == OPENED else (*place, key)
        yield from _walk(inside, first.get(key), second.get(key))


def _table(value: Any, place: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return a table by field, a list of tables by their names; None of anything else."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, Sequence) or isinstance(value, str) or not place:
        return None
    if not all(isinstance(one, Mapping) for one in value):
        return None
    name = next((key for key in NAMES if all(isinstance(one.get(key), str) for one in value)), None)
    if name is None or len({one[name] for one in value}) < len(value):
        return None
    return {one[name]: one for one in value}
