"""Learners made of linear models and LightGBM's trees taken apart: one model an arm, one for all arms, or crossed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.bases import FittedBase
from offersmith.response.bases.base import Flat
from offersmith.response.bases.linear import FittedLinear
from offersmith.response.bases.trees import FittedTrees
from offersmith.response.explain.boosters import raw_shares
from offersmith.response.explain.parted import Parted
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.chances import clipped
from offersmith.response.learners.constant import FittedConstant
from offersmith.response.learners.crossed import FittedCrossed
from offersmith.response.learners.residual import FittedEffect
from offersmith.response.learners.separate import FittedSeparate
from offersmith.response.learners.single import FittedSingle
from offersmith.response.linear import expit

_CLOSE = 1e-6


def effects(fitted: FittedEffects, x: Floats, background: Floats) -> Parted | None:
    """Return a learner's effects taken apart, or None where its parts cannot be taken apart exactly."""
    if isinstance(fitted, FittedConstant):
        return Parted.constant(np.array(fitted.means), *x.shape)
    if isinstance(fitted, FittedSeparate):
        return _separate(fitted, x, background)
    if isinstance(fitted, FittedEffect):
        return _side(fitted.models, x, background)
    if isinstance(fitted, FittedCrossed):
        return _crossed(fitted, x, background)
    if isinstance(fitted, FittedSingle):
        return _single(fitted, x, background)
    return None


def _separate(fitted: FittedSeparate, x: Floats, background: Floats) -> Parted | None:
    """Return every arm's outcome less the control's."""
    if fitted.models[0] is None:
        return Parted.constant(np.zeros(len(fitted.models)), *x.shape)
    # An arm of which nothing is known is expected to do as nothing does.
    models = tuple(fitted.models[0] if model is None else model for model in fitted.models)
    found = _side(models, x, background)
    return None if found is None else found.less_first()


def _crossed(fitted: FittedCrossed, x: Floats, background: Floats) -> Parted | None:
    """Return the control's models and the treated's, weighed by the chance of the arm."""
    sides = [_side(models, x, background) for models in (fitted.chance, fitted.control, fitted.treated)]
    chance, control, treated = sides
    if chance is None or control is None or treated is None:
        return None
    chance = chance.through(clipped)
    return chance.times(control).plus(chance.scaled(-1.0).shifted(1.0).times(treated))


def _single(fitted: FittedSingle, x: Floats, background: Floats) -> Parted | None:
    """Return one model's answer for every arm less that for the control."""
    parts = [_model(fitted.model, x, background, code) for code in fitted.codes]
    known = [part for part in parts if part is not None]
    return _beside(known).less_first().scaled(fitted.known) if len(known) == len(parts) else None


def _side(models: Sequence[FittedBase | None], x: Floats, background: Floats) -> Parted | None:
    """Return the predictions of one model an arm, zero without one; None where one cannot be taken apart."""
    nothing = Parted.constant(np.zeros(1), *x.shape)
    parts = [nothing if model is None else _model(model, x, background) for model in models]
    known = [part for part in parts if part is not None]
    return _beside(known) if len(known) == len(parts) else None


def _beside(parts: Sequence[Parted]) -> Parted:
    return Parted(
        np.concatenate([one.base for one in parts]),
        np.concatenate([one.values for one in parts], axis=1),
        np.concatenate([one.rest for one in parts], axis=1),
    )


def _model(model: FittedBase, x: Floats, background: Floats, codes: Floats | None = None) -> Parted | None:
    """Return one model's prediction taken apart, one arm wide; `codes` stand behind the features, for everybody."""
    if isinstance(model, Flat):
        return Parted.constant(np.array([model.value]), *x.shape)
    held = np.zeros(0) if codes is None else codes
    whole, others = (np.column_stack([rows, np.broadcast_to(held, (len(rows), len(held)))]) for rows in (x, background))
    p = x.shape[1]
    if isinstance(model, FittedLinear):
        weights = np.array(model.line.weights)
        own, usual = model.scaling.apply(whole), model.scaling.apply(others).mean(axis=0)
        base = model.line.intercept + float(usual @ weights)
        raw = Parted(np.array([base]), ((own - usual) * weights)[:, None, :p], np.zeros((len(x), 1)))
        return raw.through(expit) if model.kind == "chance" else raw
    if not isinstance(model, FittedTrees):
        return None
    shares = raw_shares(model.text, x, background, fixed=dict(enumerate(held.tolist(), start=p)))
    if shares is None:
        return None
    values, base = shares
    raw = Parted(np.array([base]), values[:, None, :], np.zeros((len(x), 1)))
    wanted = model.predict(whole)[:, None]
    for found in (raw, raw.through(expit)):
        if np.allclose(found.total, wanted, rtol=0.0, atol=_CLOSE * (1 + float(np.abs(wanted).max(initial=0.0)))):
            return found
    return None
