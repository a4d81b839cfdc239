"""The ideas that segments are described and named by: each one feature, said once however many columns repeat it.

More ideas stand here than form segments (`scaling.IDEAS`): whoever buys on weekends or sends much back is told, even
where that did not make the segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Slot = Literal["adjective", "noun", "tail"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One idea to describe customers by.

    Attributes:
        name: a code; its words stand in the catalogue as `word_NAME_DIRECTION`.
        columns: features that say it; the first that the table knows and somebody has a value of is told.
        slot: where in a name its word stands.
        follows: traits that bring this one with them: who buys more often buys more different products. It is told
            only where it is stronger than those, or goes the other way; of two that follow each other one is told.
    """

    name: str
    columns: tuple[str, ...]
    slot: Slot = "tail"
    follows: tuple[str, ...] = ()


TRAITS: tuple[Trait, ...] = (
    Trait("recency", ("recency",), "adjective"),
    Trait("tenure", ("tenure",), "adjective"),
    Trait("frequency", ("orders",), "adjective"),
    Trait("money", ("spend",), "noun"),
    Trait("basket", ("basket_value",)),
    Trait("coupons", ("coupon_order_share", "redemption_rate"), follows=("deals",)),
    Trait("deals", ("deal_affinity", "discount_share"), follows=("coupons",)),
    Trait("breadth", ("products", "categories"), follows=("frequency", "money")),
    Trait("price", ("unit_price",)),
    Trait("returns", ("return_rate",), follows=("frequency", "money")),
    Trait("weekend", ("weekend_share",)),
    Trait("evening", ("evening_share",)),
    Trait("browsing", ("views_30d", "sessions_30d"), follows=("frequency",)),
)
"""In the order in which a name has their words."""
