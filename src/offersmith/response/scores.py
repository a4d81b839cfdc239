"""Doubly robust scores of every offer in a history, and what they say of a model's predictions.

The propensities are the logged ones where the history knows them; else they are estimated out of fold, campaign by
campaign, and only customers with a fair chance of either (0.1 to 0.9) are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offersmith.experiments.effect import scores
from offersmith.response.base import Bools, Floats, History, Ints, Strings, floats, strings
from offersmith.response.crossfit import crossfit
from offersmith.response.linear import expit, logistic
from offersmith.vocabulary import NO_OFFER

LOW, HIGH = 0.1, 0.9
PENALTY = 50.0
SLOPE_SD = 0.5
"""How far from 1 the slope of a calibration may lie before the data are asked (a belief, not a measurement)."""


@dataclass(frozen=True, slots=True)
class Chances:
    """For every row: the chance of what it was given, and per offer who can be compared with nobody-gets-it.

    Attributes:
        received: (n,) chance of what was given.
        compared: offer -> (n,) whether the row may take part in the comparison of that offer with nothing.
    """

    received: Floats
    compared: dict[str, Bools]


@dataclass(frozen=True, slots=True)
class Measured:
    """The doubly robust effect of one offer: `score` over `rows`, its mean and clustered standard error."""

    rows: Ints
    score: Floats
    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How predicted differences between customers held up: 1 = fully, 0 = not at all; shrunk towards 1."""

    value: float
    sd: float


def chances(history: History, x: Floats, fold: Ints, count: int) -> Chances:
    """Know or estimate who got what with which chance.

    Args:
        history: n rows.
        x: (n, p) encoded features.
        fold: (n,) fold of each customer.
        count: number of folds.
    """
    given = strings(history.table, "offer_id")
    campaign = strings(history.table, "campaign_id")
    offers = sorted(set(given.tolist()) - {NO_OFFER})
    ran = {offer: np.isin(campaign, np.unique(campaign[given == offer])) for offer in offers}
    if history.randomised:
        known = np.clip(floats(history.table, "propensity"), 1e-6, 1.0)
        return Chances(known, ran)
    received = np.ones(len(given))
    compared = {offer: np.zeros(len(given), dtype=np.bool_) for offer in offers}
    for name in sorted(set(campaign.tolist())):
        rows = np.flatnonzero(campaign == name)
        arms = [NO_OFFER, *sorted(set(given[rows].tolist()) - {NO_OFFER})]
        chance = _estimated(x[rows], given[rows], arms, fold[rows], count)
        received[rows] = np.take_along_axis(
            chance, np.array([[arms.index(arm)] for arm in given[rows].tolist()]), axis=1
        )[:, 0]
        for index, offer in enumerate(arms[1:], start=1):
            share = chance[:, index] / (chance[:, index] + chance[:, 0])
            compared[offer][rows] = (share >= LOW) & (share <= HIGH)
    return Chances(np.clip(received, 0.01, 1.0), compared)


def _estimated(x: Floats, given: Strings, arms: list[str], fold: Ints, count: int) -> Floats:
    """Return (n, arms) chances: one logistic model per arm against the rest, out of fold, made to add up to 1."""

    def one(arm: str) -> Callable[[Ints, Ints], Floats]:
        got = (given == arm).astype(np.float64)
        return lambda learn, held: expit(logistic(x[learn], got[learn], PENALTY).predict(x[held]))

    columns = np.column_stack([crossfit(fold, count, one(arm)) for arm in arms])
    return np.asarray(columns / columns.sum(axis=1, keepdims=True))


def measure(
    history: History, chance: Chances, offer: str, outcome: Floats, mu_given: Floats, mu_none: Floats
) -> Measured | None:
    """Score one offer against nothing.

    Args:
        history: n rows.
        chance: of `chances`.
        offer: which.
        outcome: (n,) what happened.
        mu_given: (n,) expected with the offer, out of fold.
        mu_none: (n,) expected with nothing, out of fold.

    Returns:
        None with fewer than 30 rows of either kind to compare.
    """
    given = strings(history.table, "offer_id")
    rows = np.flatnonzero(chance.compared[offer]) if offer in chance.compared else np.zeros(0, dtype=np.int64)
    got, none = given[rows] == offer, given[rows] == NO_OFFER
    if int(got.sum()) < 30 or int(none.sum()) < 30:
        return None
    p = chance.received[rows]
    score = scores(outcome[rows], got, p, mu_given[rows], mu_none[rows], np.where(none, p, np.inf))
    mean = float(score.mean())
    return Measured(rows, score, mean, _clustered(score - mean, strings(history.table, "customer_id")[rows]))


def slope(measured: Measured, predicted: Floats) -> Slope:
    """Regress the scores on what was predicted out of fold; shrink the slope towards 1 by its precision."""
    x = predicted[measured.rows]
    gap = x - x.mean()
    spread = float(np.sum(gap**2))
    if spread <= 1e-12 * max(1.0, float(np.sum(x**2))):
        return Slope(1.0, SLOPE_SD)
    found = float(np.sum(gap * measured.score)) / spread
    rest = measured.score - measured.mean - found * gap
    error = float(np.sqrt(np.sum((gap * rest) ** 2))) / spread
    precision = 1 / max(error, 1e-9) ** 2
    value = (found * precision + 1 / SLOPE_SD**2) / (precision + 1 / SLOPE_SD**2)
    return Slope(float(np.clip(value, 0.0, 2.0)), float((precision + 1 / SLOPE_SD**2) ** -0.5))


def weigh(prior: float, prior_sd: float, found: float | None, spread: float) -> tuple[float, float]:
    """Return mean and spread of a belief after a measurement with a normal error of `spread`.

    A measurement farther from the prior than both spreads explain widens the prior by the excess (a commensurate
    prior, by moments): a wrong belief gives way to data, and little data do not overthrow it.
    """
    if found is None or not np.isfinite(spread):
        return prior, prior_sd
    if prior_sd <= 0:
        return prior, 0.0
    excess = max(0.0, (found - prior) ** 2 - prior_sd**2 - spread**2)
    one, two = 1 / (prior_sd**2 + excess), 1 / max(spread, 1e-12) ** 2
    return (prior * one + found * two) / (one + two), float((one + two) ** -0.5)


def _clustered(gap: Floats, customer: Strings) -> float:
    _, inverse = np.unique(customer, return_inverse=True)
    total = np.bincount(inverse, weights=gap)
    return float(np.sqrt(np.sum(total**2)) / len(gap))
