"""What can be given, and what it does to a basket.

A new kind is one file and one line in `KINDS`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.offers.amount_off import AmountOff
from offersmith.offers.base import OfferKind
from offersmith.offers.nothing import Nothing
from offersmith.offers.percent_off import PercentOff

KINDS: Mapping[str, OfferKind] = MappingProxyType(
    {
        Nothing.name: Nothing(),
        PercentOff.name: PercentOff(),
        AmountOff.name: AmountOff(),
    }
)
"""Every kind of offer, by the name it has in `offersmith.toml`."""
