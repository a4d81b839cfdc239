"""A group that decides line by line: every line and every delivery goes to one promotion of the group.

All promotions are asked before any is applied. What uses pieces up or spends points is whole or not at all: it applies
only if it gets every line it needs. What touches no line (a gift, points earned) applies beside the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.offers.base import Refusal, Taken
from offersmith.offers.cart import Cart
from offersmith.offers.programme import Entry
from offersmith.offers.promotion import Group, Mode

Place = tuple[str, int]
"""A line or a delivery, and its index."""


def award(cart: Cart, group: Group, candidates: Sequence[tuple[Entry, Taken]]) -> None:
    """Give every line to the first, the best or the worst promotion for it, and apply what each has won.

    Args:
        cart: the candidates were tried on it as it is.
        group: its mode says who wins a line; its limit, how many promotions may apply.
        candidates: by priority.
    """
    running = list(candidates)
    while True:
        won = _winners(cart, group.mode, running)
        out = _left_out(cart, group, running, won)
        if out is None:
            break
        # Whoever cannot apply must not keep a line from the others.
        place, why = out
        cart.refuse([running[place][0]], why)
        del running[place]
    for place, (entry, taken) in enumerate(running):
        part = _part(cart, taken, won, place)
        if part:
            cart.apply(entry, part)


def _winners(cart: Cart, mode: Mode, running: Sequence[tuple[Entry, Taken]]) -> dict[Place, int]:
    held: dict[Place, tuple[int, int]] = {}
    for who, (_, taken) in enumerate(running):
        for place, off in _offs(cart, taken).items():
            best = held.get(place)
            if off and (best is None or (off > best[0] and mode == "best") or (off < best[0] and mode == "worst")):
                held[place] = (off, who)
    return {place: who for place, (_, who) in held.items()}


def _left_out(
    cart: Cart, group: Group, running: Sequence[tuple[Entry, Taken]], won: dict[Place, int]
) -> tuple[int, Refusal] | None:
    """Return the first promotion that cannot apply beside those before it, and why."""
    names = [entry for entry, _ in cart.applied]
    points, applied = cart.till.points, 0
    held: dict[Place, int] = {}
    for who, (entry, taken) in enumerate(running):
        if not _wins(cart, taken, won, who):
            continue
        if whole(taken):
            owners = {place: won.get(place, held.get(place, who)) for place in _offs(cart, taken)}
            other_one = next((owner for owner in owners.values() if owner != who), None)
            if other_one is not None:
                return who, Refusal("beaten", {"by": running[other_one][0].name})
            held |= owners
        if taken.points_spent > points:
            return who, Refusal("gives_nothing")
        other = next((one for one in names if not entry.tolerates(one)), None)
        if other is not None:
            return who, Refusal("not_combinable", {"with": other.name})
        if applied == group.limit:
            return who, Refusal("group_limit", {"limit": applied})
        points -= taken.points_spent
        applied += 1
        names.append(entry)
    return None


def _offs(cart: Cart, taken: Taken) -> dict[Place, int]:
    offs: dict[Place, int] = {}
    for take in taken.takes:
        place = ("line", cart.till.line[take.group])
        offs[place] = offs.get(place, 0) + take.off
    for index, off in taken.shipping:
        offs["delivery", index] = offs.get(("delivery", index), 0) + off
    return offs


def _wins(cart: Cart, taken: Taken, won: dict[Place, int], who: int) -> bool:
    """Say whether a promotion has won anything, or touches nothing that could be won."""
    owners = [won[place] for place, off in _offs(cart, taken).items() if off]
    return not owners or who in owners


def whole(taken: Taken) -> bool:
    """Say whether a promotion applies to all it would touch or not at all."""
    return bool(taken.points_spent) or any(take.uses for take in taken.takes)


def _part(cart: Cart, taken: Taken, won: dict[Place, int], who: int) -> Taken:
    """Return what is left of a promotion on the lines and deliveries it has won."""
    if not _wins(cart, taken, won, who):
        return Taken()
    if whole(taken):
        return taken
    return Taken(
        [take for take in taken.takes if won.get(("line", cart.till.line[take.group])) == who],
        [(index, off) for index, off in taken.shipping if won.get(("delivery", index)) == who],
        taken.gifts,
        taken.points_earned,
        taken.points_spent,
        taken.hint,
    )
