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
from offersmith.profiles.purchase.encoded import Encoded
from offersmith.profiles.purchase.logistic import Logistic
from offersmith.profiles.purchase.rate import Rate
from offersmith.profiles.sequences.encoders import ENCODERS

PREDICTORS: Mapping[str, Predictor] = MappingProxyType(
    {one.name: one for one in (Rate(), Logistic("recency_frequency"), Logistic("logistic", every=True), Boosted())}
)
"""Every predictor of features by name, the simplest first."""
ENCODED: Mapping[str, Predictor] = MappingProxyType({name: Encoded(one) for name, one in ENCODERS.items()})
"""Those that read sequences instead; they need the extra `deep`."""
PAIRS: Mapping[str, tuple[str, str]] = MappingProxyType({f"{name}+boosted": (name, "boosted") for name in ENCODED})
"""Both: a sequence's log-odds averaged with those of trees over the features."""
