"""A desk on an empty ledger, and campaigns that are live on it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from offersmith.campaigns.definition import define
from offersmith.campaigns.desk import Desk
from offersmith.campaigns.order import Order
from offersmith.campaigns.states import State
from offersmith.store.ledger import Ledger

AT = datetime(2026, 6, 10, 9)


class Shopkeeper(Desk):
    """A desk that can let a campaign be live at once."""

    def live(self, *promotions: Mapping[str, Any], campaign_id: str = "c", **more: Any) -> None:
        """Let a campaign of these promotions be live."""
        checked = define({"name": campaign_id, "promotions": list(promotions), **more}, currency="EUR", zone="UTC")
        kept = self.campaigns.create(
            campaign_id, checked.source, name=campaign_id, state=State.LIVE, author="ann", at=AT
        )
        assert kept.done

    def order(
        self,
        *codes: str,
        customer: str | None = None,
        device: str | None = None,
        lines: Any = None,
        price: str = "50.00",
        order_id: str | None = None,
    ) -> Order:
        """Return an order, of one cup where no lines are given."""
        usual = [{"line_id": "1", "product_id": "cup", "quantity": 1, "unit_price": price}]
        return self.till.order(
            {
                "lines": lines or usual,
                "codes": list(codes),
                "order_id": order_id,
                "customer": {"customer_id": customer} if customer else None,
                "identifiers": {"device": device} if device else {},
            }
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shopkeeper]:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield Shopkeeper(ledger, currency="EUR", zone="UTC")


def percent(name: str, share: int, **more: Any) -> dict[str, Any]:
    """Return a promotion of some percent off."""
    return {"promotion_id": name, "kind": "percent_off", "terms": {"percent": share}, **more}


def amount(name: str, off: str, **more: Any) -> dict[str, Any]:
    """Return a promotion of an amount off, from `min_spend` on if it is given."""
    spend = {"min_spend": more.pop("min_spend")} if "min_spend" in more else {}
    return {"promotion_id": name, "kind": "amount_off", "terms": {"amount": off, **spend}, **more}
