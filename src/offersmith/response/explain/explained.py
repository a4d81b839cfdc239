"""Which features an effect comes from, asked of the model that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offersmith.errors import InputError
from offersmith.response.base import Floats
from offersmith.response.explain import logit_parts, plain_parts, shared_parts
from offersmith.response.explain.contributions import Contributions
from offersmith.response.explain.parted import Parted
from offersmith.response.explain.sampled import sampled
from offersmith.response.learners.average import FittedAverage
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.logit import FittedLogit
from offersmith.response.learners.shared import FittedShared
from offersmith.response.linear import steady

BACKGROUND = 500
"""Rows of the background that are used, evenly spaced."""
DRAWS = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    parted: Parted
    method: str
    error: Floats | None = None


def explain(
    fitted: FittedEffects,
    names: Sequence[str],
    x: Floats,
    background: Floats,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Contributions:
    """Take the effects on some customers apart by feature.

    The shared model, the logit and learners made of linear models or LightGBM's trees are taken apart by their own
    parts, an average by its members, any other learner (a support vector machine, a network, trees with more features
    on a path than `leaves.MOST`) by drawn orders (`sampled`).

    Args:
        fitted: the deciding model.
        names: (p,) of the features.
        x: (n, p) customers to explain, finite.
        background: (m, p) customers to compare with, such as everybody who was decided for.
        draws: pairs of orders where they are drawn, at least 2.
        seed: of what is drawn.

    Raises:
        InputError: features that do not fit the names, or are not finite; no background; fewer than two draws.
    """
    for what, table in (("customers", x), ("background", background)):
        if table.ndim != 2 or table.shape[1] != len(names):
            raise InputError(f"{what} of shape {table.shape} for {len(names)} features", field=what)
        wrong = int((~np.isfinite(table)).sum())
        if wrong:
            raise InputError(f"{what}: {wrong} of {table.size} values are not finite", field=what, count=wrong)
    if not len(background):
        raise InputError("background: 0 rows; at least one is needed to compare with", field="background")
    if draws < 2:
        raise InputError(f"draws: {draws}; at least 2 are needed", field="draws")
    usual = background[:: max(1, -(-len(background) // BACKGROUND))]
    with steady():
        found = _explained(fitted, x, usual, draws, seed)
    parted = found.parted
    return Contributions(tuple(names), x, parted.base, parted.values, parted.rest, found.method, found.error)


def _explained(fitted: FittedEffects, x: Floats, background: Floats, draws: int, seed: int) -> _Found:
    if isinstance(fitted, FittedShared):
        return _Found(shared_parts.effects(fitted.model, x, background), "parts")
    if isinstance(fitted, FittedLogit):
        return _Found(logit_parts.effects(fitted, x, background), "parts")
    if isinstance(fitted, FittedAverage):
        return _average([_explained(member, x, background, draws, seed) for member in fitted.members])
    exact = plain_parts.effects(fitted, x, background)
    if exact is not None:
        return _Found(exact, "parts")
    parted, error = sampled(fitted.effects, x, background, draws, seed)
    return _Found(parted, "sampled", error)


def _average(members: list[_Found]) -> _Found:
    share = 1 / len(members)
    parted = members[0].parted.scaled(share)
    for member in members[1:]:
        parted = parted.plus(member.parted.scaled(share))
    errors = [member.error for member in members if member.error is not None]
    error = share * np.sqrt(np.sum([one**2 for one in errors], axis=0)) if errors else None
    return _Found(parted, "sampled" if errors else "parts", error)
