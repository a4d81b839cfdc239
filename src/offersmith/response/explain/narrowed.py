"""A learner as if it knew only nothing and one other arm: what is asked of one arm need not be paid for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.learners.average import FittedAverage
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.baskets import Baskets
from offersmith.response.learners.constant import FittedConstant
from offersmith.response.learners.crossed import FittedCrossed
from offersmith.response.learners.interacted import Interacted
from offersmith.response.learners.logit import FittedLogit
from offersmith.response.learners.residual import FittedEffect
from offersmith.response.learners.separate import FittedSeparate
from offersmith.response.learners.shared import FittedShared
from offersmith.response.learners.single import FittedSingle
from offersmith.response.shared.part import Part


def narrowed(fitted: FittedEffects, arm: int) -> FittedEffects | None:
    """Return a learner of two arms, nothing and one other, with the same effect; None of a learner of another kind."""
    if isinstance(fitted, FittedAverage):
        members = [narrowed(member, arm) for member in fitted.members]
        known = tuple(member for member in members if member is not None)
        return replace(fitted, members=known) if len(known) == len(members) else None
    if isinstance(fitted, FittedShared):
        return _shared(fitted, arm)
    if isinstance(fitted, FittedLogit):
        return replace(
            fitted,
            chance=_weights(fitted.chance, arm),
            mean=_weights(fitted.mean, arm),
            baskets=_baskets(fitted.baskets, arm),
            known=_two(fitted.known, arm),
        )
    if isinstance(fitted, FittedSeparate | FittedEffect):
        return replace(fitted, models=(fitted.models[0], fitted.models[arm]))
    if isinstance(fitted, FittedCrossed):
        treated, control, chance = (
            (models[0], models[arm]) for models in (fitted.treated, fitted.control, fitted.chance)
        )
        return replace(fitted, treated=treated, control=control, chance=chance)
    if isinstance(fitted, FittedSingle):
        return replace(fitted, codes=_two(fitted.codes, arm), known=_two(fitted.known, arm))
    if isinstance(fitted, FittedConstant):
        return replace(fitted, means=(fitted.means[0], fitted.means[arm]))
    return None


def _two(values: Floats, arm: int) -> Floats:
    return np.ascontiguousarray(values[[0, arm]])


def _weights(part: Interacted | None, arm: int) -> Interacted | None:
    return None if part is None else replace(part, weights=_two(part.weights, arm))


def _baskets(part: Baskets | None, arm: int) -> Baskets | None:
    if part is None:
        return None
    return replace(
        part, size=replace(part.size, weights=_two(part.size.weights, arm)), arms=(part.arms[0], part.arms[arm])
    )


def _shared(fitted: FittedShared, arm: int) -> FittedShared:
    model = fitted.model
    size = model.size
    if size is not None and size.part is not None:
        size = replace(size, part=_part(size.part, arm))
    chance = None if model.chance is None else _part(model.chance, arm)
    arms = (model.arms[0], model.arms[arm])
    return replace(fitted, model=replace(model, arms=arms, chance=chance, size=size, known=_two(model.known, arm)))


def _part(part: Part, arm: int) -> Part:
    trees = tuple(replace(one, value=np.ascontiguousarray(one.value[:, :, [0, arm]])) for one in part.trees)
    weights = tuple(_two(weight, arm) for weight in part.weights)
    return replace(part, weights=weights, trees=trees, more=_two(part.more, arm))
