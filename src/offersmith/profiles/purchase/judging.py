"""Which predictor is taken: the one that foretold the latest stretches best, each from the stretches before it.

Judged by logarithmic loss, a proper score, so that a predictor gains nothing by saying anything but what it believes;
the area under the curve and the calibration stand beside it for people. Several stretches are judged, because one
fortnight before Christmas is not like the next (rolling origin: Tashman 2000). The difference to the best has an
interval over customers (paired bootstrap; a customer's stretches go together).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from offersmith.profiles.purchase.averaged import FittedAverage
from offersmith.profiles.purchase.base import FittedPredictor, Floats, Predictor, Rows, customers
from offersmith.profiles.purchase.learning import together
from offersmith.profiles.purchase.shifted import FittedShifted, moved, shifts, wanted
from offersmith.progress import Progress, silent

JUDGED = 3
"""Stretches that are foretold at most, the latest."""
NONE: Mapping[str, tuple[str, str]] = MappingProxyType({})
DRAWS, LEVEL = 1000, 0.95
SURE = 1e-6
"""No chance is taken to be nearer to 0 or 1: one surprise would outweigh everything."""
_PART = 8192


@dataclass(frozen=True, slots=True)
class Score:
    """How well one predictor foretold the stretches held out.

    Attributes:
        name: of the predictor.
        log_loss: mean logarithmic loss, nats; lower is better.
        auc: area under the curve; None where all bought or nobody did.
        slope: of a logistic recalibration: 1 is well calibrated, less is too sure of itself; None where there is none.
        mean: mean chance over the share that bought: 1 is right on average; None where nobody did.
        worse: log loss beyond that of the best, with its 95 % interval; zeros for the best.
        low: lower end.
        high: upper end.
    """

    name: str
    log_loss: float
    auc: float | None
    slope: float | None
    mean: float | None
    worse: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Competed:
    """The predictor that was taken.

    Attributes:
        name: of it.
        fitted: it, learned from everything.
        scores: of all predictors, on the stretches foretold.
        shift: what is added to its log-odds for the level of the latest stretch; see `shifted`.
    """

    name: str
    fitted: FittedPredictor
    scores: tuple[Score, ...]
    shift: float = 0.0


def compete(
    stretches: Sequence[Rows],
    predictors: Mapping[str, Predictor],
    *,
    seed: int,
    pairs: Mapping[str, tuple[str, str]] = NONE,
    dear: Collection[str] = (),
    progress: Progress = silent,
) -> Competed | None:
    """Let predictors foretell each of the latest stretches from those before it; the one taken learns from all.

    Args:
        stretches: of `learning.rows_before`, the latest first; at least two.
        predictors: by name; of equally good ones the first is taken.
        seed: of the fits and of the bootstrap.
        pairs: further ones, by name: the average of two predictors that are there.
        dear: those that are taken only where they are surely better than all others, since they ask for more.
        progress: told after each fit.

    Returns:
        None where there are fewer than two stretches with customers.
    """
    found = [one for one in stretches if len(one)]
    if len(found) < 2:
        return None
    judged = range(min(JUDGED, len(found) - 1))
    chances: dict[str, list[Floats]] = {name: [] for name in (*predictors, *pairs)}
    done, fits = 0, len(judged) * len(predictors)
    for place in judged:
        earlier, fitted = together(found[place + 1 :]), dict[str, FittedPredictor]()
        for name, one in predictors.items():
            progress("buyers.stage_fit", done, fits)
            fitted[name], done = one.fit(earlier, seed=seed), done + 1
        for name, each in with_pairs(fitted, pairs).items():
            chances[name].append(each.chance(found[place].profiles, found[place].steps))
    progress("buyers.stage_fit", fits, fits)
    held = together([found[place] for place in judged])
    scores = score({name: np.concatenate(each) for name, each in chances.items()}, held, seed=seed)
    taken = _taken(scores, dear)
    everything = together(found)
    parts = pairs.get(taken, (taken,))
    whole = {name: predictors[name].fit(everything, seed=seed) for name in parts}
    winner = with_pairs(whole, {taken: pairs[taken]} if taken in pairs else NONE)[taken]
    shift = _level(chances[taken], [found[place].bought for place in judged])
    return Competed(taken, FittedShifted(winner, shift) if shift else winner, scores, shift)


def _level(chances: Sequence[Floats], bought: Sequence[NDArray[np.bool_]]) -> float:
    """Return the shift of the latest stretch, where taking over that of the stretch before was right before; else 0."""
    earlier = shifts(chances, bought)
    if not earlier:
        return 0.0
    plain = np.concatenate([loss(*one) for one in zip(chances[:-1], bought[:-1], strict=True)])
    taken = [loss(moved(chance, by), told) for chance, told, by in zip(chances[:-1], bought[:-1], earlier, strict=True)]
    return wanted(chances[0], bought[0]) if np.concatenate(taken).mean() < plain.mean() else 0.0


def _taken(scores: Sequence[Score], dear: Collection[str]) -> str:
    best = min(scores, key=lambda one: one.log_loss)
    others = [one for one in scores if one.name not in dear]
    if best.name not in dear or not others:
        return best.name
    cheap = min(others, key=lambda one: one.log_loss)
    return best.name if cheap.low > 0 else cheap.name


def with_pairs(
    fitted: Mapping[str, FittedPredictor], pairs: Mapping[str, tuple[str, str]]
) -> dict[str, FittedPredictor]:
    """Return fitted predictors and the averages of pairs of them."""
    return {**fitted, **{name: FittedAverage(fitted[one], fitted[other]) for name, (one, other) in pairs.items()}}


def score(chances: Mapping[str, Floats], held: Rows, *, seed: int) -> tuple[Score, ...]:
    """Return how well chances foretold what happened, in their order.

    Args:
        chances: by predictor, (n,) each.
        held: whom they are of, and what happened.
        seed: of the bootstrap.
    """
    bought = held.bought
    losses = {name: loss(chance, bought) for name, chance in chances.items()}
    best = min(losses, key=lambda name: float(losses[name].mean()))
    gaps = np.column_stack([one - losses[best] for one in losses.values()])
    ends = np.quantile(_resampled(gaps, customers(held.profiles), seed), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    found = []
    for place, (name, own) in enumerate(losses.items()):
        slope, mean = _calibration(chances[name], bought)
        area = float(roc_auc_score(bought, chances[name])) if 0 < bought.sum() < bought.size else None
        low, high = ends[:, place].tolist()
        found.append(Score(name, float(own.mean()), area, slope, mean, float(gaps[:, place].mean()), low, high))
    return tuple(found)


def _resampled(gaps: Floats, customer: NDArray[np.int64], seed: int) -> Floats:
    """Return (draws, k) means over resampled customers, each as often as a Poisson variable says: no indices drawn."""
    rows = np.bincount(customer).astype(np.float64)
    sums = np.column_stack([np.bincount(customer, one, len(rows)) for one in gaps.T])
    rng, total, weight = np.random.default_rng(seed), np.zeros((DRAWS, gaps.shape[1])), np.zeros(DRAWS)
    for start in range(0, len(sums), _PART):
        times = rng.poisson(1.0, (DRAWS, len(sums[start : start + _PART]))).astype(np.float64)
        total += times @ sums[start : start + _PART]
        weight += times @ rows[start : start + _PART]
    return np.asarray(total / np.maximum(weight, 1.0)[:, None])


def loss(chance: Floats, bought: NDArray[np.bool_]) -> Floats:
    """Return (n,) logarithmic losses, nats."""
    sure = np.clip(chance, SURE, 1 - SURE)
    return np.asarray(-np.where(bought, np.log(sure), np.log1p(-sure)))


def _calibration(chance: Floats, bought: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """Return the slope of a logistic recalibration, and the mean chance over the share that bought."""
    share = float(bought.mean())
    mean = float(chance.mean()) / share if share else None
    odds = logit(np.clip(chance, SURE, 1 - SURE))
    if not 0 < share < 1 or np.ptp(odds) < 1e-9:
        return None, mean
    line = LogisticRegression(C=np.inf, max_iter=500).fit(odds[:, None], bought)
    return float(line.coef_[0, 0]), mean
