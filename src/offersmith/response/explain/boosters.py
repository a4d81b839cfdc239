"""LightGBM's trees taken apart by feature, with columns that belong to no feature held as they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.explain.leaves import leaves
from offersmith.response.explain.parted import Parted
from offersmith.response.structural.stacked import Stacked


def raw_shares(
    text: str, x: Floats, background: Floats, rounds: int = -1, fixed: Mapping[int, float] | None = None
) -> tuple[Floats, float] | None:
    """Return (n, p) Shapley values of the raw score of trees kept as text, and its mean over the background.

    None of trees too deep to be taken apart (`leaves.MOST`).

    Args:
        text: LightGBM's own.
        x: (n, p) features.
        background: (m, p) features.
        rounds: trees used; -1 = all.
        fixed: column -> value of columns after the p features, the same for everybody, such as an offer's codes.
    """
    return leaves(text, rounds, tuple(sorted((fixed or {}).items()))).shares(x, background)


def stacked(model: Stacked, x: Floats, background: Floats, codes: Floats | None = None) -> Parted:
    """Return the raw values of a linear model with trees on top taken apart, one arm wide.

    Args:
        model: of p features and q codes.
        x: (n, p) features.
        background: (m, p) features.
        codes: (q,) behind the features, the same for everybody; they belong to no feature.
    """
    p = x.shape[1]
    weights, held = np.array(model.base.weights), np.zeros(0) if codes is None else codes
    mean = background.mean(axis=0)
    values = (x - mean) * weights[:p]
    base = model.base.intercept + float(mean @ weights[:p]) + float(held @ weights[p:])
    if model.rounds:
        found = raw_shares(model.trees, x, background, model.rounds, dict(enumerate(held.tolist(), start=p)))
        if found is None:
            raise AssertionError("a stacked tree has 7 leaves, so at most 6 features on a path")
        values, base = values + found[0], base + found[1]
    return Parted(np.array([base]), values[:, None, :], np.zeros((len(x), 1)))
