"""Who the customers are: features declared once, built as of a moment, and segments a person can name.

Adding a feature is one line in one of the lists below; `store.features` compiles it. The contract tests ask of every
feature that nothing after the moment is read and that the engines agree.
"""

from __future__ import annotations

from collections.abc import Mapping

from offersmith.profiles.browsing import BROWSING
from offersmith.profiles.habits import HABITS
from offersmith.profiles.promotions import PROMOTIONS
from offersmith.profiles.tastes import TASTES
from offersmith.vocabulary import Feature
from offersmith.words import Language, say

FEATURES: Mapping[str, Feature] = {feature.name: feature for feature in (*HABITS, *TASTES, *PROMOTIONS, *BROWSING)}
"""Every declared feature by name, in the order of a profile table's columns."""


def label(feature: str, language: Language = "en") -> str:
    """Return what a person calls a declared feature, in a few words."""
    return say(f"profiles.feature_{feature}", language)
