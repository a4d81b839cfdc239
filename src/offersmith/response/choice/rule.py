"""One candidate out of many: the best on held-out customers, or an earlier one that cannot be told from it."""

from __future__ import annotations

from collections.abc import Mapping

from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.response.base import Floats, Ints

BEST = "best_held_out"
AS_GOOD = "as_good_and_earlier"
NONE_FITTED = "no_model_fitted"


def pick(terms: Mapping[str, Floats], cluster: Ints | None = None) -> tuple[str, str]:
    """Return a candidate's name, and the code of why.

    The highest mean wins, unless an earlier candidate is within one standard error of the paired difference to it
    (the one-standard-error rule of Breiman, Friedman, Olshen & Stone 1984, paired): of those, the earliest.

    Args:
        terms: of every candidate, in order, (n,) gains of its policy on the same held-out rows.
        cluster: (n,) number of the customer; None = every row its own.
    """
    if not terms:
        return "", NONE_FITTED
    top = max(terms, key=lambda name: float(terms[name].mean()))
    for name, mine in terms.items():
        if name == top:
            break
        apart = mean_interval(terms[top] - mine, cluster)
        if apart.value <= apart.standard_error:
            return name, AS_GOOD
    return top, BEST
