"""What an offer in sets takes off: so many pieces bought, or so much spent, for so many pieces given.

`buy_get` and `cheapest_off` are both this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offersmith.offers import price
from offersmith.offers.base import Refusal, Taken
from offersmith.offers.basket import Line
from offersmith.offers.items import Items
from offersmith.offers.kinds import cap
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.kinds.sets import Chosen, choose, loose
from offersmith.offers.till import Take, Till


@dataclass(frozen=True, slots=True)
class Sets:
    """An action: bought and given pieces, set by set.

    Attributes:
        buy: what may be bought.
        need: pieces bought in a set; 0 = `spend` counts.
        spend: minor units spent for a set.
        get: what may be given.
        given: pieces given in a set.
        cut: what is taken off each of them.
        times: sets at most.
        max_get: pieces given in all at most.
        dearest: whether the dearest of what is left is given.
        uses_bought: whether a bought piece is used up.
        gift: a piece to add; None = the pieces are in the basket.
        most: minor units off at most.
    """

    buy: Items
    need: int
    spend: int | None
    get: Items
    given: int
    cut: Cut
    times: int | None = None
    max_get: int | None = None
    dearest: bool = False
    uses_bought: bool = True
    gift: Line | None = None
    most: int | None = None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        sets, short = self.times, {}
        if self.spend is not None:
            due = sum(till.left[group] for group in self.buy.groups(till))
            if due < self.spend:
                return price.below(due, self.spend)
            sets = due // self.spend if sets is None else min(sets, due // self.spend)
            short = {"spend_more": self.spend * (due // self.spend + 1) - due}
        chosen = self._chosen(till, sets)
        if not chosen.sets:
            return self._refused(till, chosen)
        bought = [Take(group, 0, pieces, uses=True) for group, pieces in chosen.bought] if self.uses_bought else []
        hint = self._hint(chosen, short)
        if self.gift is not None:
            added = chosen.sets * self.given if self.max_get is None else min(chosen.sets * self.given, self.max_get)
            gift = self.gift
            line = Line(gift.product_id, added, gift.unit_price, gift.category, cost=gift.cost)
            return Taken(bought, gifts=[line], hint=hint)
        # Given pieces come first: of a group that has both, they are the cheaper ones that `Till.take` splits off.
        takes = [
            Take(group, self.cut.off_group(till, group, pieces), pieces, uses=True) for group, pieces in chosen.given
        ]
        return Taken(cap.capped(takes, self.most) + bought, hint=hint)

    def _chosen(self, till: Till, sets: int | None) -> Chosen:
        """Return the sets the pieces allow, at most `sets`."""
        buy = loose(till, self.buy) if self.need else []
        get, given = ([], 0) if self.gift else (loose(till, self.get), self.given)
        if self.gift and self.max_get is not None:
            most = -(-self.max_get // self.given)
            sets = most if sets is None else min(sets, most)
        if self.uses_bought or not self.need:
            return choose(till, buy, get, (self.need, given), (sets, self.max_get), dearest=self.dearest)
        have = sum(till.count[group] for group in buy)
        sets = have // self.need if sets is None else min(sets, have // self.need)
        chosen = choose(till, [], get, (0, given), (sets, self.max_get), dearest=self.dearest)
        return chosen._replace(missing=max(chosen.missing, self.need * (chosen.sets + 1) - have))

    def _hint(self, chosen: Chosen, short: Mapping[str, int]) -> Mapping[str, int]:
        """Return what would make one set more; nothing where the offer's own limits forbid it or nobody is near."""
        full = self.max_get is not None and chosen.sets * self.given >= self.max_get
        if full or (self.times is not None and chosen.sets >= self.times):
            return {}
        near = 0 < chosen.missing < (self.need + self.given if self.spend is None else chosen.missing + 1)
        return {**short, "add_more": chosen.missing} if near else short

    def _refused(self, till: Till, chosen: Chosen) -> Refusal:
        hint = {"add_more": chosen.missing}
        least = self.need + (0 if self.gift else self.given)
        if not loose(till, self.buy if self.need else self.get) and chosen.missing >= least:
            return Refusal("no_matching_items", {}, hint)
        return Refusal("too_few_items", {"least": least, "is": max(0, least - chosen.missing)}, hint)
