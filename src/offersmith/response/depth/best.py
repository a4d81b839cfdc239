"""Which of several estimates may be the best: multiple comparisons with the best (Hsu 1984; Edwards & Hsu 1983)."""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Bools, Floats

DRAWS = 4000


def close_to_best(values: Floats, covariance: Floats, confidence: float = 0.95, seed: int = 0) -> Bools:
    """Return (d,) which values cannot be told from the best; the truly best is among them with the confidence.

    A value stays when it lies below no other by more than its own critical number of standard errors, which is the
    quantile of the largest of the others' standardised errors against it (one-sided, drawn from the covariance): were
    it truly the best, it would stay with the confidence, whichever it is.

    Args:
        values: (d,) estimates.
        covariance: (d, d) of them; estimates known without error have zeros.
        confidence: with which the truly best is kept.
        seed: of the draws.
    """
    d = len(values)
    drawn = np.random.default_rng(seed).multivariate_normal(
        np.zeros(d), covariance, size=DRAWS, method="eigh", check_valid="ignore"
    )
    variance = np.diag(covariance)
    error = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    kept = np.ones(d, dtype=bool)
    for one in range(d):
        others = np.flatnonzero((np.arange(d) != one) & (error[one] > 0))
        alike = (np.arange(d) != one) & (error[one] <= 0)
        if np.any(values[alike] > values[one]):
            kept[one] = False
        if not len(others):
            continue
        most = np.max((drawn[:, others] - drawn[:, [one]]) / error[one, others], axis=1)
        critical = float(np.quantile(most, confidence))
        kept[one] &= bool(np.all(values[others] - values[one] <= critical * error[one, others]))
    return kept
