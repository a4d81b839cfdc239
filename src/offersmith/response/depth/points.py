"""Profit curves over depth as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["share", "amount"]


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """What one depth earns.

    Attributes:
        depth: share of the basket or amount taken off; 0 = no offer.
        arm: its name.
        rows: customers in the segment who were given it.
        profit: change of the outcome over no offer a customer, doubly robust.
        low: lower end of its 95 % interval; None where it is withheld.
        high: upper end, likewise.
        pooled: the profit once chances to buy are held to rise with depth; equal to `profit` where they rise anyway or
            the data speak against it.
        chance: doubly robust chance to buy; None where the trial does not say who bought.
        expected: the change that the model expects on the same customers.
        reason: why the interval is withheld (key of `catalogue/experiments.toml`), else empty.
    """

    depth: float
    arm: str
    rows: int
    profit: float
    low: float | None
    high: float | None
    pooled: float
    chance: float | None
    expected: float
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class SegmentCurve:
    """The profit curve of some customers.

    Attributes:
        segment: its name; empty = everybody; the arm expected to be best where `DepthCurve.by` is `expected`.
        rows: customers in it.
        points: in the order of depth, no offer first.
        best: depth with the highest pooled profit; None where an interval is withheld.
        close: depths that cannot be told from the best one; the truly best is among them in 95 of 100 cases. Empty
            where an interval is withheld.
        rising: p-value of "chances to buy rise with depth"; None where the trial does not say who bought.
    """

    segment: str
    rows: int
    points: tuple[DepthPoint, ...]
    best: float | None
    close: tuple[float, ...]
    rising: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "segment": self.segment,
            "rows": self.rows,
            "points": [point.as_dict() for point in self.points],
            "best": self.best,
            "close": list(self.close),
            "rising": self.rising,
        }


@dataclass(frozen=True, slots=True)
class DepthCurve:
    """The profit curves of offers that differ in depth only.

    Attributes:
        kind: of the arms.
        unit: of depth: `share` of a basket or `amount` in major units.
        minimum: smallest basket the offers ask for, major units.
        whole: the curve of everybody.
        segments: of every segment.
        by: `given` segments, or `expected`: customers by the arm of the family that the model expects to be best.
    """

    kind: str
    unit: Unit
    minimum: float
    whole: SegmentCurve
    segments: tuple[SegmentCurve, ...] = ()
    by: Literal["given", "expected"] = "given"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; those of everybody stand beside `kind`."""
        whole = self.whole.as_dict()
        del whole["segment"]
        return {
            "kind": self.kind,
            "unit": self.unit,
            "minimum": self.minimum,
            "by": self.by,
            **whole,
            "segments": [curve.as_dict() for curve in self.segments],
        }
