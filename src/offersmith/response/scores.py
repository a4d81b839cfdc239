"""Doubly robust scores of one offer against nothing: the one comparison behind effects, evidence and estimates.

Campaign by campaign, with nuisance functions from other customers than those they are applied to. Chances are the
logged ones where the history knows them: then everybody is compared who could have got either, but for those with so
small a chance that they would add more noise than they are worth (`steadiest`). Else they are estimated, and only
customers with a fair chance of either (0.1 to 0.9) are compared. Where those are worth fewer than `MIN_EFFECTIVE`
equally weighted customers on either side, the data do not support a comparison and none is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.experiments.effect import Effect, effect, scores
from offersmith.experiments.overlap import effective_size
from offersmith.response.base import Bools, Floats, History, Ints, Strings, floats, strings
from offersmith.response.crossfit import crossfit, folds
from offersmith.response.encode import Encoder
from offersmith.response.linear import expit, least_squares, logistic
from offersmith.response.logged import chance_of
from offersmith.vocabulary import NO_OFFER

LOW, HIGH = 0.1, 0.9
MIN_EFFECTIVE = 50.0
"""Effective customers (Kish 1965) that either side of a comparison needs: below, a few of them decide the answer."""
SAMPLE = 50_000
"""Customers at most from whom overlap is judged before anything is learned."""
PENALTY = 10.0
SLOPE_SD = 0.5
"""How far from 1 the slope of a calibration may lie before the data are asked (a belief, not a measurement)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison of an offer with nothing.

    Attributes:
        effect: what it found; None with too few of either kind.
        rows: which rows of the table it looked at.
        treated: of those, who got the offer.
        chance: of those, the chance of it.
        x: their encoded features.
        names: of the columns of `x`.
        inside: which of those were compared.
        score: the scores of those inside.
        pair: who got the offer or nothing, of those looked at.
        toward: the chance of the offer for who gets it or nothing; NaN where that is not known.
        bounds: chances between which customers are compared.
    """

    effect: Effect | None
    rows: Ints
    treated: Bools
    chance: Floats
    x: Floats
    names: tuple[str, ...]
    inside: Bools
    score: Floats
    pair: Bools
    toward: Floats
    bounds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The average effect of one offer over its campaigns.

    Attributes:
        rows: rows of the history that were compared.
        score: their doubly robust scores.
        weight: adding up to 1; every campaign by its precision.
        mean: the weighted mean of the scores, which is that of the campaigns' effects.
        standard_error: of `mean`; a customer of several campaigns counts once.
        logged: whether all of it was decided by lot, with chances that were written down.
    """

    rows: Ints
    score: Floats
    weight: Floats
    mean: float
    standard_error: float
    logged: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """What a comparison could rest on.

    Attributes:
        compared: customers with a fair chance of both.
        treated: how many equally weighted customers those who got the offer are worth (Kish 1965).
        controls: those who got nothing.
    """

    compared: int
    treated: float
    controls: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How predicted differences between customers held up: 1 = fully, 0 = not at all; shrunk towards 1."""

    value: float
    sd: float


def compare(
    table: pa.Table, features: Sequence[str], offer: str, outcome: Floats, *, count: int, seed: int
) -> Compared:
    """Compare those who got an offer with those who got nothing.

    Args:
        table: customers of one campaign: customer_id, offer_id, features, and `propensity` where it is logged.
        features: names of the feature columns.
        offer: which.
        outcome: (n,) what they did.
        count: number of folds.
        seed: of the folds.
    """
    design = _design(table, features, offer, count, seed)
    arm, chance, x, fold = design.arm, design.chance, design.x, design.fold
    y, treated, none = outcome[design.rows], arm == offer, arm == NO_OFFER
    means = [_mean(x, y, group, fold, count) for group in (treated, none)]
    low, high = design.bounds
    found = effect(y, treated, chance, *means, control=none, p_control=design.other, low=low, high=high)
    if found is not None and min(found.ess_treated, found.ess_control) < MIN_EFFECTIVE:
        found = None
    inside = design.inside
    one, two = means[0][inside], means[1][inside]
    score = scores(y[inside], treated[inside], chance[inside], one, two, design.other[inside])
    return Compared(
        effect=found,
        rows=design.rows,
        treated=treated,
        chance=chance,
        x=x,
        names=design.names,
        inside=inside,
        score=score,
        pair=treated | none,
        toward=design.toward,
        bounds=design.bounds,
    )


def support(table: pa.Table, features: Sequence[str], offer: str, count: int, seed: int = 0) -> Support:
    """Return what a comparison of an offer with nothing would rest on, judged by a part of a large campaign.

    Args:
        table: customers of one campaign, as `compare` takes them.
        features: names of the feature columns.
        offer: which.
        count: number of folds.
        seed: of the folds.
    """
    step = -(-table.num_rows // SAMPLE) or 1
    part = table.take(pa.array(np.arange(0, table.num_rows, step)))
    design = _design(part, features, offer, count, seed)
    groups = ((design.arm == offer, design.chance), (design.arm == NO_OFFER, design.other))
    treated, controls = (effective_size(1 / chance[group & design.inside]) for group, chance in groups)
    return Support(step * int(design.inside.sum()), step * treated, step * controls)


@dataclass(frozen=True, slots=True)
class _Design:
    """Which customers are compared, what they got and with which chance.

    Attributes:
        rows: rows of the table.
        arm: what they were given.
        chance: of the offer; where chances are logged, of what was given.
        other: of nothing; infinite for who got neither.
        x: encoded features.
        names: of its columns.
        fold: of each.
        bounds: chances between which they are compared.
        toward: chance of the offer for who gets it or nothing.
    """

    rows: Ints
    arm: Strings
    chance: Floats
    other: Floats
    x: Floats
    names: tuple[str, ...]
    fold: Ints
    bounds: tuple[float, float]
    toward: Floats

    @property
    def inside(self) -> Bools:
        return np.asarray((self.chance >= self.bounds[0]) & (self.chance <= self.bounds[1]))


def _design(table: pa.Table, features: Sequence[str], offer: str, count: int, seed: int) -> _Design:
    given, logged = strings(table, "offer_id"), _logged(table)
    rows = np.flatnonzero(np.isin(given, [offer, NO_OFFER]) if logged is None else _possible(table, logged, offer))
    part, arm = table.take(pa.array(rows)), given[rows]
    encoder = Encoder.learn(part, features)
    x = encoder.matrix(part)
    fold = folds(strings(part, "customer_id"), count, seed) if len(rows) else np.zeros(0, dtype=np.int64)
    if logged is None:
        chance = _estimated(x, arm == offer, fold, count)
        return _Design(rows, arm, chance, 1 - chance, x, encoder.names, fold, (LOW, HIGH), chance)
    chance, other = logged[rows], np.where(arm == NO_OFFER, logged[rows], np.inf)
    toward = _toward(part, offer)
    return _Design(rows, arm, chance, other, x, encoder.names, fold, (0.0, 1.0), toward)


def _toward(table: pa.Table, offer: str) -> Floats:
    if "chances" not in table.column_names:
        return np.full(table.num_rows, np.nan)
    one, none = (chance_of(table.column("chances"), arm) for arm in (offer, NO_OFFER))
    return np.asarray(one / np.where(one + none > 0, one + none, np.nan))


def measure(history: History, offer: str, outcome: Floats, seed: int) -> Measured | None:
    """Return the precision-weighted mean of an offer's effects in all campaigns; None where none can be measured.

    Where one of them was decided by lot, only those that were: to mix in what selection bends would bend the mean.

    Args:
        history: n rows.
        offer: which.
        outcome: (n,) what happened.
        seed: of the folds.
    """
    campaign, given = strings(history.table, "campaign_id"), strings(history.table, "offer_id")
    rows: list[Ints] = []
    scored: list[Floats] = []
    weights: list[Floats] = []
    compared = []
    for name in sorted(set(campaign[given == offer].tolist())):
        block = np.flatnonzero(campaign == name)
        part = history.table.take(pa.array(block))
        found = compare(part, history.features, offer, outcome[block], count=history.folds, seed=seed)
        if found.effect is not None:
            compared.append((block, found, _logged(part) is not None))
    by_lot = any(logged for _, _, logged in compared)
    for block, found, logged in compared:
        if found.effect is not None and logged == by_lot:
            rows.append(block[found.rows[found.inside]])
            scored.append(found.score)
            precision = 1 / max(found.effect.standard_error, 1e-9) ** 2
            weights.append(np.full(len(found.score), precision / len(found.score)))
    if not rows:
        return None
    where, score, weight = np.concatenate(rows), np.concatenate(scored), np.concatenate(weights)
    weight = weight / weight.sum()
    mean = float(weight @ score)
    error = _clustered(weight * (score - mean), strings(history.table, "customer_id")[where])
    return Measured(where, score, weight, mean, error, by_lot)


def slope(measured: Measured, predicted: Floats) -> Slope:
    """Regress the scores on what was predicted out of fold; shrink the slope towards 1 by its precision."""
    x, weight = predicted[measured.rows], measured.weight
    gap = x - weight @ x
    spread = float(weight @ gap**2)
    if spread <= 1e-12 * max(1e-12, float(weight @ x**2)):
        return Slope(1.0, SLOPE_SD)
    found = float(weight @ (gap * measured.score)) / spread
    rest = measured.score - measured.mean - found * gap
    error = float(np.sqrt(np.sum((weight * gap * rest) ** 2))) / spread
    precision = 1 / max(error, 1e-9) ** 2
    value = (found * precision + 1 / SLOPE_SD**2) / (precision + 1 / SLOPE_SD**2)
    return Slope(float(np.clip(value, 0.0, 2.0)), float((precision + 1 / SLOPE_SD**2) ** -0.5))


def _logged(table: pa.Table) -> Floats | None:
    if "propensity" not in table.column_names or table.column("propensity").null_count:
        return None
    return np.clip(floats(table, "propensity"), 1e-6, 1.0)


def steadiest(variance: Floats) -> Bools:
    """Return over which customers an average is known best: who adds more noise than they are worth is left out.

    The error of a mean over the m least noisy is the sum of their variances over m squared; the m with the smallest is
    taken (Crump, Hotz, Imbens & Mitnik 2009). Where all are alike, all are.

    Args:
        variance: (n,) of each customer's score but for a factor, such as 1/p of the arms compared; from what was known
            before the lot alone.
    """
    order = np.argsort(variance, kind="stable")
    error = np.cumsum(variance[order]) / np.arange(1, len(order) + 1) ** 2.0
    kept = np.zeros(len(order), dtype=np.bool_)
    if len(order):
        # Of equal customers all are kept or none: the sorting must not decide.
        kept = variance <= variance[order[int(np.argmin(error))]] * (1 + 1e-9)
    return np.asarray(kept)


def _possible(table: pa.Table, own: Floats, offer: str) -> Bools:
    """Return who could have got the offer and could have got nothing, with chances that tell; see `steadiest`.

    Who had one choice alone had no lot. Where only the chance of what was given is known, nothing more can be asked.
    """
    possible = own < 1 - 1e-9
    if "chances" not in table.column_names:
        return np.asarray(possible)
    both = [chance_of(table.column("chances"), arm) for arm in (offer, NO_OFFER)]
    possible &= ~((both[0] <= 0) | (both[1] <= 0))
    known = np.flatnonzero(possible & np.isfinite(both[0]))
    possible[known] = steadiest(1 / both[0][known] + 1 / both[1][known])
    return np.asarray(possible)


def _estimated(x: Floats, treated: Bools, fold: Ints, count: int) -> Floats:
    got = treated.astype(np.float64)

    def chance(learn: Ints, held: Ints) -> Floats:
        return expit(logistic(x[learn], got[learn], PENALTY).predict(x[held]))

    return crossfit(fold, count, chance)


def _mean(x: Floats, y: Floats, group: Bools, fold: Ints, count: int) -> Floats:
    def mean(learn: Ints, held: Ints) -> Floats:
        rows = learn[group[learn]]
        return least_squares(x[rows], y[rows], PENALTY).predict(x[held])

    return crossfit(fold, count, mean)


def _clustered(gap: Floats, customer: Strings) -> float:
    _, inverse = np.unique(customer, return_inverse=True)
    return float(np.sqrt(np.sum(np.bincount(inverse, weights=gap) ** 2)))
