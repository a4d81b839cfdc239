"""Fairness: what each group of a column gets a head lies within a share of the mean over all."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from offersmith.strategy.allocation.problem import COST, COUNT, VALUE, Limit
from offersmith.strategy.limits.base import Share, Stated, Text
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import Every, Part, Value

MOST_GROUPS = 50
MEASURES = {"value": VALUE, "cost": COST, "offers": COUNT}
"""What a group may get, as the allocation counts it."""


class Band(Stated, frozen=True, kw_only=True):
    """`column`, `within` a share, and what is compared: `of` is `value`, `cost` or `offers`.

    Customers without a value of the column are in no group, but in the mean; who has opted out is in neither.
    """

    kind: ClassVar[str] = "band"
    column: Text
    within: Share
    of: Literal["value", "cost", "offers"] = "value"

    def parts(self, words: Words) -> tuple[Part, ...]:
        """Return every value of the column."""
        words.column(self.name, self.column)
        part = Every(self.column)
        many = len(part.values(words.profiles))
        if not 1 <= many <= MOST_GROUPS:
            allowed = f"has {many:,} different values; allowed are 1 to {MOST_GROUPS} groups"
            raise refusal(words.where, self.name, "column", self.column, allowed)
        return (part,)

    def by_heads(self) -> bool:
        """Return that it does."""
        return True

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return two rows a group: benefit of the group -+ (1 +- within) x its share of heads x benefit of all."""
        part, groups = Every(self.column), ground.groups
        found: list[Limit] = []
        everybody = groups.heads[groups.asked].sum()
        for place, value in enumerate(part.values(ground.words.profiles), start=1):
            mine = groups.asked & (groups.codes[part] == place)
            if not mine.any():
                continue
            heads = float(groups.heads[mine].sum() / everybody)
            name = f"{self.name} ({group_name(value)})"
            for sign, far in (("≥", 1 - self.within), ("≤", 1 + self.within)):
                weight = ground.weight({MEASURES[self.of]: 1.0})
                weight[-1] = np.where(groups.asked, np.where(mine, 1.0, 0.0) - far * heads, 0.0)
                found.append(Limit(f"{name} {sign}", weight, 0.0, at_least=sign == "≥"))
        return tuple(found)


def group_name(value: Value) -> str:
    """Return what the group that has a value of a column is called."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
