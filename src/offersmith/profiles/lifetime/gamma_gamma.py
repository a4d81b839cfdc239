"""What a purchase is worth: spends vary about a mean of each customer's own (Fader, Hardie & Lee 2005; Hardie 2013).

A purchase is gamma(p, v) distributed, the rates v follow a gamma law (q, g). Of n purchases worth m on average,

    L = G(pn+q) / (G(pn) G(q)) * g^q m^(pn-1) n^(pn) / (g+nm)^(pn+q),    E[mean | n, m] = p (g+nm) / (pn+q-1).

The model takes how often and how much to be independent; their correlation stands in the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, psi

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Floats
from offersmith.profiles.lifetime.fitted import Fitted
from offersmith.profiles.lifetime.likelihood import maximise

LEAST = 10
"""Customers with a spend below which a shop's spends are not told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedGammaGamma(Fitted):
    """A fitted model: p, q, g; g in the unit of money.

    Attributes:
        correlation: of purchases and mean spends, of who bought more than once.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("p", "q", "g")
    SAID: ClassVar[tuple[str, ...]] = ("correlation",)

    correlation: float

    def expected(self, count: Floats, mean: Floats) -> Floats:
        """Return (n,) what a further purchase is worth; of who spent nothing yet, what anybody's is.

        Args:
            count: purchases.
            mean: of what they came to; ignored where there were none.
        """
        p, q, g = self.values
        held = np.where(count > 0, count * np.maximum(mean, 0.0), 0.0)
        below = p * count + q - 1
        # With q below 1 the shop's own mean has no end; then only what was seen counts.
        return np.asarray(np.where(below > 0, p * (g + held) / np.where(below > 0, below, 1.0), mean))


def fit(count: Floats, mean: Floats) -> FittedGammaGamma:
    """Learn by maximum likelihood.

    Args:
        count: (n,) purchases of each customer.
        mean: (n,) what they came to on average; who spent nothing is left out.

    Raises:
        InputError: lengths differ, or fewer than `LEAST` customers spent anything.
    """
    if len(count) != len(mean):
        raise InputError("count and mean differ in length", field="mean")
    some = (count > 0) & (mean > 0) & np.isfinite(mean)
    if some.sum() < LEAST:
        said = f"{int(some.sum())} customers spent anything: what a purchase is worth is learned from {LEAST} or more"
        raise InputError(said, field="mean")
    n, m = count[some], mean[some]
    unit = float(np.mean(m))
    found = maximise(lambda values: log_likelihood(values, n, m / unit), np.array([2.0, 2.0, 1.0]))
    return FittedGammaGamma(
        values=found.values * np.array([1.0, 1.0, unit]),
        covariance=found.covariance,
        log_likelihood=found.log_likelihood - len(m) * float(np.log(unit)),
        converged=found.converged,
        correlation=_correlation(n, m),
        customers=len(m),
    )


def log_likelihood(values: Floats, n: Floats, m: Floats) -> tuple[float, Floats]:
    """Return the log-likelihood at p, q, g, and its gradient by them.

    Args:
        values: (3,) positive.
        n: (n,) purchases, above 0.
        m: (n,) their mean, above 0.
    """
    p, q, g = values
    whole, pn, logs = np.log(g + n * m), p * n, np.log(n * m)
    each = gammaln(pn + q) - gammaln(pn) - gammaln(q) + q * np.log(g) + pn * logs - np.log(m) - (pn + q) * whole
    by_p = n * (psi(pn + q) - psi(pn) + logs - whole)
    by_q = psi(pn + q) - psi(q) + np.log(g) - whole
    by_g = q / g - (pn + q) / (g + n * m)
    return float(each.sum()), np.array([by_p.sum(), by_q.sum(), by_g.sum()])


def _correlation(n: Floats, m: Floats) -> float:
    again: NDArray[np.bool_] = n > 1
    if again.sum() < LEAST or np.ptp(n[again]) == 0 or np.ptp(m[again]) == 0:
        return 0.0
    return float(np.corrcoef(n[again], m[again])[0, 1])
