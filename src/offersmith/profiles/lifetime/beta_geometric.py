"""BG/NBD and its modified form: customers buy at random at rates of their own and may leave after each purchase.

Rates follow a gamma law (r, alpha), chances to leave a beta law (a, b). In BG/NBD (Fader, Hardie & Lee 2005, "Counting
Your Customers" the Easy Way) nobody leaves after the first purchase; in MBG/NBD (Batislam, Denizel & Filiztekin 2007)
some do. `shift`, 0 or 1, is all that differs: with s for it,

    L = G(r+x) alpha^r / G(r) * B(a, b+x+s) / B(a, b)
        * { (alpha+T)^-(r+x) + [x+s > 0] a / (b+x+s-1) (alpha+t)^-(r+x) }

for x purchases after the first, the last at t, seen up to T. Expectations use Euler's transformation of the
hypergeometric function, with which the powers that overflow cancel:

    E = (a+b+x+s-1) / (a-1) * { 1 - (1-z)^(a-1) F(a+b+s-1-r, a-1; a+b+x+s-1; z) } P(alive),  z = h / (alpha+T+h),

and where that does not come out either, the integral that it stands for is worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1, psi

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Counts, Floats
from offersmith.profiles.lifetime.fitted import Fitted
from offersmith.profiles.lifetime.likelihood import maximise

_NEAR_ONE = 1e-3
"""Next to a = 1 the closed form loses its digits."""
_GRID, _PART = np.linspace(-1.0, 1.0, 241), 5_000


@dataclass(frozen=True, slots=True, eq=False)
class FittedBetaGeometric(Fitted):
    """A fitted model: r, alpha (in the unit of time), a, b.

    Attributes:
        name: key of `LIFETIMES`.
        shift: 0 of BG/NBD, 1 of MBG/NBD.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    SAID: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    shift: int

    def alive(self, counts: Counts) -> Floats:
        """Return the chance that each customer is still one."""
        return np.asarray(np.exp(-np.logaddexp(0.0, self._gone(counts))))

    def expected(self, counts: Counts, ahead: float) -> Floats:
        """Return purchases expected within so much time."""
        r, alpha, _, b = self.values
        within = self._within(r + counts.frequency, alpha + counts.age, b + counts.frequency + self.shift, ahead)
        return within * self.alive(counts)

    def none(self, counts: Counts, ahead: float) -> Floats:
        """Return the chance of no purchase within so much time: nobody leaves but after one."""
        r, alpha, _, _ = self.values
        waits = ((alpha + counts.age) / (alpha + counts.age + ahead)) ** (r + counts.frequency)
        return np.asarray(1 - self.alive(counts) * (1 - waits))

    def next_time(self, counts: Counts, chance: float) -> Floats:
        """Return the time by which the next purchase has come with a chance, of who is still a customer (Lomax)."""
        r, alpha, _, _ = self.values
        return np.asarray((alpha + counts.age) * np.expm1(-np.log1p(-chance) / (r + counts.frequency)))

    def cumulative(self, ages: Floats) -> Floats:
        """Return purchases after the first expected at an age."""
        r, alpha, a, b = self.values
        every = np.ones_like(ages)
        whole = self._within(r * every, alpha * every, (b + self.shift) * every, ages)
        # Of the modified form a part of everybody never comes back: the chance to stay after the first purchase.
        return np.asarray(whole * b / (a + b) if self.shift else whole)

    def _gone(self, counts: Counts) -> Floats:
        """Return (n,) log-odds to have left."""
        alpha = self.values[1]
        waited = np.log((alpha + counts.age) / (alpha + counts.recency))
        return _left(counts.frequency, waited, self.shift, self.values)

    def _within(self, shape: Floats, scale: Floats, b: Floats, ahead: Floats | float) -> Floats:
        """Return (n,) purchases within so much time of who is still a customer.

        Args:
            shape: (n,) of the gamma law of the rate.
            scale: (n,) its inverse scale.
            b: (n,) of the beta law of the chance to leave, whose a is the model's.
            ahead: time, of all or (n,).
        """
        a = float(self.values[2])
        z, c = np.asarray(ahead / (scale + ahead)), a + b - 1
        with np.errstate(all="ignore"):
            power = np.exp((a - 1) * np.log1p(-z))
            found = np.asarray(c / (a - 1) * (1 - power * hyp2f1(c - shape, a - 1, c, z)))
        # Where a is near 1 the form divides 0 by 0, and where a or b is large the series does not always come out.
        bad = ~np.isfinite(found) | (found < 0) | (abs(a - 1) < _NEAR_ONE) | (c < _NEAR_ONE)
        if bad.any():
            until = np.broadcast_to(ahead, shape.shape)[bad]
            found[bad] = _integrated(shape[bad], scale[bad], a, b[bad], until)
        return found


