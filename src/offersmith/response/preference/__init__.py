"""Who accepts which offer: plain classifiers, tuned and judged on held-out customers."""

from __future__ import annotations

from offersmith.response.preference.choose import PreferenceChosen, Tried, choose_classifier, load_model
from offersmith.response.preference.classifiers import CLASSIFIERS

__all__ = ["CLASSIFIERS", "PreferenceChosen", "Tried", "choose_classifier", "load_model"]
