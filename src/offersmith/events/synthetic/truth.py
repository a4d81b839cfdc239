"""What each offer really changes for each customer: the expectation of `visits.run`, worked out day by day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS, Campaign, relief
from offersmith.events.synthetic.shelf import Floats

COLUMNS = ("redemption", "conversion", "revenue", "profit", "cost")


def effects(
    people: People, come: Floats, buy: Floats, basket: Floats, campaign: Campaign, margin_rate: float
) -> pa.Table:
    """Return one row per customer and offer of a campaign, incremental over no offer within its `VALID_DAYS` days.

    Columns: campaign_id, customer_id, offer_id, and float64 redemption (chance of using the offer), conversion
    (change of the chance to buy at all), revenue (paid, major units, before refunds), profit (`margin_rate` of the
    shelf value less cost) and cost (expected relief).

    Args:
        people: n customers.
        come: chance of a visit, n x days.
        buy: chance that it ends in a purchase, n x arms.
        basket: expected shelf value of a basket, major units, n x days.
        campaign: the mailing.
        margin_rate: profit before offers over shelf value.
    """
    days = slice(campaign.start, campaign.start + VALID_DAYS)
    without = _expected(people, come[:, days], buy, basket[:, days], 0)
    tables = []
    for arm in range(1, len(ARMS)):
        bought, used, shelf, cost = _expected(people, come[:, days], buy, basket[:, days], arm)
        more = shelf - without[2]
        values = (used, bought - without[0], more - cost, margin_rate * more - cost, cost)
        n = len(people.ids)
        keys = [pa.repeat(campaign.campaign_id, n), people.ids, pa.repeat(ARMS[arm], n)]
        names = ["campaign_id", "customer_id", "offer_id", *COLUMNS]
        tables.append(pa.table([*keys, *(pa.array(value) for value in values)], names=names))
    return pa.concat_tables(tables)


def _expected(people: People, come: Floats, buy: Floats, basket: Floats, arm: int) -> tuple[Floats, ...]:
    """Return chance of buying, chance of redeeming, expected shelf value and relief over the days."""
    n, days = come.shape
    unused, nothing = np.ones(n), np.ones(n)
    shelf, cost = np.zeros(n), np.zeros(n)
    redeems = people.redeems if arm else np.zeros(n)
    off = relief(arm, basket)
    for day in range(days):
        with_offer = unused * come[:, day] * buy[:, arm]
        without = (1 - unused) * come[:, day] * buy[:, 0]
        shelf += (with_offer + without) * basket[:, day]
        cost += with_offer * redeems * off[:, day]
        unused = unused - with_offer * redeems
        nothing *= 1 - come[:, day] * buy[:, arm]
    return 1 - nothing, 1 - unused, shelf, cost
