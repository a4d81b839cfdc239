"""One phase of a pricing: its evaluation groups, one after the other, and the search for the best of them.

A group that looks for the best may apply any of its promotions that do something now (no more of them than its limit),
or none. The search goes through all of these with everything that comes after them in the phase, and keeps what leaves
least to pay when the phase ends; of equals the one with the dearer gifts, then with more points, then the one whose
promotions come first. A promotion that joins such a group only adds to what can be chosen, so it never makes the phase
dearer. More than `BRANCHES` outcomes are not looked at. A group for which they would be more tries all of its
promotions together, each alone, and none; one for which even these are too many takes what is best where it stands.
There the promise does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb

from offersmith.offers.award import award, whole
from offersmith.offers.base import Refusal, Taken
from offersmith.offers.cart import Cart
from offersmith.offers.programme import Entry, Stage

BRANCHES = 256

Candidates = Sequence[tuple[Entry, Taken]]
"""Promotions of a group and what each would do to the cart as it stands, by priority."""


class Phase:
    """The groups of one phase, in their order.

    Args:
        stages: the groups.
        picky: whether any promotion minds what it is combined with.
    """

    def __init__(self, stages: Sequence[Stage], *, picky: bool) -> None:
        self.stages = stages
        self.picky = picky

    def run(self, cart: Cart, place: int = 0, branches: int = BRANCHES) -> Cart:
        """Run the groups from `place` on and return the cart as it is then: this one, or a fork of it."""
        while place < len(self.stages):
            stage = self.stages[place]
            place += 1
            group = stage.group
            if group.mode == "best":
                found = self._best(cart, stage, place, branches)
                if found is not None:
                    return found
            elif group.scope == "line" and group.mode != "stack":
                self._by_line(cart, stage, self._candidates(cart, stage))
            elif group.mode == "worst":
                worst = sorted(self._candidates(cart, stage), key=lambda one: value(one[1]))
                self._in_turn(cart, stage, [entry for entry, _ in worst])
            else:
                self._in_turn(cart, stage, stage.entries)
        return cart

    def _candidates(self, cart: Cart, stage: Stage) -> Candidates:
        tried = ((entry, cart.try_on(entry, picky=self.picky)) for entry in stage.entries)
        return [(entry, taken) for entry, taken in tried if taken is not None]

    def _in_turn(self, cart: Cart, stage: Stage, entries: Sequence[Entry]) -> None:
        group = stage.group
        most = group.limit or (1 if group.mode != "stack" else len(entries))
        done = 0
        for entry in entries:
            if done == most:
                break
            taken = cart.try_on(entry, picky=self.picky)
            if taken is not None:
                cart.apply(entry, taken)
                done += 1
        if done == most < len(stage.entries):
            by = cart.applied[-1][0].name
            why = Refusal("group_limit", {"limit": most}) if group.mode == "stack" else Refusal("beaten", {"by": by})
            cart.refuse(stage.entries, why)

    def _by_line(self, cart: Cart, stage: Stage, candidates: Candidates) -> None:
        known = len(cart.applied)
        award(cart, stage.group, candidates)
        self._beaten(cart, stage, known)

    def _best(self, cart: Cart, stage: Stage, place: int, branches: int) -> Cart | None:
        """Apply the best of a group in place; where that takes a search, return the fork that is priced to the end."""
        candidates = self._candidates(cart, stage)
        by_line, known = stage.group.scope == "line", len(cart.applied)
        if not candidates:
            return None
        most = min(len(candidates), stage.group.limit or (len(candidates) if by_line else 1))
        last = place == len(self.stages)
        if last and most == 1 and not by_line:
            entry, taken = max(candidates, key=lambda one: value(one[1]))
            cart.apply(entry, taken)
            self._beaten(cart, stage, known)
            return None
        ways = sum(comb(len(candidates), count) for count in range(most + 1))
        # Line by line, all together are the best there is, unless some keep others out or something follows.
        apart = not self.picky and most == len(candidates) and not any(whole(taken) for _, taken in candidates)
        choices = _subsets(candidates, most)
        if ways > branches and (most > 1 or by_line) and len(candidates) + 2 <= branches:
            ranked = candidates if by_line else sorted(candidates, key=lambda one: value(one[1]), reverse=True)
            ways, choices = len(candidates) + 2, iter([ranked[:most], *([one] for one in candidates), []])
        if ways > branches or (last and by_line and apart):
            if by_line:
                self._by_line(cart, stage, candidates)
            else:
                ranked = sorted(candidates, key=lambda one: value(one[1]), reverse=True)
                self._in_turn(cart, stage, [entry for entry, _ in ranked])
            return None
        outcomes = []
        for chosen in choices:
            branch = cart.fork()
            if by_line:
                award(branch, stage.group, chosen)
            else:
                self._apply(branch, chosen)
            done = self.run(branch, place, branches // ways)
            self._beaten(done, stage, known)
            outcomes.append(done)
        return max(outcomes, key=lambda done: _left(done, known))

    def _apply(self, cart: Cart, chosen: Candidates) -> None:
        """Apply promotions in turn; the first as it was tried, the others as the cart is after it."""
        for place, (entry, tried) in enumerate(chosen):
            taken = tried if place == 0 else cart.try_on(entry, picky=self.picky)
            if taken is not None:
                cart.apply(entry, taken)

    def _beaten(self, cart: Cart, stage: Stage, known: int) -> None:
        """Tell those of a group that were not applied who was: of the group, or else after it in the phase."""
        after = [entry.name for entry, _ in cart.applied[known:]]
        members = {entry.name for entry in stage.entries}
        by = next((name for name in after if name in members), after[0] if after else "")
        cart.refuse(stage.entries, Refusal("beaten", {"by": by} if by else {}))


def value(taken: Taken) -> tuple[int, int, int]:
    """Return what a promotion is worth to the customer: less to pay, then gifts, then points."""
    gifts = sum(gift.total for gift in taken.gifts)
    return (taken.off - gifts, gifts, taken.points_earned)


def _left(cart: Cart, known: int) -> tuple[int, int, int]:
    values = [value(taken) for _, taken in cart.applied[known:]]
    till = cart.till
    return (
        -till.due - sum(till.shipping),
        sum(gifts for _, gifts, _ in values),
        sum(points for _, _, points in values),
    )


def _subsets(candidates: Candidates, most: int) -> Iterable[Candidates]:
    """Yield every choice of at most `most`, the larger and the earlier ones first, nothing at all last."""
    for count in range(most, -1, -1):
        yield from combinations(candidates, count)
