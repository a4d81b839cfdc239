"""What can be given, and what it does to a basket.

A new kind is one file and one line in `KINDS`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.offers.amount_off import AmountOff
from offersmith.offers.base import OfferKind
from offersmith.offers.bundle_price import BundlePrice
from offersmith.offers.buy_get import BuyGet
from offersmith.offers.catalogue_price import CataloguePrice
from offersmith.offers.cheapest_off import CheapestOff
from offersmith.offers.gift import Gift
from offersmith.offers.limited_time_price import LimitedTimePrice
from offersmith.offers.member_price import MemberPrice
from offersmith.offers.nothing import Nothing
from offersmith.offers.percent_off import PercentOff
from offersmith.offers.points_earned import PointsEarned
from offersmith.offers.points_spent import PointsSpent
from offersmith.offers.several import Several
from offersmith.offers.shipping_off import ShippingOff
from offersmith.offers.spend_save import SpendSave
from offersmith.offers.unit_price import UnitPrice

_SINGLE: Mapping[str, OfferKind] = {
    Nothing.name: Nothing(),
    PercentOff.name: PercentOff(),
    AmountOff.name: AmountOff(),
    CataloguePrice.name: CataloguePrice(),
    LimitedTimePrice.name: LimitedTimePrice(),
    MemberPrice.name: MemberPrice(),
    UnitPrice.name: UnitPrice(),
    BundlePrice.name: BundlePrice(),
    BuyGet.name: BuyGet(),
    CheapestOff.name: CheapestOff(),
    SpendSave.name: SpendSave(),
    Gift.name: Gift(),
    ShippingOff.name: ShippingOff(),
    PointsEarned.name: PointsEarned(),
    PointsSpent.name: PointsSpent(),
}

KINDS: Mapping[str, OfferKind] = MappingProxyType({**_SINGLE, Several.name: Several(_SINGLE)})
"""Every kind of offer, by the name it has in `offersmith.toml`."""
