"""Pareto/NBD: customers buy at random at rates of their own and leave at a moment of their own, bought or not.

Rates follow a gamma law (r, alpha), lives an exponential one whose rates follow a gamma law (s, beta) (Schmittlein,
Morrison & Colombo 1987; Fader & Hardie 2005, "A Note on Deriving the Pareto/NBD Model"). With x purchases after the
first, the last at t, seen up to T,

    L = G(r+x) / G(r) alpha^r beta^s * { (alpha+T)^-(r+x) (beta+T)^-s + I }

    I = integral from t to T of (alpha+w)^-(r+x) s (beta+w)^-(s+1) dw

The papers write I with Gauss's hypergeometric function. By Gauss-Legendre in u = ((alpha+t) / (alpha+w))^((r+s+x) / 4)
it is as exact, it never overflows, and its gradient comes of the same points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from scipy.special import gammaln, psi

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Counts, Floats
from offersmith.profiles.lifetime.fitted import Fitted
from offersmith.profiles.lifetime.likelihood import maximise

_NEAR_ONE = 1e-6
_BENT = 4.0
"""The integrand over the plain power of u has a root at 0, over its fourth root it is smooth."""
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(40)


@dataclass(frozen=True, slots=True, eq=False)
class FittedParetoNbd(Fitted):
    """A fitted model: r, alpha, s, beta; alpha and beta in the unit of time.

    Attributes:
        name: key of `LIFETIMES`.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    SAID: ClassVar[tuple[str, ...]] = ("name",)

    name: str = "pareto_nbd"

    def alive(self, counts: Counts) -> Floats:
        """Return the chance that each customer is still one."""
        return np.asarray(np.exp(-np.logaddexp(0.0, _left(counts, *self.values).odds)))

    def expected(self, counts: Counts, ahead: float) -> Floats:
        """Return purchases expected within so much time."""
        r, alpha, s, beta = self._apart()
        rate = (r + counts.frequency) / (alpha + counts.age)
        return np.asarray(rate * _lived(s, beta + counts.age, ahead) * self.alive(counts))

    def none(self, counts: Counts, ahead: float) -> Floats:
        """Return the chance of no purchase within so much time, whether for waiting or for having left."""
        r, alpha, s, beta = self.values
        shape, first, second = r + counts.frequency, alpha + counts.age, beta + counts.age
        comes = np.zeros(len(counts))
        # The density of the next purchase at each moment, of who is still a customer; by Gauss-Legendre.
        for point, weight in zip(_POINTS, _WEIGHTS, strict=True):
            at = ahead * (point + 1) / 2
            stays = shape * np.log(first / (first + at)) + s * np.log(second / (second + at))
            comes += weight * ahead / 2 * shape / (first + at) * np.exp(stays)
        return np.asarray(1 - self.alive(counts) * np.clip(comes, 0.0, 1.0))

    def next_time(self, counts: Counts, chance: float) -> Floats:
        """Return the time by which the next purchase has come with a chance, of who stays that long (Lomax)."""
        r, alpha, _, _ = self.values
        return np.asarray((alpha + counts.age) * np.expm1(-np.log1p(-chance) / (r + counts.frequency)))

    def cumulative(self, ages: Floats) -> Floats:
        """Return purchases after the first expected at an age."""
        r, alpha, s, beta = self._apart()
        return np.asarray(r / alpha * _lived(s, beta, ages))

    def _apart(self) -> tuple[float, float, float, float]:
        r, alpha, s, beta = self.values.tolist()
        return r, alpha, s if abs(s - 1) > _NEAR_ONE else 1 + _NEAR_ONE, beta


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """The model, to be fitted."""

    name: str = "pareto_nbd"

    def fit(self, counts: Counts) -> FittedParetoNbd:
        """Learn by maximum likelihood over the different rows."""
        rows, _ = counts.grouped()
        if not (rows.weight * rows.frequency).any():
            raise InputError("nobody came back, so nothing can be learned of coming back", field="frequency")
        unit = float(np.average(rows.age, weights=rows.weight)) or 1.0
        scaled = Counts(rows.frequency, rows.recency / unit, rows.age / unit, rows.weight)
        found = maximise(lambda values: log_likelihood(values, scaled), np.array([0.5, 0.5, 0.5, 0.5]))
        values = found.values * np.array([1.0, unit, 1.0, unit])
        whole = found.log_likelihood - float(rows.weight @ rows.frequency) * np.log(unit)
        return FittedParetoNbd(values, found.covariance, whole, found.converged, float(rows.weight.sum()))


