"""What the till knows besides the basket: the moment, the customer, and what the ledger said of limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Customer:
    """The facts of a customer that rules may look at.

    Attributes:
        customer_id: None = not known.
        segments: those the customer is in.
        level: member level, e.g. `gold`; None = no member.
        orders: orders before this one; None = not known.
        points: points the customer holds.
    """

    customer_id: str | None = None
    segments: frozenset[str] = frozenset()
    level: str | None = None
    orders: int | None = None
    points: int = 0


ANYBODY = Customer()


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one pricing; nothing here is read from a clock or a database.

    Attributes:
        moment: naive UTC; None where time does not matter (windows and weekdays then count as met).
        zone: IANA zone of the shop's wall clock.
        customer: who buys.
        facts: further circumstances rules may look at (`{"channel": "web"}`).
        unlocked: promotion id -> the code that was entered for it.
        blocked: promotion id -> the reason code that keeps it out (a limit that is used up).
        caps: promotion id -> the most it may take off, minor units (the rest of a money budget).
        spend_points: points the customer wants to pay with.
        min_margin_bp: least margin of every piece in hundredths of a percent of its price, where its cost is known.
    """

    moment: datetime | None = None
    zone: str = "UTC"
    customer: Customer = ANYBODY
    facts: Mapping[str, str] = field(default_factory=dict)
    unlocked: Mapping[str, str] = field(default_factory=dict)
    blocked: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    spend_points: int = 0
    min_margin_bp: int = 0

    def local(self) -> datetime | None:
        """The moment on the shop's wall clock."""
        if self.moment is None:
            return None
        return self.moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self.zone))
