"""Which limits contradict each other, and by how much the least has to give: a proof, from the same dual function.

With values counted as nothing, the dual function of limits that can be kept is nowhere below zero (Farkas' lemma):
prices at which it is are a proof that they cannot, and name the limits that take part. Each is dropped in turn to see
whether the others contradict each other without it, so that what is named is a conflict that ends when any one goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from offersmith.strategy.allocation.planes import Lowest, lowest
from offersmith.strategy.allocation.pricing import take
from offersmith.strategy.allocation.problem import COST, Floats, Instance, Rows
from offersmith.words import Language, say

_LEAST = 1e-9
_MOST = 200
_WHOLE = 1e-6
"""How far from a whole number a count may come out and be one: shares are added up to it."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One limit of a conflict.

    Attributes:
        name: of the limit.
        at_least: a floor; else at most.
        bound: what was asked.
        possible: what it would have to be for all to be kept, together with those of the other rows that have one: the
            smallest change, each in units of its bound and added up, as if offers could be shared out in parts; None
            where it need not give.
        counted: it counts offers given, so that whole bounds are said as whole numbers.
    """

    name: str
    at_least: bool
    bound: float
    possible: float | None = None
    counted: bool = False

    def says(self, language: Language = "en") -> str:
        """Return the limit in words."""
        asked = say(
            f"limits.conflict_{'floor' if self.at_least else 'cap'}",
            language,
            name=self.name,
            at=self._said(self.bound),
        )
        if self.possible is None:
            return asked
        return say("limits.conflict_possible", language, limit=asked, possible=self._said(self.possible))

    def _said(self, figure: float) -> str:
        whole = self.counted and abs(figure - round(figure)) < _WHOLE
        return f"{round(figure):,}" if whole else f"{figure:,.2f}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that no assignment keeps.

    Attributes:
        kind: `contradiction`: proved, even if offers could be shared out in parts, and it ends when any one of the
            rows goes; `whole_offers`: parts of offers would keep them all, whole ones were not found.
        rows: the limits.
    """

    kind: Literal["contradiction", "whole_offers"]
    rows: tuple[Clash, ...]

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Conflict:
        """Return what `as_dict` made plain."""
        return cls(plain["kind"], tuple(Clash(**row) for row in plain["rows"]))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"kind": self.kind, "rows": [asdict(row) for row in self.rows]}

    def says(self, language: Language = "en") -> str:
        """Return a sentence that names limits and figures."""
        if self.kind == "whole_offers":
            names = say("limits.conflict_between", language).join(row.name for row in self.rows)
            return say("limits.conflict_whole_offers", language, names=names)
        rows = say("strategy.and", language).join(row.says(language) for row in self.rows)
        return say("limits.conflict_contradiction", language, rows=rows)

    def __str__(self) -> str:
        return self.says()


def conflict(instance: Instance, rows: Rows) -> Conflict:
    """Return what cannot be kept together."""
    kept = np.arange(len(rows.names))
    found = _lowest(instance, rows, kept)
    if not _proves(found, rows, kept):
        return Conflict("whole_offers", tuple(_clash(rows, row) for row in kept.tolist()))
    kept = kept[found.place > 0]
    for row in kept.tolist():
        others = kept[kept != row]
        if len(others) and _proves(_lowest(instance, rows, others), rows, others):
            kept = others
    found = _lowest(instance, rows, kept)
    drawn = sum(
        weight * rows.usage(take(instance, rows, _all(rows, kept, place), worth=0.0).drawn)
        for weight, place in zip(found.weights, found.places, strict=True)
    )
    return Conflict("contradiction", tuple(_clash(rows, row, float(drawn[row])) for row in kept.tolist()))


def _clash(rows: Rows, row: int, drawn: float | None = None) -> Clash:
    sign, bound = float(rows.sign[row]), float(rows.bound[row])
    far = drawn is not None and drawn > bound + _LEAST * max(1.0, abs(bound))
    counted = not rows.weight[row, COST:].any()
    return Clash(rows.names[row], sign < 0, bound * sign, drawn * sign if far and drawn is not None else None, counted)


def _proves(found: Lowest, rows: Rows, kept: np.ndarray) -> bool:
    scale = float(np.abs(found.place * rows.bound[kept]).sum())
    return found.value < -1e-7 * max(scale, 1e-12)


def _all(rows: Rows, kept: np.ndarray, price: Floats) -> Floats:
    every = np.zeros(len(rows.names))
    every[kept] = price
    return every


def _lowest(instance: Instance, rows: Rows, kept: np.ndarray) -> Lowest:
    """Return where the dual of keeping some limits is lowest, each priced at most one over its size."""
    size = np.maximum(np.abs(rows.bound[kept]), 1.0)

    def ask(price: Floats) -> tuple[float, Floats]:
        every = _all(rows, kept, price)
        taken = take(instance, rows, every, worth=0.0)
        return taken.gain + float(every @ rows.bound), (rows.bound - rows.usage(taken.drawn))[kept]

    return lowest(ask, np.zeros(len(kept)), np.zeros(len(kept)), 1 / size, 1 / size, 1e-6, _MOST)
