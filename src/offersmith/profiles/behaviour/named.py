"""What a person calls a column of a profile table or a table of products, whether it is declared or the shop's own."""

from __future__ import annotations

from offersmith.profiles import FEATURES, label
from offersmith.words import Language, say

_OF_PRODUCTS = (
    "sold_lines", "buyers", "sold_pieces", "sold_value", "price", "price_spread", "largest_line", "discount_rate",
    "given_back_rate", "days_on_sale",
)  # fmt: skip


def named(column: str, language: Language = "en") -> str:
    """Return the label of a declared feature or of a column of `store.goods`, and any other as it is written."""
    if column in _OF_PRODUCTS:
        return say(f"behaviour.product_{column}", language)
    return label(column, language) if column in FEATURES else column
