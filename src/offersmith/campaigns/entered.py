"""What became of the codes somebody entered: which promotion each unlocks, or why it does not.

A code belongs to the customer it is bound to. Whoever else enters one that does not work gets one answer,
`not_applicable`, whatever the reason, so that answers are no oracle for guessing codes and terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from offersmith.campaigns.codes import spellings
from offersmith.campaigns.limits import voucher_claim
from offersmith.campaigns.live import Live, full_name
from offersmith.campaigns.vouchers import why_not
from offersmith.offers.effects import GENERIC, Audience
from offersmith.store.redemptions import Redemptions
from offersmith.store.vouchers import Voucher, Vouchers


@dataclass(frozen=True, slots=True)
class Entered:
    """Codes that were looked up.

    Attributes:
        unlocked: full name of a promotion -> the code that unlocks it.
        rejected: a code as it was typed -> reason code.
        owned: full names of promotions whose code is bound to this customer.
    """

    unlocked: Mapping[str, Voucher] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()

    def rejected_for(self, audience: Audience, mine: Iterable[str] = ()) -> dict[str, str]:
        """Return the reasons somebody may read; `mine` are the codes as typed that are bound to them."""
        if audience == "staff":
            return dict(self.rejected)
        own = set(mine) if audience == "owner" else set()
        return {code: why if code in own else GENERIC for code, why in self.rejected.items()}


@dataclass(frozen=True, slots=True)
class LookUp:
    """Looks codes up in a ledger."""

    vouchers: Vouchers
    redemptions: Redemptions

    def enter(
        self,
        codes: Iterable[str],
        live: Live,
        customer_id: str | None,
        at: datetime,
        own: Mapping[str, int] = MappingProxyType({}),
    ) -> tuple[Entered, frozenset[str]]:
        """Return what became of codes, and those of them (as typed) that are bound to the customer.

        Args:
            codes: as they were typed.
            live: the campaigns that count.
            customer_id: who entered them, if known.
            at: the moment, naive UTC.
            own: meter id -> what the order itself holds of it; that is not used up.
        """
        unlocked: dict[str, Voucher] = {}
        rejected: dict[str, str] = {}
        mine = set()
        each = list(dict.fromkeys(codes))
        known = self.vouchers.find_each([spellings(typed) for typed in each])
        uses = self._uses([one for one in known if one is not None], own)
        for typed, found in zip(each, known, strict=True):
            if found is not None and found.customer_id is not None and found.customer_id == customer_id:
                mine.add(typed)
            why = self.why_not(found, live, customer_id, at, uses)
            if found is None or why:
                rejected[typed] = why
                continue
            name = full_name(found.campaign_id, found.promotion_id)
            if name in unlocked:
                if unlocked[name].code_key != found.code_key:
                    rejected[typed] = "not_combinable"
                continue
            unlocked[name] = found
        owned = frozenset(name for name, one in unlocked.items() if one.customer_id is not None)
        return Entered(unlocked, rejected, owned), frozenset(mine)

    def why_not(
        self,
        found: Voucher | None,
        live: Live,
        customer_id: str | None,
        at: datetime,
        uses: Mapping[str, int] | None = None,
    ) -> str:
        """Return why a code does not count for a customer at a moment, or "".

        Args:
            found: the code, if it is known.
            live: the campaigns that count.
            customer_id: who entered it, if known.
            at: the moment, naive UTC.
            uses: a code's key -> how often it is used; None asks the ledger.
        """
        why = why_not(found, at=at, customer_id=customer_id)
        if found is None or why:
            return f"code_{why}"
        running = live.running.get(found.campaign_id)
        promotions = running.definition.promotions if running else ()
        meant = next((one for one in promotions if one.name == found.promotion_id), None)
        if meant is None:
            return "campaign_not_live"
        if meant.starts is not None and at < meant.starts:
            return "code_not_started"
        if meant.ends is not None and at >= meant.ends:
            return "code_expired"
        if found.uses is None:
            return ""
        used = self.used(found) if uses is None else uses[found.code_key]
        return "code_used_up" if used >= found.uses else ""

    def used(self, one: Voucher) -> int:
        """Return how often a code is used or reserved."""
        return self._uses([one], {})[one.code_key]

    def _uses(self, some: Iterable[Voucher], own: Mapping[str, int]) -> dict[str, int]:
        """Return by key how often codes are used or reserved, without the order's own use of them."""
        names = {one.code_key: voucher_claim(one.campaign_id, one.code_key, one.uses).meter_id for one in some}
        meters = self.redemptions.read_meters(names.values()) if names else {}
        used = {name: meter.used - own.get(name, 0) for name, meter in meters.items()}
        return {key: used.get(name, 0) for key, name in names.items()}
