"""The gain as more customers are treated, the area between it and a random order, and each customer's part in it.

With the first customers of a ranking treated, the gain per customer of all is
`share treated x (mean outcome of the treated among them - mean outcome of the controls among them)`. How the share is
counted makes the two classic curves: by treated customers it is Radcliffe's (2007) Qini curve, by all customers the
uplift curve (Devriendt, Guns & Verbeke 2020, "separate, absolute"). Means are weighted by the inverse of the chance
(Hajek); with equal chances the weights cancel and the curves are those of scikit-uplift 0.5.1, divided by the treated
customers (Qini) or by all (uplift).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from offersmith.experiments.uplift.figure import Measured
from offersmith.experiments.uplift.ranked import Ranked

Floats = NDArray[np.float64]
Kind = Literal["qini", "uplift"]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a gain curve.

    Attributes:
        kind: how the share treated is counted.
        share: of customers treated, from 0 to 1.
        gain: per customer of all, in the outcome's unit; the last is the effect of treating everybody.
    """

    kind: Kind
    share: tuple[float, ...]
    gain: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"kind": self.kind, "share": list(self.share), "gain": list(self.gain)}


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the best groups, one value a group: share of customers, weights and weighted outcomes of both kinds."""

    share: Floats
    treated: Floats
    control: Floats
    gained: Floats
    lost: Floats

    def difference(self) -> Floats:
        return _over(self.gained, self.treated) - _over(self.lost, self.control)


def _over(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _sums(ranked: Ranked) -> _Sums:
    rows, last, outcome = ranked.order, ranked.ends - 1, _levelled(ranked)

    def cumulative(values: Floats) -> Floats:
        return np.asarray(np.cumsum(values[rows])[last])

    return _Sums(
        ranked.ends / len(rows),
        cumulative(ranked.treated),
        cumulative(ranked.control),
        cumulative(ranked.treated * outcome),
        cumulative(ranked.control * outcome),
    )


def _levelled(ranked: Ranked) -> Floats:
    """Return the outcomes from where an empty group's mean is put.

    Until both groups have been met the difference is not known. For zeros and ones an empty group counts as 0, as in
    scikit-uplift; for amounts that would make a gain of a whole basket, so it counts as the mean of all.
    """
    return ranked.outcome if ranked.binary else ranked.outcome - ranked.outcome.mean()


def curve(ranked: Ranked, kind: Kind, points: int = 0) -> Curve:
    """Return the gain curve.

    Args:
        ranked: the customers.
        kind: `qini` or `uplift`.
        points: read it at so many equal steps (straight between groups); 0 = one point for each different prediction.
    """
    sums = _sums(ranked)
    share = sums.treated / sums.treated[-1] if kind == "qini" else sums.share
    x, gain = np.r_[0.0, sums.share], np.r_[0.0, share * sums.difference()]
    if points:
        steps = np.linspace(0, 1, points + 1)
        x, gain = steps, np.interp(steps, x, gain)
    return Curve(kind, tuple(x.tolist()), tuple(gain.tolist()))


def area(ranked: Ranked, kind: Kind) -> Measured:
    """Return the area between the curve and the straight line to its end, with each row's influence on it."""
    sums, outcome = _sums(ranked), _levelled(ranked)
    total = float(sums.treated[-1])
    share = sums.treated / total if kind == "qini" else sums.share
    gap = sums.difference()
    gain = np.r_[0.0, share * gap]
    x = np.r_[0.0, sums.share]
    value = float(np.diff(x) @ (gain[1:] + gain[:-1]) - gain[-1]) / 2
    by_gain = np.r_[x[2:] - x[:-2], -x[-2]] / 2
    by_x = np.r_[gain[:-2] - gain[2:], 0.0] / 2
    by_treated = -by_gain * _over(share * _over(sums.gained, sums.treated), sums.treated)
    by_total = 0.0
    if kind == "qini":
        by_treated += by_gain * gap / total
        by_total = -float(by_gain @ gain[1:]) / total
    else:
        by_x += by_gain * gap
    group = ranked.group

    def behind(slope: Floats) -> Floats:
        """Give each row the slopes of all the sums it is part of."""
        return np.asarray(np.cumsum(slope[::-1])[::-1][group])

    influence = ranked.treated * (
        outcome * behind(by_gain * _over(share, sums.treated)) + behind(by_treated) + by_total
    )
    influence += ranked.control * (
        behind(by_gain * _over(share * _over(sums.lost, sums.control), sums.control))
        - outcome * behind(by_gain * _over(share, sums.control))
    )
    influence += (behind(by_x) - float(by_x @ sums.share)) / len(ranked)
    return Measured(value, influence)
