"""When members leave: a discrete-time hazard for shops with contracts, subscriptions or memberships.

A logistic regression on person-periods (Allison 1982, Sociological Methodology 13:61; Singer & Willett 1993, Journal of
Educational Statistics 18:155): every period a member is at risk, and leaves or not. How long the membership has lasted
enters as a dummy a period, or as a natural cubic spline where there are many; features shift the log-odds. A weak prior
(standard deviation 3 around the usual log-odds, features scaled) keeps periods without a leaver finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from offersmith.errors import InputError
from offersmith.profiles.lifetime.at_risk import AtRisk
from offersmith.profiles.lifetime.base import Floats
from offersmith.profiles.lifetime.interval import Interval, normal

MANY = 18
"""Periods from which on the baseline is a spline."""
_KNOTS = 5
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Hazard:
    """A fitted hazard.

    Attributes:
        baseline: a row per period 1, 2, ...: what the duration contributes; later periods are taken as the last.
        coefficients: of the baseline's columns, then of the scaled features.
        covariance: of these, the inverse observed information.
        centre: mean of each feature, subtracted.
        scale: standard deviation by which each is divided; 1 of a constant one.
        log_likelihood: without the prior.
        members: observed.
        person_periods: at risk.
        leavers: seen to leave.
        converged: Newton's steps came to rest.
    """

    baseline: Floats
    coefficients: Floats
    covariance: Floats
    centre: Floats
    scale: Floats
    log_likelihood: float
    members: int
    person_periods: int
    leavers: int
    converged: bool

    @property
    def effects(self) -> Floats:
        """Change of the log-odds of leaving in a period, by one unit of each feature."""
        return np.asarray(self.coefficients[self.baseline.shape[1] :] / self.scale, dtype=np.float64)

    def chance(self, period: ArrayLike, features: ArrayLike | None = None) -> Floats:
        """Return each member's probability of leaving in the given period (1 is the first) if still there."""
        when = np.broadcast_to(np.asarray(period, dtype=np.intp), self._rows(features, np.size(period)).shape[:1])
        return self._chance(when, self._rows(features, len(when)))

    def survival(self, elapsed: ArrayLike, ahead: int, features: ArrayLike | None = None) -> Floats:
        """Return the probability of being a member still after 1, 2, ... `ahead` more periods.

        Args:
            elapsed: whole periods each member has been there.
            ahead: how many more.
            features: a row per member, as fitted.

        Returns:
            members x ahead.

        Raises:
            InputError: the features are not those that were fitted, or `ahead` is below 1.
        """
        since, rows = self._asked(elapsed, ahead, features)
        stays = [1.0 - self._chance(since + step, rows) for step in range(1, ahead + 1)]
        return np.asarray(np.cumprod(np.stack(stays, axis=1), axis=1), dtype=np.float64)

    def remaining(
        self, elapsed: ArrayLike, ahead: int, features: ArrayLike | None = None, level: float = 0.8
    ) -> Interval:
        """Return the expected periods completed of the next `ahead`, with intervals by the delta method.

        Raises:
            InputError: as of `survival`, or the level is not between 0 and 1.
        """
        since, rows = self._asked(elapsed, ahead, features)
        log_stay, slope = np.zeros(len(since)), np.zeros((len(since), len(self.coefficients)))
        mean, mean_slope = np.zeros(len(since)), np.zeros_like(slope)
        for step in range(1, ahead + 1):
            chance = self._chance(since + step, rows)
            log_stay += np.log1p(-chance)
            slope -= chance[:, None] * np.hstack([self._base(since + step), rows])
            stays = np.exp(log_stay)
            mean += stays
            mean_slope += stays[:, None] * slope
        variance = ((mean_slope @ self.covariance) * mean_slope).sum(axis=1)
        spread = np.sqrt(np.maximum(variance, 0.0)) / mean
        reach = np.exp(normal(level) * spread)
        return Interval(mean, mean / reach, np.minimum(mean * reach, float(ahead)), spread)

    def _asked(self, elapsed: ArrayLike, ahead: int, features: ArrayLike | None) -> tuple[NDArray[np.intp], Floats]:
        if ahead < 1:
            raise InputError(f"ahead {ahead} must be 1 or more periods", field="ahead", value=ahead)
        since = np.atleast_1d(np.asarray(elapsed, dtype=np.intp))
        if (since < 0).any():
            raise InputError("elapsed periods must be 0 or more", field="elapsed")
        return since, self._rows(features, len(since))

    def _rows(self, features: ArrayLike | None, members: int) -> Floats:
        rows = np.zeros((members, 0)) if features is None else np.asarray(features, dtype=np.float64)
        if rows.ndim != 2 or rows.shape != (members, len(self.centre)):
            raise InputError(
                f"features have the shape {rows.shape}; wanted is {(members, len(self.centre))}", field="features"
            )
        return np.asarray((rows - self.centre) / self.scale, dtype=np.float64)

    def _base(self, period: NDArray[np.intp]) -> Floats:
        return np.asarray(self.baseline[np.clip(period, 1, len(self.baseline)) - 1], dtype=np.float64)

    def _chance(self, period: NDArray[np.intp], rows: Floats) -> Floats:
        q = self.baseline.shape[1]
        logs = self._base(period) @ self.coefficients[:q] + rows @ self.coefficients[q:]
        return np.asarray(expit(logs), dtype=np.float64)


