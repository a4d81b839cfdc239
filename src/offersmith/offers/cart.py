"""A pricing under way: the till, what was applied to it, and why the others were not."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.offers.allocation import allocate
from offersmith.offers.base import Refusal, Taken
from offersmith.offers.programme import Entry
from offersmith.offers.till import Till

Why = tuple[Refusal, int | None]
"""A refusal, and the index of the condition it comes from."""

GIVES_NOTHING = Refusal("gives_nothing")


class Cart:
    """The state that choices between promotions branch on; a fork can be priced on without touching the original.

    Attributes:
        till: what is left to pay.
        applied: what was done, in order.
        refused: by index of the promotion, why not.
        locked: line -> the exclusive catalogue offer that has it to itself.
    """

    __slots__ = ("applied", "locked", "refused", "till")

    def __init__(self, till: Till) -> None:
        self.till = till
        self.applied: list[tuple[Entry, Taken]] = []
        self.refused: dict[int, Why] = {}
        self.locked: dict[int, str] = {}

    def fork(self) -> Cart:
        """Return a copy."""
        copy = Cart(self.till.fork())
        copy.applied, copy.refused, copy.locked = self.applied[:], self.refused.copy(), self.locked
        return copy

    def try_on(self, entry: Entry, *, picky: bool) -> Taken | None:
        """Return what a promotion would do now; None, with the reason noted, where it does nothing."""
        for place, ask in entry.unsettled:
            why = ask(self.till)
            if why is not None:
                self.refused[entry.index] = (why, place)
                return None
        if picky:
            for other, _ in self.applied:
                if not entry.tolerates(other):
                    self.refused[entry.index] = (Refusal("not_combinable", {"with": other.name}), None)
                    return None
        taken = entry.action.take(self.till)
        if isinstance(taken, Refusal):
            self.refused[entry.index] = (taken, None)
            return None
        if self.locked and entry.phase == "catalogue":
            by = self._keep_off(taken)
            if by:
                self.refused[entry.index] = (Refusal("exclusive_applied", {"by": by}), None)
                return None
        cap = self.till.context.caps.get(entry.name)
        if cap is not None and taken.off > cap and not _cut(taken, cap):
            self.refused[entry.index] = (Refusal("budget_used_up", {"rest": cap}), None)
            return None
        if not taken:
            self.refused[entry.index] = (GIVES_NOTHING, None)
            return None
        return taken

    def apply(self, entry: Entry, taken: Taken) -> None:
        """Carry a promotion out."""
        till = self.till
        till.take(entry.index, taken.takes)
        for place, off in taken.shipping:
            till.shipping[place] -= off
            till.took_shipping.append((entry.index, place, off))
        till.points -= taken.points_spent
        if entry.phase == "catalogue" and entry.promotion.exclusive:
            self.locked = self.locked | {till.line[take.group]: entry.name for take in taken.takes if take.off}
        self.applied.append((entry, taken))
        self.refused.pop(entry.index, None)

    def _keep_off(self, taken: Taken) -> str:
        """Keep an offer off the locked lines; return who has them where nothing is left of it, else nothing."""
        place = self.till.line
        free = [take for take in taken.takes if place[take.group] not in self.locked]
        held = [take for take in taken.takes if place[take.group] in self.locked]
        taken.takes = free
        return self.locked[place[held[0].group]] if held and not any(take.off for take in free) else ""

    def refuse(self, entries: Sequence[Entry], why: Refusal) -> None:
        """Note one reason for several promotions that have none yet and were not applied."""
        done = {entry.index for entry, _ in self.applied}
        for entry in entries:
            if entry.index not in done:
                self.refused.setdefault(entry.index, (why, None))


def _cut(taken: Taken, cap: int) -> bool:
    """Cut money off goods and deliveries to `cap`; False where that cannot be done: gifts and points paid are whole."""
    if taken.gifts or taken.points_spent or cap <= 0:
        return False
    offs = allocate(cap, [take.off for take in taken.takes] + [off for _, off in taken.shipping])
    taken.takes = [take._replace(off=off) for take, off in zip(taken.takes, offs, strict=False)]
    shares = offs[len(taken.takes) :]
    taken.shipping = [(place, off) for (place, _), off in zip(taken.shipping, shares, strict=True)]
    return True
