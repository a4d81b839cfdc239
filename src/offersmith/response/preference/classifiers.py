"""Classifiers of who accepts what, each with the settings that are tried.

A new classifier is one line in `CLASSIFIERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from offersmith.response.bases import BASES, Base
from offersmith.response.bases.linear import LinearBase
from offersmith.response.bases.network import installed
from offersmith.response.bases.svm import SvmBase
from offersmith.response.bases.trees import TreeBase

_BOOSTED = TreeBase("boosting", rounds=100, leaves=15, least_leaf=40, rate=0.05, l2=1.0)

CLASSIFIERS: Mapping[str, tuple[Base, ...]] = MappingProxyType(
    {
        "logistic": tuple(LinearBase(penalty=penalty) for penalty in (1.0, 30.0, 300.0)),
        "tree": tuple(TreeBase("tree", 1, leaves, least_leaf=least) for leaves, least in ((8, 200), (31, 50))),
        "forest": tuple(TreeBase("forest", 100, leaves, least_leaf=20) for leaves in (15, 63)),
        "svm": tuple(SvmBase(cost=cost) for cost in (0.001, 0.01, 0.1)),
        "boosting": (
            replace(_BOOSTED, leaves=4, rounds=150),
            _BOOSTED,
            replace(_BOOSTED, rounds=200),
        ),
        "neural": (BASES["neural"],),
    }
)
"""Classifier -> its settings; `neural` trains with the extra `deep`."""


def available() -> Mapping[str, tuple[Base, ...]]:
    """Return the classifiers that can be trained here: `neural` only where its extra is installed."""
    return {name: grid for name, grid in CLASSIFIERS.items() if name != "neural" or installed()}
