"""Arms that differ in depth only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offersmith.response.depth.points import Unit
from offersmith.response.trial import Arm


@dataclass(frozen=True, slots=True)
class Family:
    """The control and offers that are alike in all but their depth.

    Attributes:
        kind: of the offers.
        unit: of depth.
        minimum: smallest basket they ask for.
        arms: their numbers in the trial, the control's first, then by depth.
        depths: of each; the control's is 0.
    """

    kind: str
    unit: Unit
    minimum: float
    arms: tuple[int, ...]
    depths: tuple[float, ...]


def families(arms: Sequence[Arm]) -> tuple[Family, ...]:
    """Return the families with at least two depths besides none, in the order of their first arms.

    Arms of one kind that also differ in their smallest basket, or that take off a share and an amount of which both
    differ, are no points of one curve. Of two arms alike in everything the first stands for both.
    """
    groups: dict[tuple[str, Unit, float, float], dict[float, int]] = {}
    for number, arm in enumerate(arms[1:], start=1):
        if not arm.kind:
            continue
        unit: Unit = "share" if arm.share > 0 else "amount"
        depth, other = (arm.share, arm.fixed) if unit == "share" else (arm.fixed, arm.share)
        if depth > 0:
            groups.setdefault((arm.kind, unit, arm.minimum, other), {}).setdefault(depth, number)
    return tuple(
        Family(kind, unit, minimum, (0, *(found[depth] for depth in sorted(found))), (0.0, *sorted(found)))
        for (kind, unit, minimum, _), found in groups.items()
        if len(found) > 1
    )
