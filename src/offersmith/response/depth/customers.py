"""The profit curve of a single customer, from a model: drawn through the depths that were given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.depth.families import Family
from offersmith.response.depth.pooled import rising
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.shared import FittedShared
from offersmith.response.shared.model import Model, taken
from offersmith.response.trial import Arm

POINTS = 21


@dataclass(frozen=True, slots=True, eq=False)
class CustomerCurves:
    """What a model expects of every depth, customer by customer.

    Attributes:
        depths: (g,) from none to the deepest that was given.
        profit: (n, g) change of the outcome over no offer.
    """

    depths: Floats
    profit: Floats

    @property
    def best(self) -> Floats:
        """(n,) the depth at which each customer's curve peaks; the smallest of equals."""
        return np.asarray(self.depths[np.argmax(self.profit, axis=1)])


def customer_curves(
    fitted: FittedEffects, x: Floats, family: Family, *, points: int = POINTS, rise: bool = True
) -> CustomerCurves:
    """Return the profit curves of (n, p) customers over depths of one family.

    Of the shared model of a sale, the chance to buy and the basket are drawn through their values at the depths given,
    and what a depth takes off is arithmetic; of any other model the effects are drawn through.

    Args:
        fitted: the model.
        x: (n, p) features.
        family: of `families.families`.
        points: of the curve, equally spaced; the depths that were given are added.
        rise: hold each customer's chance to rise with depth, where the model is the shared one. Right unless the data
            speak against it (`SegmentCurve.rising`).
    """
    at = np.array(family.depths)
    depths = np.unique(np.concatenate([np.linspace(0.0, at[-1], points), at]))
    arms = list(family.arms)
    if not isinstance(fitted, FittedShared) or not _of_sale(fitted.model, arms):
        return CustomerCurves(depths, through(at, fitted.effects(x)[:, arms], depths))
    model, expected = fitted.model, fitted.expected(x)
    chance = expected.chance[:, arms]
    if rise:
        chance = rising(chance, np.ones(len(arms)))
    chance, size = through(at, chance, depths), through(at, expected.size[:, arms], depths)
    ratio = model.size.ratio if model.size else np.ones(1)
    offer = model.arms[arms[-1]]
    worth = (model.margin or 0.0) * size
    for place, depth in enumerate(depths.tolist()):
        if depth > 0:
            worth[:, place] -= taken(_at(offer, family, depth), size[:, place], ratio)
    outcome = chance * worth
    return CustomerCurves(depths, outcome - outcome[:, [0]])


def through(at: Floats, values: Floats, grid: Floats) -> Floats:
    """Return (n, g) curves through (n, d) values at increasing points, rising and falling only where the values do.

    Piecewise cubics with slopes after Fritsch & Butland (1984), zero at every peak: no curve is higher between two
    points than at the higher of them.
    """
    gap = np.diff(at)
    rise = np.diff(values, axis=1) / gap
    left, right = rise[:, :-1], rise[:, 1:]
    heavy, light = 2 * gap[1:] + gap[:-1], gap[1:] + 2 * gap[:-1]
    same = left * right > 0
    safe_left, safe_right = np.where(same, left, 1.0), np.where(same, right, 1.0)
    inner = np.where(same, (heavy + light) / (heavy / safe_left + light / safe_right), 0.0)
    slope = np.column_stack([_end(gap, rise), inner, _end(gap[::-1], rise[:, ::-1])])
    place = np.clip(np.searchsorted(at, grid, side="right") - 1, 0, len(gap) - 1)
    width = gap[place]
    t = (grid - at[place]) / width
    return np.asarray(
        values[:, place] * (1 + 2 * t) * (1 - t) ** 2
        + values[:, place + 1] * t**2 * (3 - 2 * t)
        + width * (slope[:, place] * t * (1 - t) ** 2 - slope[:, place + 1] * t**2 * (1 - t))
    )


def _end(gap: Floats, rise: Floats) -> Floats:
    """Return the slopes at the first point: of the parabola through three, held to what keeps the curve's shape."""
    found = ((2 * gap[0] + gap[1]) * rise[:, 0] - gap[0] * rise[:, 1]) / (gap[0] + gap[1])
    found = np.where(found * rise[:, 0] <= 0, 0.0, found)
    turns = (rise[:, 0] * rise[:, 1] < 0) & (np.abs(found) > 3 * np.abs(rise[:, 0]))
    return np.asarray(np.where(turns, 3 * rise[:, 0], found))


def _of_sale(model: Model, arms: list[int]) -> bool:
    """Return whether a model knows what a sale is made of, and every one of some arms."""
    return model.margin is not None and bool(model.known[arms].all())


def _at(offer: Arm, family: Family, depth: float) -> Arm:
    """Return an offer of the family with another depth."""
    if family.unit == "share":
        return Arm(offer.name, offer.kind, depth, offer.fixed, offer.minimum)
    return Arm(offer.name, offer.kind, offer.share, depth, offer.minimum)
