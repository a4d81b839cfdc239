"""Whether those who were given something can be compared with those who were not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Balance:
    """One feature's standardised mean difference, treated minus control, before and after weighting."""

    feature: str
    before: float
    after: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"feature": self.feature, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far the two groups share the same kind of customers.

    Attributes:
        edges: borders of the histogram's bins of the chance of being treated, from 0 to 1.
        treated: customers per bin who were treated.
        control: customers per bin who were not.
        kept: share of all customers whose chance lies within `[low, high]`.
        low: lower bound of the chances that are compared.
        high: upper bound.
        ess_treated: effective sample size of the treated after weighting (Kish).
        ess_control: of the controls.
        balance: features, most different first.
    """

    edges: tuple[float, ...]
    treated: tuple[int, ...]
    control: tuple[int, ...]
    kept: float
    low: float
    high: float
    ess_treated: float
    ess_control: float
    balance: tuple[Balance, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain: dict[str, Any] = {
            name: getattr(self, name) for name in ("kept", "low", "high", "ess_treated", "ess_control")
        }
        plain |= {name: list(getattr(self, name)) for name in ("edges", "treated", "control")}
        return plain | {"balance": [line.as_dict() for line in self.balance]}


def effective_size(weight: Floats) -> float:
    """Return the size of an unweighted sample that is as precise: (sum w)^2 / sum w^2 (Kish 1965)."""
    total = float(np.sum(weight**2))
    return float(np.sum(weight)) ** 2 / total if total > 0 else 0.0


def difference(x: Floats, treated: Bools, weight: Floats) -> Floats:
    """Return each column's weighted mean difference over the pooled standard deviation (unweighted, as usual)."""
    means, spreads = [], []
    for group in (treated, ~treated):
        share = weight[group] / max(float(weight[group].sum()), 1e-300)
        means.append(share @ x[group])
        spreads.append(x[group].var(axis=0) if group.any() else np.zeros(x.shape[1]))
    spread = np.sqrt((spreads[0] + spreads[1]) / 2)
    return np.asarray(np.where(spread > 0, (means[0] - means[1]) / np.where(spread > 0, spread, 1.0), 0.0))


def overlap(
    x: Floats,
    names: Sequence[str],
    treated: Bools,
    propensity: Floats,
    *,
    low: float = 0.1,
    high: float = 0.9,
    bins: int = 20,
) -> Overlap:
    """Describe the overlap of two groups.

    Args:
        x: (n, p) features without missing values.
        names: (p,) their names.
        treated: (n,) who was treated.
        propensity: (n,) estimated or known chance of being treated.
        low: customers with a smaller chance are not compared (0.1: the rule of thumb of Crump et al. 2009).
        high: customers with a larger chance are not compared.
        bins: of the histogram.
    """
    edges = np.linspace(0, 1, bins + 1)
    inside = (propensity >= low) & (propensity <= high)
    weight = np.where(treated, 1 / np.maximum(propensity, 1e-9), 1 / np.maximum(1 - propensity, 1e-9)) * inside
    before = difference(x, treated, np.ones(len(treated)))
    after = difference(x, treated, weight)
    order = np.argsort(-np.abs(before), kind="stable")
    return Overlap(
        edges=tuple(float(edge) for edge in edges),
        treated=tuple(int(n) for n in np.histogram(propensity[treated], edges)[0]),
        control=tuple(int(n) for n in np.histogram(propensity[~treated], edges)[0]),
        kept=float(inside.mean()) if len(inside) else 0.0,
        low=low,
        high=high,
        ess_treated=effective_size(weight[treated]),
        ess_control=effective_size(weight[~treated]),
        balance=tuple(Balance(names[i], float(before[i]), float(after[i])) for i in order),
    )
