"""An offer as numbers: what all offers share, what those of one kind share, how deep they are, and what is their own.

An effect is a sum over codes; a code that several arms have lets them borrow from each other (partial pooling, Gelman &
Hill 2007). Which codes matter is found by the data, not stated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.trial import Arm


def codes(arms: Sequence[Arm]) -> Floats:
    """Return (k, m) codes of the arms; the control, which is first, is all zeros.

    Columns: given anything; for every kind with several arms, being of it and the depth relative to the kind's mean
    (of the share, or of the fixed amount where no arm has a share); one for every arm.
    """
    k = len(arms)
    paid = np.arange(k) > 0
    columns = [paid.astype(np.float64)] if k > 2 else []
    for kind in sorted({arm.kind for arm in arms[1:] if arm.kind}):
        inside = np.array([arm.kind == kind for arm in arms]) & paid
        if inside.sum() < 2:
            continue
        if inside.sum() < k - 1:
            columns.append(inside.astype(np.float64))
        depth = np.array([arm.share for arm in arms])
        if not np.any(depth[inside] > 0):
            depth = np.array([arm.fixed for arm in arms])
        if np.ptp(depth[inside]) > 0:
            columns.append(np.where(inside, depth / depth[inside].mean(), 0.0))
    own = np.eye(k)[:, 1:]
    return np.column_stack([*columns, own]) if k > 1 else np.zeros((k, 0))


def centred(code: Floats, shares: Floats) -> Floats:
    """Return the codes less their mean over the arms as they were given.

    What is left of a level that ignores the offer is then no longer mixed with what the offers do on average, which
    is the idea of the partialling-out of Robinson (1988).
    """
    return np.asarray(code - shares @ code)


def kernel(code: Floats, shares: Floats, spread: float) -> Floats:
    """Return (k, k) the prior covariance of an arm effect in a leaf: every code alike, and half of it in the level."""
    mixed = centred(code, shares)
    k = len(code)
    return np.asarray(spread**2 * (mixed @ mixed.T + 0.25 * np.ones((k, k))) + 1e-5 * spread**2 * np.eye(k))
