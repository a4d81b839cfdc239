"""Uplift at k: by how much the offer changes the mean outcome of the customers ranked first.

A tie at the border is shared: each of the tied customers is counted by the part of them that fits. With distinct
predictions the figures are those of scikit-uplift 0.5.1's `uplift_at_k`. The border itself moves with the sample; its
part in the variance needs the mean outcome of those near it, which is taken over a tenth of the customers around it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from offersmith.errors import InputError
from offersmith.experiments.uplift.figure import Figure, Measured, stated
from offersmith.experiments.uplift.ranked import Bools, Floats, Ranked

Strategy = Literal["overall", "by_group"]
_AROUND = 0.05
"""Half of the window around the border, as a share of the customers."""


def uplift_at_k(
    ranked: Ranked, share: float = 0.3, *, strategy: Strategy = "overall", confidence: float = 0.95
) -> Figure:
    """Return mean outcome of the treated minus that of the controls among the first customers.

    Args:
        ranked: the customers.
        share: of the customers to take, in (0, 1]; rows are rounded down.
        strategy: `overall` ranks all customers together; `by_group` takes the same share of the treated and of the
            controls, each by their own ranking.
        confidence: of the interval.

    Raises:
        InputError: the share is outside (0, 1].
    """
    found, definition = measured_at_k(ranked, share, strategy)
    return stated(found, ranked, "uplift_at_k", definition, confidence, share)


def measured_at_k(ranked: Ranked, share: float, strategy: Strategy) -> tuple[Measured, str]:
    """Return the same before its interval, and the key of its definition."""
    if not 0 < share <= 1:
        raise InputError(f"share: {share} of the customers; above 0 and at most 1 is needed", share=share)
    sides = (ranked.treated, ranked.control)
    everybody = np.ones(len(ranked), dtype=bool)
    means = [_mean(ranked, side, everybody if strategy == "overall" else side > 0, share) for side in sides]
    many = "_many" if ranked.arms > 1 and strategy == "overall" else ""
    top = np.logical_or.reduce([mean.seen for mean in means if mean.seen is not None])
    found = Measured(means[0].value - means[1].value, means[0].influence - means[1].influence, top)
    return found, f"uplift_at_k_{strategy}{many}"


def _mean(ranked: Ranked, weight: Floats, counted: Bools, share: float) -> Measured:
    """Return the weighted mean outcome of the first `share` of the rows that are counted."""
    inside, around = _border(ranked, counted, int(int(counted.sum()) * share))
    taken = weight * inside
    total = float(taken.sum())
    if total <= 0:
        return Measured(float("nan"), np.full(len(ranked), np.nan), taken > 0)
    mean = float(taken @ ranked.outcome) / total
    influence = taken * (ranked.outcome - mean) / total
    if share < 1:
        # A customer more at the top pushes out a part of those at the border, and so does one less below it.
        border = float((weight * around) @ (ranked.outcome - mean)) / max(int(around.sum()), 1) / total
        influence -= counted * (inside - share) * border
    return Measured(mean, influence, taken > 0)


def _border(ranked: Ranked, counted: Bools, rows: int) -> tuple[Floats, Bools]:
    """Return the part of each row among the first `rows` counted, and who is ranked near the last of them."""
    behind = np.cumsum(counted[ranked.order])
    upto = behind[ranked.ends - 1]
    before = np.r_[0, upto[:-1]]
    held = upto - before
    part = np.clip(np.divide(rows - before, held, out=np.zeros(len(held)), where=held > 0), 0, 1)
    group = ranked.group
    reach = max(_AROUND * float(upto[-1]), 1.0)
    near = (before <= rows + reach) & (upto >= rows - reach)
    if ((before < rows) & (upto > rows) & (held > 2 * reach)).any():
        near = (before < rows) & (upto > rows)
    return part[group], near[group] & counted
