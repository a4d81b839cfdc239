"""LightGBM's trees taken apart by LightGBM: TreeSHAP (Lundberg, Erion & Lee 2018) as its `pred_contrib`."""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.structural.stacked import library


def raw_shares(text: str, x: Floats, background: Floats, rounds: int = -1) -> tuple[Floats, float]:
    """Return (n, p) shares of the raw score of trees kept as text, and its mean over the background.

    LightGBM compares with the rows the trees were grown on; the shares are moved so that they average zero over the
    background, and still add up.

    Args:
        text: LightGBM's own.
        x: (n, p) features.
        background: (m, p) features.
        rounds: trees used; -1 = all.
    """
    trees = library().Booster(model_str=text)
    own, usual = (
        np.asarray(trees.predict(rows, pred_contrib=True, num_iteration=rounds, num_threads=1), dtype=np.float64)
        for rows in (x, background)
    )
    mean = usual.mean(axis=0)
    return own[:, :-1] - mean[:-1], float(mean.sum())
