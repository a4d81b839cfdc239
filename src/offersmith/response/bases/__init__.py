"""Plain models y ~ x that learners of effects and classifiers stand on.

A new one is one file and one line in `BASES`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.response.base import Kind
from offersmith.response.bases.base import Base, FittedBase
from offersmith.response.bases.linear import LinearBase
from offersmith.response.bases.network import NeuralBase
from offersmith.response.bases.svm import SvmBase
from offersmith.response.bases.trees import TreeBase

BASES: Mapping[str, Base] = MappingProxyType(
    {
        "linear": LinearBase(),
        "tree": TreeBase("tree", rounds=1, leaves=31, least_leaf=100),
        "forest": TreeBase("forest", rounds=100, leaves=63, least_leaf=20),
        "svm": SvmBase(),
        "boosting": TreeBase("boosting", rounds=100, leaves=15, least_leaf=40, rate=0.05, l2=1.0),
        "shallow": TreeBase("boosting", rounds=80, leaves=3, least_leaf=40, rate=0.05, l2=1.0),
        "neural": NeuralBase(),
    }
)
"""Every plain model by its name; `neural` trains with the extra `deep`.

`shallow` is boosting with three leaves a tree, which suits an effect that is small beside its noise.
"""

__all__ = ["BASES", "Base", "FittedBase", "Kind"]
