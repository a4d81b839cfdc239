"""When a promotion applies. A new condition is one file and one line in `CONDITIONS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.offers.conditions.any_of import AnyOf
from offersmith.offers.conditions.base import ConditionKind
from offersmith.offers.conditions.contains import Contains
from offersmith.offers.conditions.customer import TheCustomer
from offersmith.offers.conditions.distinct import Distinct
from offersmith.offers.conditions.fact import Fact
from offersmith.offers.conditions.hours import Hours
from offersmith.offers.conditions.level import Level
from offersmith.offers.conditions.negation import Not
from offersmith.offers.conditions.order_number import OrderNumber
from offersmith.offers.conditions.quantity import Quantity
from offersmith.offers.conditions.segment import Segment
from offersmith.offers.conditions.spend import Spend
from offersmith.offers.conditions.weekday import Weekday
from offersmith.offers.conditions.window import Window
from offersmith.offers.conditions.zones import in_zone

__all__ = ["CONDITIONS", "in_zone"]

_kinds: dict[str, ConditionKind] = {}

CONDITIONS: Mapping[str, ConditionKind] = MappingProxyType(_kinds)
"""Every condition, by its `kind`."""

_kinds |= {
    Spend.name: Spend(),
    Quantity.name: Quantity(),
    Distinct.name: Distinct(),
    Contains.name: Contains(),
    Segment.name: Segment(),
    Level.name: Level(),
    OrderNumber.name: OrderNumber(),
    TheCustomer.name: TheCustomer(),
    Fact.name: Fact(),
    Window.name: Window(),
    Weekday.name: Weekday(),
    Hours.name: Hours(),
    AnyOf.name: AnyOf(CONDITIONS),
    Not.name: Not(CONDITIONS),
}
