"""Who buys within so many days: predictors of one family, judged on days that none of them learned from.

`learning` makes rows of earlier moments, each customer as they were known then and whether they bought in the days
after; `judging` lets the predictors compete on the latest stretches, each foretold from those before it. Adding a
predictor is one file and one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.profiles.purchase.base import Predictor
from offersmith.profiles.purchase.boosted import Boosted
from offersmith.profiles.purchase.logistic import Logistic
from offersmith.profiles.purchase.rate import Rate

PREDICTORS: Mapping[str, Predictor] = MappingProxyType(
    {one.name: one for one in (Rate(), Logistic("recency_frequency"), Logistic("logistic", every=True), Boosted())}
)
"""Every predictor by name, the simplest first."""
