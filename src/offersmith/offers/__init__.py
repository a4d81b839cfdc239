"""What can be given, and what it does to a basket. Pure: no clock, no database.

`stacking.evaluate` prices a basket; `kinds` holds the kinds of offers, `conditions` what they may depend on, `replay`
the conformance suite; `reading` turns plain JSON into promotions and baskets, `explain` reasons into sentences.
"""

from __future__ import annotations

from offersmith.offers.kinds import KINDS

__all__ = ["KINDS"]
