"""What the model that decides says of one offer: its expected profit taken apart by the columns it reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.response.base import FittedResponse, Floats
from offersmith.response.boosting import FittedBoosting
from offersmith.response.constant import FittedConstant
from offersmith.response.explain import structural_parts
from offersmith.response.explain.because import SAME_FOR_ALL, STATED_BELIEF
from offersmith.response.explain.explained import explain
from offersmith.response.explain.narrowed import narrowed
from offersmith.response.learned import FittedLearned
from offersmith.response.learners.constant import FittedConstant as OneForAll
from offersmith.response.linear import steady
from offersmith.response.prior import FittedPrior
from offersmith.vocabulary import Offer

_DRAWS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """The profit expected of an offer, taken apart: base + values summed + stated + what belongs to no feature.

    Attributes:
        names: (p,) of the encoder's columns.
        x: (n, p) the customers' values.
        middle: (p,) means of the background.
        base: (n,) what the offer is expected to earn of the background, major units a customer. Gains are held to what
            was measured and losses are not, and so it is for who gains and whole for who loses.
        values: (n, p) what each column adds.
        stated: (n,) what stated beliefs add.
        exact: whether nothing was drawn.
    """

    names: tuple[str, ...]
    x: Floats
    middle: Floats
    base: Floats
    values: Floats
    stated: Floats
    exact: bool


def silent(fitted: FittedResponse, offer: Offer) -> str | None:
    """Return the reason code for which a model has nothing to say of single customers; None where it has."""
    name = offer.offer_id
    if isinstance(fitted, FittedLearned):
        if name not in fitted.belief.arms:
            return STATED_BELIEF
        alike = fitted.belief.kind == "single" or fitted.belief.arms[name].slope == 0
        return SAME_FOR_ALL if alike or isinstance(fitted.learner, OneForAll) else None
    if isinstance(fitted, FittedBoosting):
        return None if name in fitted.fitted.calibration else STATED_BELIEF
    if isinstance(fitted, FittedConstant):
        return SAME_FOR_ALL if name in fitted.averages else STATED_BELIEF
    return STATED_BELIEF if isinstance(fitted, FittedPrior) else SAME_FOR_ALL


def taken(fitted: FittedResponse, offer: Offer, profiles: pa.Table, background: pa.Table) -> Taken:
    """Take the profit expected of an offer apart.

    Args:
        fitted: a model that is not `silent` of it.
        offer: which.
        profiles: n customers.
        background: m to compare with, at least one.
    """
    with steady():
        if isinstance(fitted, FittedBoosting):
            found, stated = structural_parts.profit(fitted, offer, profiles, background)
            encoder = fitted.fitted.encoder
            x, usual = encoder.matrix(profiles), encoder.matrix(background)
            base, values = np.full(len(x), float(found.base[0])), found.values[:, 0]
            return Taken(encoder.names, x, usual.mean(axis=0), base, values, stated, exact=True)
        if isinstance(fitted, FittedLearned):
            return _learned(fitted, offer, profiles, background)
    raise AssertionError(f"{fitted.name} says the same of everybody")


def _learned(fitted: FittedLearned, offer: Offer, profiles: pa.Table, background: pa.Table) -> Taken:
    columns = list(fitted.columns)
    x, usual = (fitted.encoder.matrix(table)[:, columns] for table in (profiles, background))
    names = tuple(fitted.encoder.names[column] for column in columns)
    arm = fitted.arms.index(offer.offer_id)
    alone = narrowed(fitted.learner, arm)
    found = explain(alone or fitted.learner, names, x, usual, draws=_DRAWS)
    place, held = 1 if alone else arm, fitted.belief.arms[offer.offer_id]
    base = held.mean + held.slope * (float(found.base[place]) - held.center)
    values = held.slope * found.values[:, place]
    # A gain is believed in part and a loss whole, so whose loss it is decides how large every part of it is.
    part = fitted.belief.part(base + values.sum(axis=1))
    return Taken(
        names=names,
        x=x,
        middle=usual.mean(axis=0),
        base=part * base,
        values=part[:, None] * values,
        stated=np.zeros(len(x)),
        exact=found.error is None,
    )
