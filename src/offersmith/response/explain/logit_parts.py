"""Logistic regression with arm x feature terms taken apart: a line per arm, a curve of it, a product of two."""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.explain.parted import Parted
from offersmith.response.explain.sales import worth
from offersmith.response.learners.baskets import Baskets
from offersmith.response.learners.interacted import Interacted
from offersmith.response.learners.logit import FittedLogit
from offersmith.response.linear import expit


def effects(fitted: FittedLogit, x: Floats, background: Floats) -> Parted:
    """Return every arm's effect on (n, p) customers, taken apart against (m, p) others."""
    found = Parted.constant(np.ones(len(fitted.known)), *x.shape)
    for part in (fitted.chance, fitted.mean):
        if part is not None:
            found = found.times(_line(part, x, background))
    if fitted.baskets is not None:
        found = found.times(_sale(fitted.baskets, x, background))
    return found.less_first().scaled(fitted.known)


def _line(part: Interacted, x: Floats, background: Floats) -> Parted:
    own, usual = part.scaling.apply(x), part.scaling.apply(background).mean(axis=0)
    slopes = part.weights[:, 1:]
    values = (own - usual)[:, None, :] * slopes[None]
    raw = Parted(part.weights[:, 0] + slopes @ usual, values, np.zeros(values.shape[:2]))
    return raw.through(expit) if part.kind == "chance" else raw


def _sale(baskets: Baskets, x: Floats, background: Floats) -> Parted:
    size = _line(baskets.size, x, background)
    if baskets.smear > 0:
        size = size.through(lambda raw: baskets.smear * np.exp(raw))
    size = size.held(np.maximum(size.total, baskets.lowest))
    return worth(baskets.arms, baskets.margin, baskets.spread, size)
