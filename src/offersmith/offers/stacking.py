"""The one function that prices a basket: which promotions apply, in which order, and what each takes off.

Phases come one after the other: catalogue, item, order, shipping, and rewards (points earned) on what is left. Within a
phase, evaluation groups come by their order; a group applies all of its promotions (`stack`, each working on what the
earlier ones left), the first, the best or the worst, for the basket or line by line. Within a group the higher priority
comes first, then the smaller id. An exclusive promotion that applies is the only one of the cart; an exclusive
catalogue offer has its lines to itself.

The best of a group is the one that leaves least to pay at the end of the phase, whatever comes after it in the phase,
so adding a promotion to such a group never makes the phase dearer. The search over several such groups looks at no more
than `BRANCHES` outcomes; beyond that a group takes the member that takes most off by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offersmith.errors import InputError
from offersmith.offers.base import Refusal, Taken
from offersmith.offers.basket import Basket
from offersmith.offers.cart import Cart
from offersmith.offers.context import Context
from offersmith.offers.effects import Effects
from offersmith.offers.outcome import effects_of
from offersmith.offers.programme import Entry, Programme, Stage
from offersmith.offers.promotion import NO_GROUPS, Group, Promotion
from offersmith.offers.till import Till

BRANCHES = 256

ANYWHERE = Context()


def evaluate(
    basket: Basket,
    promotions: Programme | Iterable[Promotion],
    context: Context = ANYWHERE,
    groups: Mapping[str, Group] = NO_GROUPS,
) -> Effects:
    """Price a basket; the rules stand at the top of this file.

    Args:
        basket: what is bought; may be empty.
        promotions: in any order, or a programme made of them before.
        context: the moment, the customer, the codes that were entered, what is left of limits.
        groups: the evaluation groups of `promotions`, where they are no programme.

    Raises:
        InputError: the programme is for another currency.
        SettingsError: the promotions contradict each other.
    """
    programme = promotions if isinstance(promotions, Programme) else Programme(promotions, basket.currency, groups)
    if programme.currency != basket.currency:
        raise InputError(f"basket currency = {basket.currency!r}, but the promotions are in {programme.currency}")
    cart = Cart(Till(basket, context))
    opened = _opened(programme, cart)
    entered = False
    for phase, stages in programme.phases:
        if not entered and phase != "catalogue":
            opened = _exclusive(programme, cart, opened)
            entered = True
        cart.till.enter()
        live = [Stage(stage.group, [entry for entry in stage.entries if entry.index in opened]) for stage in stages]
        cart = _Phase([stage for stage in live if stage.entries], picky=programme.picky).run(cart, 0)
        if phase == "catalogue":
            till = cart.till
            till.price = [left // count for left, count in zip(till.left, till.count, strict=True)]
    return effects_of(programme, cart)


def _opened(programme: Programme, cart: Cart) -> set[int]:
    """Return the promotions whose settled conditions hold; the others are told why not."""
    till, context = cart.till, cart.till.context
    moment, unlocked, blocked, refused = context.moment, context.unlocked, context.blocked, cart.refused
    opened = set()
    for entry in programme.entries:
        one = entry.promotion
        if blocked and entry.name in blocked:
            refused[entry.index] = (Refusal(blocked[entry.name]), None)
        elif one.needs_code and entry.name not in unlocked:
            refused[entry.index] = (Refusal("code_needed"), None)
        elif one.starts is not None and moment is not None and moment < one.starts:
            refused[entry.index] = (Refusal("not_started", {"starts": one.starts.isoformat()}), None)
        elif one.ends is not None and moment is not None and moment >= one.ends:
            refused[entry.index] = (Refusal("expired", {"ends": one.ends.isoformat()}), None)
        else:
            for place, ask in entry.settled:
                why = ask(till)
                if why is not None:
                    refused[entry.index] = (why, place)
                    break
            else:
                opened.add(entry.index)
    return opened


def _exclusive(programme: Programme, cart: Cart, opened: set[int]) -> set[int]:
    """Return the promotions that are still open after the strongest exclusive one that does something, if any."""
    for entry in programme.exclusives:
        if entry.index not in opened:
            continue
        if cart.fork().try_on(entry, picky=programme.picky) is None:
            # Asked where the cart's phases begin; what fails here stays out, whatever the others would do to the cart.
            cart.try_on(entry, picky=programme.picky)
            opened = opened - {entry.index}
            continue
        others = [
            other for other in programme.entries
            if other is not entry and other.index in opened and other.phase not in ("catalogue", "reward")
        ]  # fmt: skip
        cart.refuse(others, Refusal("exclusive_applied", {"by": entry.name}))
        return opened - {other.index for other in others}
    return opened


class _Phase:
    """The groups of one phase, one after the other."""

    def __init__(self, stages: list[Stage], *, picky: bool) -> None:
        self.stages = stages
        self.picky = picky
        self.branches = BRANCHES

    def run(self, cart: Cart, place: int) -> Cart:
        """Run the groups from `place` on and return the cart as it is then."""
        while place < len(self.stages):
            stage = self.stages[place]
            place += 1
            if stage.group.scope == "line" and stage.group.mode != "stack":
                self._by_line(cart, stage)
            elif stage.group.mode in ("stack", "first"):
                self._in_turn(cart, stage, stage.entries)
            elif stage.group.mode == "worst" or (stage.group.limit or 1) > 1:
                self._in_turn(cart, stage, self._ranked(cart, stage))
            else:
                found = self._best(cart, stage, place)
                if found is not None:
                    return found
        return cart

    def _in_turn(self, cart: Cart, stage: Stage, entries: list[Entry]) -> None:
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

    def _candidates(self, cart: Cart, stage: Stage) -> list[tuple[Entry, Taken]]:
        tried = ((entry, cart.try_on(entry, picky=self.picky)) for entry in stage.entries)
        return [(entry, taken) for entry, taken in tried if taken is not None]

    def _ranked(self, cart: Cart, stage: Stage) -> list[Entry]:
        sign = 1 if stage.group.mode == "worst" else -1
        found = self._candidates(cart, stage)
        found.sort(key=lambda one: sign * one[1].off)
        return [entry for entry, _ in found]

    def _best(self, cart: Cart, stage: Stage, place: int) -> Cart | None:
        """Apply the best of a group; where other groups follow, try each to the end of the phase and return that."""
        candidates = self._candidates(cart, stage)
        if not candidates:
            return None
        last = place == len(self.stages)
        if last or self.branches <= len(candidates):
            entry, taken = max(candidates, key=_worth)
            cart.apply(entry, taken)
            cart.refuse(stage.entries, Refusal("beaten", {"by": entry.name}))
            return None
        self.branches //= len(candidates) + 1
        known = len(cart.applied)
        outcomes = []
        for entry, taken in candidates:
            branch = cart.fork()
            branch.apply(entry, taken)
            branch.refuse(stage.entries, Refusal("beaten", {"by": entry.name}))
            outcomes.append(self.run(branch, place))
        without = cart.fork()
        without.refuse(stage.entries, Refusal("beaten", {"by": ""}))
        outcomes.append(self.run(without, place))
        self.branches *= len(candidates) + 1
        return max(outcomes, key=lambda done: sum(_worth(one)[0] for one in done.applied[known:]))

    def _by_line(self, cart: Cart, stage: Stage) -> None:
        """Give every line to one promotion of the group; all of them are asked before any is applied."""
        till, mode = cart.till, stage.group.mode
        winner: dict[int, tuple[int, int]] = {}
        candidates = self._candidates(cart, stage)
        for place, (_, taken) in enumerate(candidates):
            by_line: dict[int, int] = {}
            for take in taken.takes:
                by_line[till.line[take.group]] = by_line.get(till.line[take.group], 0) + take.off
            for line, off in by_line.items():
                held = winner.get(line)
                better = held is None or (off > held[0] if mode == "best" else off < held[0] and mode == "worst")
                if off and better:
                    winner[line] = (off, place)
        for place, (entry, taken) in enumerate(candidates):
            lines = {line for line, (_, who) in winner.items() if who == place}
            taken.takes = [take for take in taken.takes if till.line[take.group] in lines]
            if taken and all(entry.tolerates(other) for other, _ in cart.applied):
                cart.apply(entry, taken)
        cart.refuse(stage.entries, Refusal("beaten"))


def _worth(one: tuple[Entry, Taken]) -> tuple[int, int]:
    """Return what a promotion is worth to the customer: money, then points."""
    return (one[1].off, one[1].points_earned)
