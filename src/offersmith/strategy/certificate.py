"""What an assignment proves of itself: the use of every row, and how far from the best it can be at most."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Row:
    """One limit after the assignment.

    Attributes:
        name: of the constraint, e.g. `budget`.
        bound: what may be used.
        usage: what is used, summed in float64 with compensation.
        price: the row's dual price: what one more unit of it would add to the value.
        at_least: a floor: at least `bound` is to be used.
    """

    name: str
    bound: float
    usage: float
    price: float
    at_least: bool = False

    @property
    def slack(self) -> float:
        """What is left before the bound: not negative where the row is kept."""
        return self.usage - self.bound if self.at_least else self.bound - self.usage

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return {**asdict(self), "slack": self.slack}

    def __str__(self) -> str:
        return f"{self.name}: {self.usage:,.2f} of {self.bound:,.2f}, price {self.price:.4f}"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The proof that comes with an assignment.

    Any prices that are not negative give an upper bound on the value of every assignment within the rows (weak
    duality), so nobody has to trust the search: `gap` says how much better another assignment could be at most.

    Attributes:
        value: of the assignment.
        dual_bound: no assignment within the rows is worth more.
        gap: (dual_bound - value) / dual_bound; 0 where the bound is 0.
        rows: the use and the price of every row.
        integral: every customer gets exactly one offer or none.
        customers: how many were decided.
        offers: how many paying offers there were.
    """

    value: float
    dual_bound: float
    gap: float
    rows: tuple[Row, ...]
    integral: bool
    customers: int
    offers: int

    @property
    def shortfall(self) -> float:
        """How much more another assignment could be worth at most."""
        return self.dual_bound - self.value

    def as_dict(self) -> dict[str, Any]:
        """Return the certificate as plain values; no gap where a share of nothing would say nothing."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        said = None if self.dual_bound <= 0 < self.shortfall else self.gap
        return {**plain, "gap": said, "shortfall": self.shortfall, "rows": [row.as_dict() for row in self.rows]}

    def __str__(self) -> str:
        rows = "; ".join(str(row) for row in self.rows)
        return f"value {self.value:,.2f} of at most {self.dual_bound:,.2f} (gap {self.gap:.1e}); {rows}"


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which offer each customer gets.

    Attributes:
        choice: int16, shape (n,): index of the offer, -1 for none.
        certificate: its proof.
    """

    choice: NDArray[np.int16]
    certificate: Certificate

    def as_dict(self) -> dict[str, Any]:
        """Return the counts and the certificate as plain values (the choices themselves are an array)."""
        found, counts = np.unique(self.choice, return_counts=True)
        return {
            "counts": {int(k): int(c) for k, c in zip(found, counts, strict=True)},
            "certificate": self.certificate.as_dict(),
        }
