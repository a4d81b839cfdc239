"""Lanes and policies as our evaluation groups.

Lanes run one after the other and each sees what the one before left; inside a lane every line gets only its best
promotion. A policy says how many promotions of a phase may apply, and which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from offersmith.errors import InputError
from offersmith.offers import reading
from offersmith.offers.base import Phase
from offersmith.offers.programme import MOVABLE
from offersmith.offers.promotion import Group, Mode, Promotion
from offersmith.offers.replay import fields
from offersmith.offers.replay.cart import Cart
from offersmith.offers.replay.fields import Fields
from offersmith.offers.replay.promotions import Stated, phase_of

LANES: Final = ("pre", "default", "post")
"""In the order they run; `policy.lanes` may name others."""
USUAL: Final = "default"
_MODES: Final[Mapping[str, Mode]] = {
    "best_deal": "best", "best": "best", "highest": "best", "max": "best", "maximum": "best",
    "worst": "worst", "lowest": "worst", "first": "first",
    "stack": "stack", "stackable": "stack", "all": "stack",
}  # fmt: skip
_PHASES: Final[Mapping[str, Phase]] = {
    "catalog": "catalogue", "catalogue": "catalogue", "item": "item", "items": "item", "order": "order",
    "shipping": "shipping",
}  # fmt: skip
_LEVELS: Final[Mapping[str, Phase]] = {
    f"max_{name}{level}_discounts": phase for name, phase in _PHASES.items() for level in ("", "_level")
}


def arranged(stated: Sequence[Stated], cart: Cart) -> tuple[dict[str, Promotion], dict[str, Group]]:
    """Return the promotions by id, each in its group, and the groups.

    Raises:
        InputError: a policy or a lane is not known.
    """
    found = {one.id: one.promotion for one in stated if one.promotion is not None}
    policy = Fields(cart.policy, "policy")
    known = policy.texts("lanes") or list(LANES)
    named = [reading.group(one) for one in policy.listed("groups")]
    groups = _policies(policy)
    if named:
        wanted = {one.id: one.group for one in stated}
        placed = {name: replace(one, group=wanted[name]) for name, one in found.items()}
        return placed, {group.name: group for group in named}
    if any(one.lane for one in stated):
        return _in_lanes(found, {one.id: one.lane or USUAL for one in stated}, known)
    placed = {
        name: replace(one, group=phase_of(one)) if phase_of(one) in groups else one for name, one in found.items()
    }
    return placed, groups


def _policies(policy: Fields) -> dict[str, Group]:
    modes: dict[str, Mode] = {}
    limits: dict[str, int] = {}
    for name, value in policy.rest().items():
        if name in _LEVELS:
            limits[_LEVELS[name]] = fields.whole(value, f"policy: {name}")
        elif name in _PHASES and isinstance(value, str) and value in _MODES:
            modes[_PHASES[name]] = _MODES[value]
        else:
            raise InputError(f"policy: {name} = {value!r:.80}: unknown policy")
    return {
        phase: Group(
            phase,
            modes.get(phase, "best"),
            "line" if phase == "catalogue" and phase not in limits else "basket",
            limit=limits.get(phase),
        )
        for phase in {**modes, **limits}
    }


def _in_lanes(
    found: Mapping[str, Promotion], lanes: Mapping[str, str], known: Sequence[str]
) -> tuple[dict[str, Promotion], dict[str, Group]]:
    strange = sorted({lanes[name] for name in found} - set(known))
    if strange:
        raise InputError(f"lane = {strange[0]!r} is unknown; allowed: {', '.join(known)}, or what policy.lanes names")
    moved = [name for name, one in found.items() if phase_of(one) in MOVABLE]
    sizes = Counter(lanes[name] for name in moved)
    late = _late([lane for lane in known if lane in sizes], sizes)
    placed: dict[str, Promotion] = {}
    groups: dict[str, Group] = {}
    for name, one in found.items():
        lane = lanes[name]
        when = ("order" if lane in late else "item") if name in moved else phase_of(one)
        group = f"{lane}, {when}"
        beside = sum(lanes[other] == lane and _meets(one, found[other]) for other in found)
        groups[group] = Group(group, "best" if beside > 1 else "stack", "line", known.index(lane))
        placed[name] = replace(one, group=group, phase=when if name in moved else "")
    return placed, groups


def _late(used: Sequence[str], sizes: Mapping[str, int]) -> frozenset[str]:
    """Return the lanes that run in the order phase, all others in the item phase.

    What is best in a lane is chosen with regard to the lanes after it in the same phase; a lane must not look ahead, so
    the phases part behind the first lane that has a choice.
    """
    choosing = next((place for place, lane in enumerate(used) if sizes[lane] > 1), 0)
    return frozenset(used[choosing + 1 :])


def _meets(one: Promotion, other: Promotion) -> bool:
    """Say whether two promotions of one lane compete for the same lines or deliveries."""
    ours, theirs = phase_of(one), phase_of(other)
    return ours == theirs or {ours, theirs} <= set(MOVABLE)
