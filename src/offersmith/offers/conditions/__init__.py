"""When a promotion applies. A new condition is one file and one line in `CONDITIONS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.offers.conditions.base import ConditionKind
from offersmith.offers.conditions.quantity import Quantity
from offersmith.offers.conditions.spend import Spend

CONDITIONS: Mapping[str, ConditionKind] = MappingProxyType(
    {
        Spend.name: Spend(),
        Quantity.name: Quantity(),
    }
)
"""Every condition, by its `kind`."""
