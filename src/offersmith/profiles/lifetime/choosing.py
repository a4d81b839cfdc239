"""Which model of repeat buying is taken: the one that, learned up to a cut, foretold best what came after it.

Judged by the error of all purchases after the cut and, where that is level, of each customer's; never by what a model
learned from. Customers who are unlike all others are flagged and kept out of the fits: one reseller who buys daily
pulls every parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Counts, FittedLifetime, Floats, Lifetime

FAR = 8.0
"""Robust standard deviations of the logarithm of purchases beyond which a customer is no private person's."""
LEAST_SPREAD = 0.5
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Foretold:
    """How well one model foretold what came after a cut.

    Attributes:
        name: of the model.
        total: purchases foretold over those that came, less 1; 0 is right.
        each: mean absolute error of a customer's purchases.
        log_likelihood: of what it learned from, for the reader.
    """

    name: str
    total: float
    each: float
    log_likelihood: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The model that was taken, learned from everything, and how all of them did."""

    fitted: FittedLifetime
    foretold: tuple[Foretold, ...]


def unlike(counts: Counts) -> NDArray[np.bool_]:
    """Return (n,) who bought so often that they are no private customer: a reseller, a bot, a till's own card."""
    logs = np.log1p(counts.frequency)
    back = counts.frequency > 0
    if not back.any():
        return np.zeros(len(counts), np.bool_)
    middle = float(np.median(logs[back]))
    spread = max(_NORMAL * float(np.median(np.abs(logs[back] - middle))), LEAST_SPREAD)
    return np.asarray(logs > middle + FAR * spread)


def choose(models: Mapping[str, Lifetime], before: Counts, came: Floats, ahead: float, whole: Counts) -> Chosen:
    """Let models learn up to a cut and foretell what came after it; the best learns from everything.

    Args:
        models: by name.
        before: counts as of the cut.
        came: (n,) purchases of the same customers within `ahead` after it.
        ahead: how long was waited.
        whole: counts as of now.

    Raises:
        InputError: nobody came back before now.
    """
    kept = ~unlike(before)
    known = Counts(before.frequency[kept], before.recency[kept], before.age[kept], before.weight[kept])
    came, told, fits = came[kept], list[Foretold](), dict[str, FittedLifetime]()
    learned = ~unlike(whole)
    everybody = Counts(whole.frequency[learned], whole.recency[learned], whole.age[learned], whole.weight[learned])
    for name, model in models.items():
        try:
            fits[name] = model.fit(known)
        except InputError:
            break
        expected = fits[name].expected(known, ahead)
        total = float((known.weight * expected).sum() / max((known.weight * came).sum(), 1.0) - 1)
        each = float(np.average(np.abs(expected - came), weights=known.weight))
        told.append(Foretold(name, total, each, fits[name].log_likelihood))
    taken = min(told, key=lambda one: (round(abs(one.total), 2), one.each)).name if told else next(iter(models))
    return Chosen(models[taken].fit(everybody), tuple(told))