def _integrated(shape: Floats, scale: Floats, a: float, b: Floats, ahead: Floats) -> Floats:
    """Return the same over the law of the chance p to leave: the mean of (1 - (1 + p h / scale)^-shape) / p.

    By the double exponential rule (Takahasi & Mori 1974) over the log-odds of p; points stand about the middle of each
    law and reach to where its density is e^-45 of the highest.
    """
    found = np.empty(len(shape))
    for start in range(0, len(shape), _PART):
        part = slice(start, start + _PART)
        count, age, stays, until = (values[part, None] for values in (shape, scale, b, ahead))
        width = np.minimum(1.0, np.sqrt(1.0 / a + 1.0 / stays))
        at = np.arcsinh(45.0 / (width * np.minimum(a, stays))) * _GRID
        odds = np.log(a) - np.log(stays) + width * np.sinh(at)
        log_p, log_q = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
        density = np.exp(a * log_p + stays * log_q - betaln(a, stays)) * np.cosh(at)
        p = np.maximum(np.exp(log_p), 1e-290)
        bought = -np.expm1(-count * np.log1p(p * until / age)) / p
        found[part] = (density * bought).sum(axis=1) / density.sum(axis=1)
    return found


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """A member of the family.

    Attributes:
        name: key of `LIFETIMES`.
        shift: 0 of BG/NBD, 1 of MBG/NBD.
    """

    name: str
    shift: int

    def fit(self, counts: Counts) -> FittedBetaGeometric:
        """Learn by maximum likelihood over the different rows."""
        rows, _ = counts.grouped()
        if not (rows.weight * rows.frequency).any():
            raise InputError("nobody came back, so nothing can be learned of coming back", field="frequency")
        # A unit of time in which ages are about 1 makes every parameter of the order of 1.
        unit = float(np.average(rows.age, weights=rows.weight)) or 1.0
        scaled = Counts(rows.frequency, rows.recency / unit, rows.age / unit, rows.weight)
        found = maximise(lambda values: log_likelihood(values, scaled, self.shift), np.array([0.5, 0.5, 0.5, 2.0]))
        values = found.values * np.array([1.0, unit, 1.0, 1.0])
        # Densities of purchase times are per unit of time: x of them, so x logarithms of the unit.
        whole = found.log_likelihood - float(rows.weight @ rows.frequency) * np.log(unit)
        people = float(rows.weight.sum())
        return FittedBetaGeometric(
            values, found.covariance, whole, found.converged, people, name=self.name, shift=self.shift
        )


def log_likelihood(values: Floats, counts: Counts, shift: int) -> tuple[float, Floats]:
    """Return the log-likelihood of counts at r, alpha, a, b, and its gradient by them.

    Args:
        values: (4,) positive.
        counts: in one unit of time.
        shift: 0 of BG/NBD, 1 of MBG/NBD.
    """
    r, alpha, a, b = values
    x, n = counts.frequency, counts.weight
    stays, leaves = np.log(alpha + counts.age), np.log(alpha + counts.recency)
    odds = _left(x, stays - leaves, shift, values)
    each = r * np.log(alpha) - (r + x) * stays + np.logaddexp(0.0, odds)
    # Below, the chance to have left; where nobody can have, it is nothing.
    gone = np.exp(odds - np.logaddexp(0.0, odds))
    after = np.where(gone > 0, b + x + shift - 1, 1.0)
    by_r = np.log(alpha) - (1 - gone) * stays - gone * leaves
    by_alpha = r / alpha - (r + x) * ((1 - gone) / (alpha + counts.age) + gone / (alpha + counts.recency))
    # What hangs on the number of purchases alone is worked out once for each number.
    heads = np.bincount(x.astype(np.int64), n)
    k = np.arange(len(heads))
    alone = gammaln(r + k) - gammaln(r) + betaln(a, b + k + shift) - betaln(a, b)
    both = psi(a + b) - psi(a + b + k + shift)
    slope = np.array(
        [
            n @ by_r + heads @ (psi(r + k) - psi(r)),
            n @ by_alpha,
            n @ gone / a + heads @ both,
            heads @ (both + psi(b + k + shift) - psi(b)) - n @ (gone / after),
        ]
    )
    return float(n @ each + heads @ alone), slope


def _left(x: Floats, waited: Floats, shift: int, values: Floats) -> Floats:
    """Return (n,) log-odds that a customer has left; minus infinity where nobody can have.

    Args:
        x: (n,) purchases after the first.
        waited: (n,) log((alpha + age) / (alpha + recency)).
        shift: 0 of BG/NBD, 1 of MBG/NBD.
        values: (4,) r, alpha, a, b.
    """
    r, _, a, b = values
    could = x + shift > 0
    told = np.log(a) - np.log(np.where(could, b + x + shift - 1, 1.0)) + (r + x) * waited
    return np.asarray(np.where(could, told, -np.inf))