def log_likelihood(values: Floats, counts: Counts) -> tuple[float, Floats]:
    """Return the log-likelihood of counts at r, alpha, s, beta, and its gradient by them."""
    r, alpha, s, beta = values
    x, age, n = counts.frequency, counts.age, counts.weight
    left = _left(counts, *values)
    first, second = np.log(alpha + age), np.log(beta + age)
    stays = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) - (r + x) * first - s * second
    gone = np.exp(left.odds - np.logaddexp(0.0, left.odds))
    here = 1 - gone
    by_r = psi(r + x) - psi(r) + np.log(alpha) - here * first - gone * left.logs
    by_alpha = r / alpha - (r + x) * (here / (alpha + age) + gone * left.parts)
    by_s = np.log(beta) - here * second + gone * (1 / s - left.other_logs)
    by_beta = s / beta - here * s / (beta + age) - gone * (s + 1) * left.other_parts
    slope = np.array([n @ by_r, n @ by_alpha, n @ by_s, n @ by_beta])
    return float(n @ (stays + np.logaddexp(0.0, left.odds))), slope


class _Left(NamedTuple):
    """Log-odds (n,) to have left, and means over the moments at which it may have been.

    Attributes:
        odds: against being still a customer.
        logs: of log(alpha + w).
        parts: of 1 / (alpha + w).
        other_logs: of log(beta + w).
        other_parts: of 1 / (beta + w).
    """

    odds: Floats
    logs: Floats
    parts: Floats
    other_logs: Floats
    other_parts: Floats


def _left(counts: Counts, r: float, alpha: float, s: float, beta: float) -> _Left:
    x, age = counts.frequency, counts.age
    power, begins = (r + s + x) / _BENT, np.log(alpha + counts.recency)
    # u falls from 1 at the last purchase to this at the moment.
    end = np.exp(power * (begins - np.log(alpha + age)))
    sums = np.zeros((5, len(x)))
    start = -(r + x) * begins - (s + 1) * np.log(beta + counts.recency) + begins
    for point, weight in zip(_POINTS, _WEIGHTS, strict=True):
        logs = begins - np.log(end + (1 - end) * (point + 1) / 2) / power
        at = np.exp(logs)
        other = np.log(np.maximum(at - alpha + beta, beta))
        # dw = (alpha+w) / power * du / u, and u = exp(-power (logs - begins)).
        inside = -(r + x) * logs - (s + 1) * other + logs + power * (logs - begins)
        mass = weight * np.exp(inside - start)
        for place, one in enumerate((1.0, logs, 1 / at, other, np.exp(-other))):
            sums[place] += mass * one
    whole = np.maximum(sums[0], 1e-300)
    with np.errstate(divide="ignore"):
        held = np.log((1 - end) / 2 / power * whole)
    odds = np.log(s) + start + held + (r + x) * np.log(alpha + age) + s * np.log(beta + age)
    return _Left(odds, *(sums[1:] / whole))


def _lived(s: float, beta: Floats | float, ahead: Floats | float) -> Floats:
    """Return the time within the next `ahead` that is expected to be lived (of Pareto lives)."""
    return np.asarray(beta / (s - 1) * -np.expm1(-(s - 1) * np.log1p(ahead / beta)))
