"""Which model of repeat buying is taken: the one that, learned up to a cut, foretold best what came after it.

Judged by the error of all purchases after the cut and, where that is level, of each customer's; never by what a model
learned from. Whoever is no person (`profiles.apart`) is left out before: one reseller who buys daily pulls every
parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Counts, FittedLifetime, Floats, Lifetime


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


def choose(models: Mapping[str, Lifetime], before: Counts, came: Floats, ahead: float, whole: Counts) -> Chosen:
    """Let models learn up to a cut and foretell what came after it; the best learns from everything.

    Args:
        models: by name.
        before: counts as of the cut, of whom is to be learned.
        came: (n,) purchases of the same customers within `ahead` after it.
        ahead: how long was waited.
        whole: counts as of now, of whom is to be learned.

    Raises:
        InputError: nobody came back before now.
    """
    told, fits = list[Foretold](), dict[str, FittedLifetime]()
    for name, model in models.items():
        try:
            fits[name] = model.fit(before)
        except InputError:
            break
        expected = fits[name].expected(before, ahead)
        total = float((before.weight * expected).sum() / max((before.weight * came).sum(), 1.0) - 1)
        each = float(np.average(np.abs(expected - came), weights=before.weight))
        told.append(Foretold(name, total, each, fits[name].log_likelihood))
    taken = min(told, key=lambda one: (round(abs(one.total), 2), one.each)).name if told else next(iter(models))
    return Chosen(models[taken].fit(whole), tuple(told))
