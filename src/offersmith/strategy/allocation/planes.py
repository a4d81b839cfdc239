"""The smallest value of a convex function in a box, from its values and gradients: cutting planes in a trust region.

Every gradient gives a plane below the function; the lowest point of all planes near the best place so far is tried
next (Kelley 1960; with a trust region: Linderoth and Wright 2003). What the planes say at the end is a lower bound, and
the weights of the planes there mix what was drawn at each into what keeps all limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from offersmith.strategy.allocation.problem import Floats

Oracle = Callable[[Floats], tuple[float, Floats]]
_GOOD, _POOR = 0.3, 0.1
_KEPT = 60
"""Planes beyond so many for each dimension are forgotten, those that matter least first."""


@dataclass(frozen=True, slots=True, eq=False)
class Lowest:
    """Where a function is lowest.

    Attributes:
        place: (R,) found.
        value: there.
        bound: the function is nowhere in the box lower.
        tried: how often it was asked.
        places: (J, R) where the planes that matter were taken.
        weights: (J,) of those, adding up to one.
    """

    place: Floats
    value: float
    bound: float
    tried: int
    places: Floats
    weights: Floats


def lowest(
    oracle: Oracle,
    start: Floats,
    low: Floats,
    high: Floats,
    reach: Floats,
    tolerance: float,
    most: int = 400,
    least: float = -np.inf,
) -> Lowest:
    """Return the lowest place.

    Args:
        oracle: value and gradient at a place.
        start: (R,) first place.
        low: (R,) of the box.
        high: (R,) of the box; may be infinite.
        reach: (R,) how far the first step may go.
        tolerance: relative to the value: how far above the bound the result may be.
        most: how often the oracle may be asked.
        least: a value that shows enough: the search ends below it.
    """
    centre = np.clip(start, low, high)
    value, slope = oracle(centre)
    if not len(centre):
        return Lowest(centre, value, value, 1, centre[None, :], np.ones(1))
    places, values, slopes = [centre], [value], [slope]
    radius, tried = 1.0, 1
    bound, weights = -np.inf, np.ones(1)
    while tried < most and value >= least:
        near, far = np.maximum(low, centre - radius * reach), np.minimum(high, centre + radius * reach)
        step, model, weights = _model(np.array(places), np.array(values), np.array(slopes), near, far)
        if step is None:
            break
        held = np.any((step <= near) & (near > low) | (step >= far) & (far < high))
        hoped, small = value - model, tolerance * max(abs(value), 1e-300)
        if not held:
            bound = max(bound, model)
        if hoped <= small:
            if not held:
                break
            radius *= 8.0
            if radius > 1e9:
                break
            continue
        found, slope = oracle(step)
        tried += 1
        places.append(step)
        values.append(found)
        slopes.append(slope)
        gained = value - found
        if gained >= _POOR * hoped:
            centre, value = step, found
            radius *= 2.0 if held and gained >= _GOOD * hoped else 1.0
        elif gained < 0:
            radius *= 0.5 if -gained > hoped else 0.8
        if len(places) > _KEPT * (len(start) + 1):
            kept = _nearest(places, values, slopes, centre)
            places, slopes = [places[j] for j in kept], [slopes[j] for j in kept]
            values, weights = [values[j] for j in kept], np.append(weights, 0.0)[kept]
    order = np.flatnonzero(weights[: len(places)] > 1e-9)
    some = weights[order] / weights[order].sum() if len(order) else np.ones(1)
    where = np.array(places)[order] if len(order) else centre[None, :]
    return Lowest(centre, value, bound, tried, where, some)


def _nearest(places: list[Floats], values: list[float], slopes: list[Floats], centre: Floats) -> list[int]:
    """Return the half of the planes that are highest at the centre, in their order: the others hardly hold it down."""
    there = np.array(values) + np.einsum("jr,jr->j", np.array(slopes), centre - np.array(places))
    kept: list[int] = np.sort(np.argsort(-there)[: len(places) // 2]).tolist()
    return kept


def _model(
    places: Floats, values: Floats, slopes: Floats, near: Floats, far: Floats
) -> tuple[Floats | None, float, Floats]:
    """Return the lowest point of the planes in a box, how low it is, and the weights of the planes."""
    size = places.shape[1]
    scale = np.maximum(far - near, 1e-300)
    shift = values - np.einsum("jr,jr->j", slopes, places - near)
    top = float(values.min())
    unit = max(float(np.abs(shift - top).max()), float(np.abs(slopes * scale).max()), 1e-300)
    left = np.column_stack([slopes * scale / unit, -np.ones(len(places))])
    solved = linprog(
        np.append(np.zeros(size), 1.0), A_ub=left, b_ub=-(shift - top) / unit,
        bounds=[(0.0, 1.0)] * size + [(None, None)], method="highs-ds",
    )  # fmt: skip
    if solved.x is None:
        return None, -np.inf, np.ones(len(places))
    model = top + unit * float(solved.x[size])
    return near + scale * solved.x[:size], model, np.maximum(-solved.ineqlin.marginals, 0.0)
