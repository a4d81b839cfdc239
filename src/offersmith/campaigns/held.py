"""Which codes the customers of past orders hold, looked up a stretch of orders at a time.

A campaign may have millions of codes and a simulation see a few thousand customers, so the codes are asked for by
customer, and those that are bound to nobody are only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import inf

from offersmith.campaigns.simulate import PastOrder
from offersmith.store.vouchers import Vouchers

STRETCH = 2000
"""Orders between two look-ups."""


class Held:
    """The codes of one campaign that the customers of the orders now being read hold.

    `bound` and `uses` always speak of the order that `ahead` has yielded last.

    Args:
        vouchers: of the ledger.
        campaign_id: whose codes.
    """

    def __init__(self, vouchers: Vouchers, campaign_id: str) -> None:
        self._vouchers = vouchers
        self._campaign_id = campaign_id
        self._live = vouchers.live(campaign_id)
        self.bound: dict[str, dict[str, str]] = {}
        """Customer -> promotion -> the code that is bound to them; several go as one."""
        self.uses: dict[str, int] = {}
        """Such a code -> how often it may be used; one that is not there has no limit."""

    def open(self, coded: Iterable[str]) -> frozenset[str]:
        """Return those of the promotions whose codes anybody may come to hold.

        That is all but those that are bound to somebody to the last code.

        Args:
            coded: the promotions that need a code.
        """
        counts = {one: self._live.get(one, (0, 0)) for one in coded}
        return frozenset(one for one, (bound, unbound) in counts.items() if unbound or not bound)

    def ahead(self, orders: Iterable[PastOrder]) -> Iterator[PastOrder]:
        """Yield the orders, the codes of their customers looked up before."""
        if not any(bound for bound, _ in self._live.values()):
            yield from orders
            return
        rest = iter(orders)
        while stretch := list(islice(rest, STRETCH)):
            self._look_up({one.customer_id for one in stretch if one.customer_id})
            yield from stretch

    def _look_up(self, customers: set[str]) -> None:
        self.bound.clear()
        self.uses.clear()
        uses: dict[str, float] = {}
        for one in self._vouchers.of_customers(sorted(customers)):
            if one.campaign_id == self._campaign_id and one.state == "live" and one.customer_id:
                key = self.bound.setdefault(one.customer_id, {}).setdefault(one.promotion_id, one.code_key)
                uses[key] = uses.get(key, 0) + (inf if one.uses is None else one.uses)
        self.uses.update({key: int(count) for key, count in uses.items() if count < inf})
