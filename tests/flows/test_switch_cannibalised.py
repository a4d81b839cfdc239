"""Those who would have paid full price redeem, and other products stay on the shelf: coupons count what they took."""

import pyarrow.compute as pc

from offersmith.events.synthetic import Switches, make
from offersmith.events.synthetic.promotions import ARMS

MISSED = 8.0
"""Dollars a customer by which sales with the offer are more than what it added."""


def test_sales_with_an_offer_are_not_sales_because_of_it(switched, tmp_path):
    """Naive: what was bought with the offer, per customer who was sent it, counts as won by it."""
    shop = make(4500, 106, 2, switches=Switches(cannibalised=0.8))
    with switched.bound(shop, tmp_path) as analytics:
        found = switched.study(analytics, shop)
        with_offer = sold_with_offer(switched, shop, found)
    naive = {offer: with_offer[offer] / (found.given == offer).sum() for offer in ARMS[1:]}
    switched.overstated(shop, found, naive, MISSED)


def sold_with_offer(switched, shop, found):
    """Return offer -> shelf value of all orders of the study's customers that used it in the campaign."""
    used, sold = switched.events(shop, "redeem"), switched.events(shop, "purchase")
    mine = pc.and_(pc.equal(used["campaign_id"], "mailing-2"), pc.is_in(used["customer_id"], of(found)))
    used = used.filter(mine).select(["order_id", "offer_id"])
    priced = (
        used.join(sold.select(["order_id", "shelf"]), "order_id").group_by("offer_id").aggregate([("shelf", "sum")])
    )
    return dict(zip(priced["offer_id"].to_pylist(), priced["shelf_sum"].to_pylist(), strict=True))


def of(found):
    return found.table["customer_id"].combine_chunks()
