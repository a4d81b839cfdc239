"""P(accepts | customer, offer): every classifier tuned by cross-validation and judged on customers held out.

This says what customers like, not what an offer changes: who would have bought anyway accepts most gladly of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from offersmith.experiments.classification import Classified, best_threshold, classified
from offersmith.response.base import Floats, Ints
from offersmith.response.bases import Base, FittedBase
from offersmith.response.crossfit import crossfit
from offersmith.response.learners.crossing import split
from offersmith.response.preference.classifiers import CLASSIFIERS, available

_LEAST = 100
"""Rows, and a tenth of it of either answer, below which nothing is learned."""
_HELD = 10
"""Customers are in tenths; the first three are held out."""
_HELD_OUT = 3
_SEARCHED = 30_000
"""Rows the settings are searched on at most; whole customers are left out beyond."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One classifier under its best settings.

    Attributes:
        name: key of `CLASSIFIERS`.
        settings: the best of its grid.
        losses: cross-validated log loss of every setting of the grid, in its order.
        figures: on held-out customers, at the threshold with the best F1 out of fold on the others.
    """

    name: str
    settings: Mapping[str, Any]
    losses: tuple[float, ...]
    figures: Classified

    @property
    def loss(self) -> float:
        """Cross-validated log loss of the best settings: what classifiers are chosen by."""
        return min(self.losses)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "settings": dict(self.settings),
            "losses": list(self.losses),
            "loss": self.loss,
            "figures": self.figures.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class PreferenceChosen:
    """The classifier with the least cross-validated log loss, fitted on everybody.

    Attributes:
        name: key of `CLASSIFIERS`.
        threshold: the chance from which on a yes gave the best F1 out of fold.
        model: the fitted classifier.
        tried: all of them, the chosen first, then by rising loss. Their figures are of fits on seven tenths of the
            customers: they say how good the way of fitting is, and the model handed out has seen more.
        customers: (learned from, held out) for the figures.
    """

    name: str
    threshold: float
    model: FittedBase
    tried: tuple[Tried, ...]
    customers: tuple[int, int]

    def predict(self, x: Floats, offer_codes: Floats) -> Floats:
        """Return (n,) chances that each row's customer accepts each row's offer.

        Args:
            x: (n, p) features.
            offer_codes: (n, q) what the offer is.
        """
        return self.model.predict(np.column_stack([x, offer_codes]))

    def as_dict(self) -> dict[str, Any]:
        """Return the table of figures as plain values."""
        return {
            "chosen": self.name,
            "threshold": self.threshold,
            "customers": {"learned_from": self.customers[0], "held_out": self.customers[1]},
            "tried": [one.as_dict() for one in self.tried],
        }

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and plain values `load_model` makes the fitted classifier from."""
        files, plain = self.model.save()
        return files, {"name": self.name, "threshold": self.threshold, "model": plain}


def load_model(files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:
    """Make a saved classifier again; its columns are the features, then the offer's codes."""
    return CLASSIFIERS[plain["name"]][0].load(files, plain["model"])


def choose_classifier(
    x: Floats,
    offer_codes: Floats,
    accepted: Floats,
    customer: Ints,
    *,
    seed: int,
    classifiers: Mapping[str, tuple[Base, ...]] | None = None,
    folds: int = 3,
    repeats: int = 200,
) -> PreferenceChosen | None:
    """Tune, judge and choose.

    Args:
        x: (n, p) features as of the decision.
        offer_codes: (n, q) codes of the offer that was given: its kind and terms, never what came of it.
        accepted: (n,) 1 where the offer was used, else 0.
        customer: (n,) number of the customer; one customer's rows stay together in every split.
        seed: of folds, models and intervals.
        classifiers: name -> settings to try; None = all that can be trained here.
        folds: of the cross-validation.
        repeats: bootstrap draws per interval.

    Returns:
        None with under 100 rows, or under 10 of either answer.
    """
    answers = accepted.astype(np.float64)
    if len(answers) < _LEAST or min(answers.sum(), len(answers) - answers.sum()) < _LEAST / 10:
        return None
    order = np.lexsort((answers, customer))
    rows, answers, who = np.column_stack([x, offer_codes])[order], answers[order], customer[order]
    aside = split(who, _HELD, seed) < _HELD_OUT
    learn, held = np.flatnonzero(~aside), np.flatnonzero(aside)
    tried, found = [], {}
    for name, grid in (available() if classifiers is None else classifiers).items():
        losses, base, threshold = _search(grid, rows[learn], answers[learn], who[learn], folds, seed)
        chance = base.fit("chance", rows[learn], answers[learn], seed=seed).predict(rows[held])
        figures = classified(
            answers[held], chance, threshold=threshold, generator=np.random.default_rng(seed), customer=who[held],
            repeats=repeats,
        )  # fmt: skip
        tried.append(Tried(name, asdict(base), losses, figures))  # type: ignore[call-overload]
        found[name] = (base, threshold)
    tried.sort(key=lambda one: one.loss)
    base, threshold = found[tried[0].name]
    model = base.fit("chance", rows, answers, seed=seed)
    sizes = (len(np.unique(who[learn])), len(np.unique(who[held])))
    return PreferenceChosen(tried[0].name, threshold, model, tuple(tried), sizes)


def _search(
    grid: tuple[Base, ...], x: Floats, y: Floats, customer: Ints, folds: int, seed: int
) -> tuple[tuple[float, ...], Base, float]:
    """Return the log loss of every setting, the best one, and the threshold its out-of-fold chances ask for."""
    part = max(1, -(-len(y) // _SEARCHED))
    rows = np.flatnonzero(split(customer, part, seed + 1) == 0)
    x, y, fold = x[rows], y[rows], split(customer[rows], folds, seed + 2)
    chances = [_out_of_fold(base, x, y, fold, folds, seed) for base in grid]
    losses = tuple(_log_loss(chance, y) for chance in chances)
    best = int(np.argmin(losses))
    return losses, grid[best], best_threshold(y, chances[best])


def _out_of_fold(base: Base, x: Floats, y: Floats, fold: Ints, folds: int, seed: int) -> Floats:
    def part(learn: Ints, held: Ints) -> Floats:
        return base.fit("chance", x[learn], y[learn], seed=seed).predict(x[held])

    return crossfit(fold, folds, part)


def _log_loss(chance: Floats, y: Floats) -> float:
    safe = np.clip(chance, 1e-9, 1 - 1e-9)
    return float(-np.mean(y * np.log(safe) + (1 - y) * np.log1p(-safe)))
