"""Who the customers are: features declared once, built as of a moment, and segments a person can name."""

from __future__ import annotations

from collections.abc import Mapping

from offersmith.vocabulary import Feature

FEATURES: Mapping[str, Feature] = {}
