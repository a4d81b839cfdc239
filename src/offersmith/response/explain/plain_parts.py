"""Learners made of linear models and LightGBM's trees, one an arm, taken apart exactly."""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases import FittedBase
from offersmith.response.bases.base import Flat
from offersmith.response.bases.linear import FittedLinear
from offersmith.response.bases.trees import FittedTrees
from offersmith.response.explain.boosters import raw_shares
from offersmith.response.explain.parted import Parted
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.constant import FittedConstant
from offersmith.response.learners.residual import FittedEffect
from offersmith.response.learners.separate import FittedSeparate
from offersmith.response.linear import expit

_CLOSE = 1e-6


def effects(fitted: FittedEffects, x: Floats, background: Floats) -> Parted | None:
    """Return a learner's effects taken apart, or None where its parts cannot be taken apart exactly."""
    if isinstance(fitted, FittedConstant):
        return Parted.constant(np.array(fitted.means), *x.shape)
    if not isinstance(fitted, FittedSeparate | FittedEffect):
        return None
    parts: list[Parted | None] = []
    for model in fitted.models:
        found = None if model is None else _model(model, x, background)
        if model is not None and found is None:
            return None
        parts.append(found)
    control = parts[0] if isinstance(fitted, FittedSeparate) else None
    nothing = Parted.constant(np.zeros(1), *x.shape)
    whole = [nothing if one is None else one.plus(control.scaled(-1.0)) if control else one for one in parts]
    if isinstance(fitted, FittedSeparate):
        whole[0] = nothing
        whole = whole if control else [nothing] * len(whole)
    return Parted(
        np.concatenate([one.base for one in whole]),
        np.concatenate([one.values for one in whole], axis=1),
        np.concatenate([one.rest for one in whole], axis=1),
    )


def _model(model: FittedBase, x: Floats, background: Floats) -> Parted | None:
    """Return one model's prediction taken apart, one arm wide."""
    if isinstance(model, Flat):
        return Parted.constant(np.array([model.value]), *x.shape)
    if isinstance(model, FittedLinear):
        weights = np.array(model.line.weights)
        own, usual = model.scaling.apply(x), model.scaling.apply(background).mean(axis=0)
        base = model.line.intercept + float(usual @ weights)
        raw = Parted(np.array([base]), ((own - usual) * weights)[:, None, :], np.zeros((len(x), 1)))
        return raw.through(expit) if model.kind == "chance" else raw
    if not isinstance(model, FittedTrees):
        return None
    values, base = raw_shares(model.text, x, background)
    raw = Parted(np.array([base]), values[:, None, :], np.zeros((len(x), 1)))
    wanted = model.predict(x)[:, None]
    for found in (raw, raw.through(expit)):
        # Only where the parts are the whole: a forest averages its trees, and what it predicts is another scale.
        if np.allclose(found.total, wanted, rtol=0.0, atol=_CLOSE * (1 + float(np.abs(wanted).max(initial=0.0)))):
            return found
    return None
