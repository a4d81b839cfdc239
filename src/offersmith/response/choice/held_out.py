"""What every candidate predicts of customers it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from offersmith.progress import Progress, silent
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.candidates import Candidate
from offersmith.response.learners.average import AverageLearner
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.crossing import split
from offersmith.response.trial import Trial

FOLDS = ((3_000, 5), (20_000, 3), (200_000, 5))
"""Folds for so many customers at most; 2 for more. With f folds a candidate is fitted f times on (f - 1) / f of the
rows, and the chosen one once more on all.

Held out, a model of part of the rows is judged, and the one that is shipped has learned from all: the interval is about
a policy a little worse. Few rows need every one of them to learn from; where the interval is wide, a third fewer do not
show in it; from about 20,000 it is narrow enough that they do; and past 200,000 a model hardly gains from more."""
_SALT = 1_000_003
"""Learners split customers by the same rule and seed: with the same folds inside, theirs would be empty."""


def folds_for(customers: int) -> int:
    """Return how many folds so many customers are split into."""
    return next((count for most, count in FOLDS if customers <= most), 2)


def folds_of(trial: Trial, count: int, seed: int) -> Ints:
    """Return (n,) each row's fold; rows of one customer share it."""
    return split(trial.customer, count, seed + _SALT)


def held_out(
    trial: Trial,
    fold: Ints,
    count: int,
    tried: Sequence[Candidate],
    seed: int,
    progress: Progress = silent,
) -> Mapping[str, Floats]:
    """Return, of every candidate that could be fitted, (n, k) effects predicted for customers of other folds.

    Args:
        trial: all rows.
        fold: (n,) of `folds_of`.
        count: of folds.
        tried: who competes; an average takes over members that were fitted before it.
        seed: of the fits.
        progress: told after each fit.
    """
    found = {one.name: np.zeros((len(trial), len(trial.arms))) for one in tried}
    total, done = count * len(tried), 0
    for part in range(count):
        learn, inside = trial.take(np.flatnonzero(fold != part)), np.flatnonzero(fold == part)
        fitted: dict[str, FittedEffects | None] = {}
        for one in tried:
            if one.name in found:
                fitted[one.name] = fit(one, learn, seed, fitted)
                model = fitted[one.name]
                if model is None:
                    del found[one.name]
                else:
                    found[one.name][inside] = model.effects(trial.x[inside])
            done += 1
            progress("choice.stage", done, total)
    return found


def levelled(predicted: Floats, fold: Ints) -> Floats:
    """Return predictions with every fold's mean at that of all.

    Models of different folds disagree on the level by noise that leans against what the fold itself shows: who was
    lucky in one fold raises the others' level. Ranked across folds, even one average for everybody would seem to rank
    them, the wrong way round.

    Args:
        predicted: (n, k) effects.
        fold: (n,) the fold each row was held out in.
    """
    level = predicted.mean(axis=0)
    apart = predicted.copy()
    for part in np.unique(fold):
        apart[fold == part] -= predicted[fold == part].mean(axis=0)
    apart[np.abs(apart) < 1e-12 * max(float(np.abs(predicted).max(initial=0.0)), 1e-300)] = 0.0
    return np.asarray(level + apart)


def fit(
    candidate: Candidate, trial: Trial, seed: int, fitted: Mapping[str, FittedEffects | None]
) -> FittedEffects | None:
    """Fit a candidate, an average from those of its members that are fitted already."""
    learner = candidate.learner
    if isinstance(learner, AverageLearner):
        return learner.joined(
            [
                fitted[member.name] if member.name in fitted else member.fit(trial, seed=seed)
                for member in learner.members
            ]
        )
    return learner.fit(trial, seed=seed)
