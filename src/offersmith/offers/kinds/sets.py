"""Which pieces are bought and which are given when offers come in sets; every piece is one or the other, once.

All sets are chosen together: as many as the pieces allow, then the bought pieces dearest first (they leave enough of
those that may be given), then the given ones from the rest. The pieces of one group count as equal: they differ by at
most one minor unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from offersmith.offers.items import Items
from offersmith.offers.till import Till

Pieces = list[tuple[int, int]]
"""(group, pieces of it)."""


class Chosen(NamedTuple):
    """Sets that can be made.

    Attributes:
        sets: how many.
        bought, given: their pieces.
        missing: pieces it takes to make one set more.
    """

    sets: int
    bought: Pieces
    given: Pieces
    missing: int


def loose(till: Till, chosen: Items) -> list[int]:
    """Return the groups that are meant, not free yet and not used up by a set."""
    return [group for group in chosen.groups(till) if till.left[group] and not till.used[group]]


def by_price(till: Till, groups: Iterable[int], *, dearest: bool) -> list[int]:
    """Return groups by what a piece of them costs now, ties in the order of the basket."""
    sign = -1 if dearest else 1
    return sorted(groups, key=lambda group: (sign * till.left[group] / till.count[group], group))


def choose(
    till: Till,
    buy: list[int],
    get: list[int],
    per_set: tuple[int, int],
    most: tuple[int | None, int | None],
    *,
    dearest: bool,
) -> Chosen:
    """Return the sets that can be made of loose groups.

    Args:
        till: where they lie.
        buy: groups that may be bought.
        get: groups that may be given; may overlap with `buy`.
        per_set: pieces bought and pieces given in each set; either may be zero.
        most: sets at most; pieces given in all at most. None = no limit.
        dearest: whether the dearest of what is left is given, rather than the cheapest.
    """
    bought, given = per_set
    overlap = set(buy) & set(get)
    shared = sum(till.count[group] for group in overlap)
    buyable = sum(till.count[group] for group in buy)
    gettable = sum(till.count[group] for group in get)
    every = buyable + gettable - shared
    bounds = [have // need for have, need in ((buyable, bought), (gettable, given), (every, bought + given)) if need]
    most_sets, most_given = most
    if most_sets is not None:
        bounds.append(most_sets)
    if most_given is not None and given:
        bounds.append(-(-most_given // given))
    sets = min(bounds)
    more = sets + 1
    missing = max(more * bought - buyable, more * given - gettable, more * (bought + given) - every)
    spare = gettable - sets * given
    rest = {group: till.count[group] for group in get}
    taken = []
    wanted = sets * bought
    for group in by_price(till, buy, dearest=True):
        pieces = min(wanted, till.count[group], spare if group in overlap else wanted)
        if pieces:
            taken.append((group, pieces))
            wanted -= pieces
            if group in overlap:
                spare -= pieces
                rest[group] -= pieces
    wanted = sets * given if most_given is None else min(sets * given, most_given)
    return Chosen(sets, taken, _first(by_price(till, get, dearest=dearest), rest, wanted), missing)


def _first(groups: list[int], rest: dict[int, int], wanted: int) -> Pieces:
    taken = []
    for group in groups:
        pieces = min(wanted, rest[group])
        if pieces:
            taken.append((group, pieces))
            wanted -= pieces
    return taken
