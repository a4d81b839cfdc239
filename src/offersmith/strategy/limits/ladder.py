"""A ladder: who is longer with the shop, all else equal, never gets less a head than who is shorter with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from offersmith.strategy.allocation.problem import Limit
from offersmith.strategy.limits.band import MEASURES, group_name
from offersmith.strategy.limits.base import Stated, Text
from offersmith.strategy.limits.ground import Ground, Words, refusal, shown
from offersmith.strategy.limits.groups import Bands, Every, Part, numbers

MOST_ROWS = 100
"""Rows that one ladder may come to: more are no longer prices that somebody reads."""


class Ladder(Stated, frozen=True, kw_only=True):
    """`column` of numbers and `steps`, the edges of its bands: each band gets at least what the band below gets a head.

    With `alike`, columns in which customers are the same: the rule holds within each combination of their values. `of`
    is what is compared: `value`, `cost` or `offers`. A band that nobody is in is passed over; who has no value in one
    of the columns, or has opted out, is in no band.
    """

    kind: ClassVar[str] = "ladder"
    column: Text
    steps: Annotated[tuple[float, ...], Meta(min_length=1)]
    alike: tuple[Text, ...] = ()
    of: Literal["value", "cost", "offers"] = "value"

    def parts(self, words: Words) -> tuple[Part, ...]:
        """Return the bands, and every value of the columns in which customers are alike."""
        if words.column(self.name, self.column) != "numbers":
            allowed = "holds no numbers, so nobody has more of it than somebody else"
            raise refusal(
                words.where,
                self.name,
                "column",
                self.column,
                allowed,
                key="ladder_no_numbers",
                given=shown(self.column),
            )
        if any(low >= high for low, high in pairwise(self.steps)):
            allowed, steps = "each must be more than the one before it", list(self.steps)
            raise refusal(words.where, self.name, "steps", steps, allowed, key="ladder_steps_fall", given=shown(steps))
        for place, name in enumerate(self.alike):
            words.column(self.name, name, "alike")
            if name == self.column or name in self.alike[:place]:
                allowed = "is compared already" if name == self.column else "stands twice"
                key = "ladder_alike_itself" if name == self.column else "ladder_alike_twice"
                raise refusal(words.where, self.name, "alike", name, allowed, key=key, given=shown(name))
        bands = Bands(self.column, self.steps)
        there = np.unique(bands.codes(words.profiles))
        if len(there[there > 0]) < 2:
            held = numbers(words.profiles[self.column])
            ends = {"low": float(np.nanmin(held)), "high": float(np.nanmax(held))} if there.any() else {}
            goes = f"it goes from {ends['low']:g} to {ends['high']:g}" if ends else "it is empty"
            key = "ladder_one_band" if ends else "ladder_empty"
            allowed = f"all customers are in one band of column {self.column!r}, so nothing is to be compared; {goes}"
            steps, facts = list(self.steps), {"given": shown(list(self.steps)), "column": self.column}
            raise refusal(words.where, self.name, "steps", steps, allowed, "", key, **facts, **ends)
        return (bands, *(Every(name) for name in self.alike))

    def by_heads(self) -> bool:
        """Return that it does."""
        return True

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return a row for each two bands of a group next to each other.

        sum of the upper - heads of the upper / heads of the lower x sum of the lower >= 0.
        So one unit of the row is one unit that the upper band gets in all beyond what it must. There is none where
        all customers of a band have opted out.
        """
        heads, asked = ground.groups.heads, ground.groups.asked
        band = np.where(asked, ground.groups.codes[Bands(self.column, self.steps)], 0)
        found: list[Limit] = []
        for name, inside in self._groups(ground):
            there = np.unique(band[inside & (band > 0)])
            for low, high in pairwise(there.tolist()):
                lower, upper = inside & (band == low), inside & (band == high)
                weight = ground.weight({MEASURES[self.of]: 1.0})
                weight[-1] = np.where(upper, 1.0, 0.0) - np.where(lower, heads[upper].sum() / heads[lower].sum(), 0.0)
                found.append(
                    Limit(f"{self.name} ({name}{self._said(low)} → {self._said(high)})", weight, 0.0, at_least=True)
                )
        if not found and asked.all():
            allowed = "no two bands are to be compared: in no combination of these columns are there customers of both"
            alike = list(self.alike)
            raise refusal(
                ground.words.where, self.name, "alike", alike, allowed, key="ladder_no_two", given=shown(alike)
            )
        if len(found) > MOST_ROWS:
            allowed = f"comes to {len(found):,} comparisons of two bands; allowed are {MOST_ROWS}"
            field, value = ("alike", list(self.alike)) if self.alike else ("steps", list(self.steps))
            facts = {"given": shown(value), "found": len(found), "most": MOST_ROWS}
            hint = "name fewer columns or fewer steps"
            raise refusal(ground.words.where, self.name, field, value, allowed, hint, key="ladder_too_many", **facts)
        return tuple(found)

    def _groups(self, ground: Ground) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield what each group of customers who are alike is called, and (C,) its cells; by value."""
        codes = [ground.groups.codes[Every(name)] for name in self.alike]
        if not codes:
            yield "", np.ones(ground.groups.cells, np.bool_)
            return
        values = [Every(name).values(ground.words.profiles) for name in self.alike]
        whole = np.column_stack(codes)
        for each in np.unique(whole[(whole > 0).all(axis=1)], axis=0):
            said = ", ".join(group_name(held[place - 1]) for held, place in zip(values, each.tolist(), strict=True))
            yield f"{said}: ", (whole == each).all(axis=1)

    def _said(self, band: int) -> str:
        low = f"≥{shown(self.steps[band - 2])}" if band > 1 else ""
        high = f"<{shown(self.steps[band - 1])}" if band <= len(self.steps) else ""
        return f"{low} {high}".strip()
