"""What a person calls a column of a profile table or a table of products, whether it is declared or the shop's own."""

from __future__ import annotations

from offersmith.profiles import FEATURES, label
from offersmith.store.volumes import VOLUMES
from offersmith.words import Language, say

_OF_PRODUCTS = (
    "sold_lines", "buyers", "sold_pieces", "sold_value", "price", "price_spread", "largest_line", "discount_rate",
    "given_back_rate", "days_on_sale",
)  # fmt: skip

_MINOR = ("sold_value", "price", "paid")
_SHARES = ("discount_rate", "given_back_rate")


def unit_of(column: str) -> str:
    """Return what a column counts, as features say it: `minor`, `share`, `days`, ...; empty where nobody says."""
    if column in FEATURES:
        return FEATURES[column].unit
    return "minor" if column in _MINOR else "share" if column in _SHARES else ""


def named(column: str, language: Language = "en") -> str:
    """Return the label of a declared feature, or of a column of `store.goods` or `store.volumes`; else as written."""
    if column in _OF_PRODUCTS:
        return say(f"behaviour.product_{column}", language)
    if column in VOLUMES:
        return say(f"behaviour.volume_{column}", language)
    return label(column, language) if column in FEATURES else column
