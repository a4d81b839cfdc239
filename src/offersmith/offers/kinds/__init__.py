"""The kinds of offers: one file each, and one line each in `KINDS`; the contract tests find a new one there.

What several kinds share stands beside them: `cut` and `catalogue_cut` (terms of what comes off a price), `cap` (its
limit), `sets`, `giving` and `pile` (pieces that belong together), `merged` (several offers as one).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.offers.base import OfferKind
from offersmith.offers.kinds.amount_off import AmountOff
from offersmith.offers.kinds.bundle_price import BundlePrice
from offersmith.offers.kinds.buy_get import BuyGet
from offersmith.offers.kinds.catalogue_price import CataloguePrice
from offersmith.offers.kinds.cheapest_off import CheapestOff
from offersmith.offers.kinds.gift import Gift
from offersmith.offers.kinds.limited_time_price import LimitedTimePrice
from offersmith.offers.kinds.member_price import MemberPrice
from offersmith.offers.kinds.nothing import Nothing
from offersmith.offers.kinds.percent_off import PercentOff
from offersmith.offers.kinds.points_earned import PointsEarned
from offersmith.offers.kinds.points_spent import PointsSpent
from offersmith.offers.kinds.several import Several
from offersmith.offers.kinds.shipping_off import ShippingOff
from offersmith.offers.kinds.spend_save import SpendSave
from offersmith.offers.kinds.unit_price import UnitPrice

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
