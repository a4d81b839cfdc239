"""An offer as it comes to the till: when it applies, in which order, and with what it combines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from offersmith.vocabulary import Offer

Mode = Literal["stack", "first", "best", "worst"]
MODES: tuple[Mode, ...] = ("stack", "first", "best", "worst")
Reach = Literal["basket", "line"]
SCOPES: tuple[Reach, ...] = ("basket", "line")
Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promotion:
    """An offer with the rules of its use.

    Attributes:
        offer: what is given, its terms checked.
        promotion_id: unique among the promotions of one pricing; the offer's id where not given.
        conditions: all must hold; each checked by its kind (`offers.conditions`) and carrying its `kind`.
        starts: applies from this moment on (naive UTC); None = no start.
        ends: no longer applies from this moment on; None = no end.
        priority: higher comes first within its group.
        group: the evaluation group within its phase; "" = the group that stacks.
        exclusive: if it applies, no other promotion of the cart does; of several the highest priority.
        combines_with: promotion ids, groups, phases or kinds it tolerates beside it; None = all. Both must agree.
        needs_code: applies only where the context says that its code was entered.
        phase: `item` or `order` where that is not the kind's own; "" = the kind's.
    """

    offer: Offer
    promotion_id: str = ""
    conditions: tuple[Condition, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None
    priority: int = 0
    group: str = ""
    exclusive: bool = False
    combines_with: frozenset[str] | None = None
    needs_code: bool = False
    phase: str = ""

    @property
    def name(self) -> str:
        """The promotion's id."""
        return self.promotion_id or self.offer.offer_id


@dataclass(frozen=True, slots=True)
class Group:
    """How promotions of one phase that belong together are evaluated.

    Attributes:
        name: what promotions refer to.
        mode: all of them (`stack`), the `first` by priority that takes something off, the `best` or the `worst` for
            the customer.
        scope: decide for the whole basket, or for each line.
        order: lower comes first within the phase; groups that stack come first among equals.
        limit: at most so many promotions apply; None = as many as the mode says.
    """

    name: str
    mode: Mode = "stack"
    scope: Reach = "basket"
    order: int = 0
    limit: int | None = None


STACK = Group("")
NO_GROUPS: Mapping[str, Group] = MappingProxyType({})
