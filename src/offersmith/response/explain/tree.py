"""A policy tree as a value: conditions, what is given where they hold, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from offersmith.response.base import Floats, Ints

Sign = Literal["<=", ">"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One feature on one side of a value."""

    feature: str
    sign: Sign
    value: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"feature": self.feature, "sign": self.sign, "value": self.value}


@dataclass(frozen=True, slots=True)
class Leaf:
    """What customers get for whom all conditions hold.

    Attributes:
        conditions: from the root down; two on the same side of one feature are one.
        arm: what they get.
        rows: held-out customers.
        share: of all held-out customers.
        value: what the arm changes a customer of the leaf, by held-out scores; NaN where there is none.
    """

    conditions: tuple[Condition, ...]
    arm: str
    rows: int
    share: float
    value: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "conditions": [condition.as_dict() for condition in self.conditions],
            "arm": self.arm,
            "rows": self.rows,
            "share": self.share,
            "value": None if np.isnan(self.value) else self.value,
        }


@dataclass(frozen=True, slots=True)
class Node:
    """A split, or what is given where there is none.

    Attributes:
        arm: what is given; -1 at a split.
        feature: number of the feature that is split; -1 in a leaf.
        threshold: the left side is `<=`.
        left: the left side.
        right: the right side.
    """

    arm: int
    feature: int = -1
    threshold: float = 0.0
    left: Node | None = None
    right: Node | None = None

    def leaves(
        self, path: tuple[tuple[int, Sign, float], ...] = ()
    ) -> list[tuple[tuple[tuple[int, Sign, float], ...], int]]:
        """Return the conditions and the arm of every leaf, left to right."""
        if self.left is None or self.right is None:
            return [(path, self.arm)]
        return [
            *self.left.leaves((*path, (self.feature, "<=", self.threshold))),
            *self.right.leaves((*path, (self.feature, ">", self.threshold))),
        ]

    def decide(self, x: Floats) -> Ints:
        """Return (n,) the arm that each of (n, p) customers gets."""
        given = np.array([arm for _, arm in self.leaves()], dtype=np.int64)
        return np.asarray(given[self.leaf(x)])

    def leaf(self, x: Floats) -> Ints:
        """Return (n,) the number of the leaf, left to right, that each of (n, p) customers is in."""
        if self.left is None or self.right is None:
            return np.zeros(len(x), dtype=np.int64)
        goes = x[:, self.feature] <= self.threshold
        found = np.zeros(len(x), dtype=np.int64)
        found[goes] = self.left.leaf(x[goes])
        found[~goes] = self.right.leaf(x[~goes]) + len(self.left.leaves())
        return found


@dataclass(frozen=True, slots=True)
class PolicyTree:
    """A policy in sentences, and what it is worth on customers it was not learned on.

    Attributes:
        root: the tree.
        names: (p,) of the features.
        arms: (k,) names of the arms.
        leaves: left to right.
        rows: held-out customers.
        value: change of the outcome a customer over giving nobody anything.
        low: lower end of its 95 % interval; None where it is withheld.
        high: upper end, likewise.
        loss: what the full policy earns more, a customer; NaN where no full policy was given.
        loss_low: lower end of its interval; None where it is withheld or no full policy was given.
        loss_high: upper end, likewise.
        reason: code of `catalogue/experiments.toml` for which the value's interval is withheld, else empty.
        loss_reason: likewise of the loss; a tree and a policy may differ in too few customers.
    """

    root: Node
    names: tuple[str, ...]
    arms: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    rows: int
    value: float
    low: float | None
    high: float | None
    loss: float
    loss_low: float | None
    loss_high: float | None
    reason: str = ""
    loss_reason: str = ""

    def decide(self, x: Floats) -> Ints:
        """Return (n,) the arm that each of (n, p) customers gets."""
        return self.root.decide(x)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "leaves": [leaf.as_dict() for leaf in self.leaves],
            "rows": self.rows,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "loss": None if np.isnan(self.loss) else self.loss,
            "loss_low": self.loss_low,
            "loss_high": self.loss_high,
            "reason": self.reason,
            "loss_reason": self.loss_reason,
        }
