"""Pareto/NBD: customers buy at random at rates of their own and leave at a moment of their own, bought or not.

Rates follow a gamma law (r, alpha), lives an exponential one whose rates follow a gamma law (s, beta) (Schmittlein,
Morrison & Colombo 1987). The likelihood and what follows from it are in the form of Fader & Hardie (2005, "A Note on
Deriving the Pareto/NBD Model"): with x purchases after the first, the last at t, seen up to T,

    L = G(r+x) alpha^r beta^s / G(r) * { (alpha+T)^-(r+x) (beta+T)^-s + s / (r+s+x) * A }

    A = F(u(t)) / v(t)^(r+s+x) - F(u(T)) / v(T)^(r+s+x),   v(.) = max(alpha, beta) + .,   u = |alpha-beta| / v

where F is Gauss's 2F1(r+s+x, s+1; r+s+x+1; u) for alpha >= beta, with r+x in the place of s+1 otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import gammaln, hyp2f1

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Counts, Floats
from offersmith.profiles.lifetime.likelihood import maximise, sides

NAMES = ("r", "alpha", "s", "beta")
_STEP = 1e-6
_NEAR_ONE = 1e-6
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(48)


@dataclass(frozen=True, slots=True, eq=False)
class FittedParetoNbd:
    """A fitted model.

    Attributes:
        values: (4,) r, alpha, s, beta; alpha and beta in the unit of time.
        covariance: (4, 4) of their logarithms.
        log_likelihood: of what it learned from.
        converged: whether the search ended at an optimum.
        customers: it learned from.
        name: key of `LIFETIMES`.
    """

    values: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool
    customers: float
    name: str = "pareto_nbd"

    def alive(self, counts: Counts) -> Floats:
        """Return the chance that each customer is still one."""
        return np.asarray(np.exp(-np.logaddexp(0.0, _left(counts, *self.values))))

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

    def around(self) -> tuple[tuple[FittedParetoNbd, FittedParetoNbd], ...]:
        """Return the model one standard error to either side, along each axis of what is uncertain."""
        return tuple(
            (replace(self, values=one), replace(self, values=two)) for one, two in sides(self.values, self.covariance)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        errors = np.sqrt(np.diag(self.covariance))
        return {
            "name": self.name,
            "parameters": dict(zip(NAMES, self.values.tolist(), strict=True)),
            "log_errors": dict(zip(NAMES, errors.tolist(), strict=True)),
            "log_likelihood": self.log_likelihood,
            "converged": self.converged,
            "customers": self.customers,
        }

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
        found = maximise(lambda values: _with_slope(values, scaled), np.array([0.5, 0.5, 0.5, 0.5]))
        values = found.values * np.array([1.0, unit, 1.0, unit])
        whole = found.log_likelihood - float(rows.weight @ rows.frequency) * np.log(unit)
        return FittedParetoNbd(values, found.covariance, whole, found.converged, float(rows.weight.sum()))


def log_likelihood(values: Floats, counts: Counts) -> float:
    """Return the log-likelihood of counts at r, alpha, s, beta."""
    r, alpha, s, beta = values
    x, age = counts.frequency, counts.age
    stays = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    stays -= (r + x) * np.log(alpha + age) + s * np.log(beta + age)
    return float(counts.weight @ (stays + np.logaddexp(0.0, _left(counts, r, alpha, s, beta))))


def _with_slope(values: Floats, counts: Counts) -> tuple[float, Floats]:
    """Return the log-likelihood and its gradient, by central differences on the logarithms: 2F1 has no plain one."""
    steps = np.exp(_STEP * np.eye(len(values)))
    sides = [(log_likelihood(values * step, counts), log_likelihood(values / step, counts)) for step in steps]
    slopes = np.array([(high - low) / (2 * _STEP) for high, low in sides])
    return log_likelihood(values, counts), slopes / values


def _left(counts: Counts, r: float, alpha: float, s: float, beta: float) -> Floats:
    """Return (n,) log-odds that a customer has left."""
    x, age = counts.frequency, counts.age
    whole, larger, apart = r + s + x, max(alpha, beta), abs(alpha - beta)
    second = np.full_like(x, s + 1) if alpha >= beta else r + x

    def part(time: Floats) -> Floats:
        v = larger + time
        # Euler: F(w, second; w+1; u) = (1-u)^(1-second) F(1, w+1-second; w+1; u), short where u is near 1.
        u = apart / v
        held = (1 - second) * np.log1p(-u) + np.log(hyp2f1(1.0, whole + 1 - second, whole + 1, u))
        return np.asarray(held - whole * np.log(v))

    last, now = part(counts.recency), part(age)
    gap = last + np.log(-np.expm1(np.minimum(now - last, -1e-300)))
    known = np.log(s) - np.log(whole) + gap + (r + x) * np.log(alpha + age) + s * np.log(beta + age)
    # Seen for no time since the last purchase, nobody can have left.
    return np.asarray(np.where(age > counts.recency, known, -np.inf))


def _lived(s: float, beta: Floats | float, ahead: Floats | float) -> Floats:
    """Return the time within the next `ahead` that is expected to be lived (of Pareto lives)."""
    return np.asarray(beta / (s - 1) * -np.expm1(-(s - 1) * np.log1p(ahead / beta)))
