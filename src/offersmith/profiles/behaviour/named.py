"""What a person calls a column of a profile table, whether it is declared or the shop's own."""

from __future__ import annotations

from offersmith.profiles import FEATURES, label
from offersmith.words import Language


def named(column: str, language: Language = "en") -> str:
    """Return the label of a declared feature, and any other column as it is written."""
    return label(column, language) if column in FEATURES else column