def fit_hazard(
    duration: ArrayLike, left: ArrayLike, features: ArrayLike | None = None, entered: ArrayLike | None = None
) -> Hazard:
    """Fit the hazard by penalised maximum likelihood (Newton's method).

    Args:
        duration: whole periods each member was observed, up to leaving or to the moment; 1 or more.
        left: whether the member left in the last of them; else still there.
        features: a row per member, known when the membership began; None where there are none.
        entered: whole periods a member had been there when observation began (those are not at risk); None means 0.

    Raises:
        InputError: lengths differ, a value is out of its range or not finite, or nobody left.
    """
    last, gone, since, rows = _checked(duration, left, features, entered)
    scale = rows.std(axis=0)
    scale[scale < 1e-12 * np.maximum(np.abs(rows).max(axis=0, initial=0.0), 1.0)] = 1.0
    centre = rows.mean(axis=0)
    rows = (rows - centre) / scale
    periods = int(last.max())
    order = np.argsort(last, kind="stable")
    last, gone, since, rows = last[order], gone[order], since[order], rows[order]
    baseline = _baseline(periods, last[gone])
    at_risk = int((last - since).sum())
    usual = float(logit(gone.sum() / at_risk)) if gone.sum() < at_risk else 3.0
    q = baseline.shape[1]
    prior = np.zeros(q + rows.shape[1])
    prior[: q if q == periods else 1] = usual
    risk = AtRisk(last, gone, since, rows, baseline, prior)
    at, value, curve, converged = _climb(risk)
    covariance = np.asarray(np.linalg.inv(curve), dtype=np.float64)
    return Hazard(baseline, at, covariance, centre, scale, value, len(last), at_risk, int(gone.sum()), converged)


def _climb(risk: AtRisk) -> tuple[Floats, float, Floats, bool]:
    """Return the most probable coefficients, their log-likelihood and curvature, and whether the steps came to rest.

    Newton's steps, each halved until the posterior is no lower.
    """
    at, converged = risk.prior.copy(), False
    value, slope, curve = risk.look(at)
    best = risk.posterior(value, at)
    for _ in range(_STEPS):
        step = np.linalg.solve(curve, slope)
        if float(slope @ step) < 1e-10:
            converged = True
            break
        size = 1.0
        while size > 1e-6:
            tried = at + size * step
            found = risk.look(tried)
            reached = risk.posterior(found[0], tried)
            if reached >= best - 1e-12 * abs(best):
                break
            size /= 2
        at, best, (value, slope, curve) = tried, reached, found
    return at, value, curve, converged


def _checked(
    duration: ArrayLike, left: ArrayLike, features: ArrayLike | None, entered: ArrayLike | None
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp], Floats]:
    last, gone = np.asarray(duration), np.asarray(left, dtype=bool)
    since = np.zeros(len(last), dtype=np.intp) if entered is None else np.asarray(entered)
    rows = np.zeros((len(last), 0)) if features is None else np.asarray(features, dtype=np.float64)
    if not (last.shape == gone.shape == since.shape and last.ndim == 1 and rows.ndim == 2 and len(rows) == len(last)):
        raise InputError(
            f"one duration, left, entered and row of features a member; got {last.shape}, {gone.shape}, "
            f"{since.shape}, {rows.shape}",
            field="duration",
        )
    if not np.isfinite(rows).all():
        raise InputError("features must be finite numbers; fill what is not known", field="features")
    if (last != np.floor(last)).any() or (since != np.floor(since)).any():
        raise InputError("duration and entered count whole periods", field="duration")
    if (since < 0).any() or (last <= since).any():
        raise InputError("a member is observed for 1 or more periods after having entered", field="duration")
    if not gone.any():
        raise InputError("nobody left; a hazard needs members who did", field="left")
    return last.astype(np.intp), gone, since.astype(np.intp), rows


def _baseline(periods: int, left: NDArray[np.intp]) -> Floats:
    """Return a dummy per period, or a natural cubic spline of the logarithm of the period (Harrell's form)."""
    if periods < MANY:
        return np.eye(periods)
    t = np.log(np.arange(1, periods + 1, dtype=np.float64))
    knots = np.unique(np.log(np.quantile(left, np.linspace(0.05, 0.95, _KNOTS))))
    columns = [np.ones(periods), t - t.mean()]
    if len(knots) >= 3:
        end, before = knots[-1], knots[-2]

        def cubed(values: Floats) -> Floats:
            return np.asarray(np.maximum(values, 0.0) ** 3, dtype=np.float64)

        for knot in knots[:-2]:
            bent = cubed(t - knot) - cubed(t - before) * (end - knot) / (end - before)
            bent += cubed(t - end) * (before - knot) / (end - before)
            columns.append(bent / (end - knots[0]) ** 2)
    return np.stack(columns, axis=1)
