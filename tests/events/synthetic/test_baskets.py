"""The synthetic shop's baskets cost what `offers.evaluate` says, with and without an offer."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.events.synthetic import make
from offersmith.events.synthetic.promotions import CURRENCY, OFFERS
from offersmith.events.synthetic.shelf import CATEGORIES, CHEAPEST, PER_CATEGORY, stock
from offersmith.offers.basket import Basket, Line
from offersmith.offers.stacking import Promotion, evaluate


def test_every_line_of_every_order_is_priced_by_evaluate() -> None:
    shop = make(customers=300, days=60, seed=2)
    events = pa.Table.from_batches(shop.batches())
    shelf = stock(np.random.default_rng([2, 0, 0]))
    price = dict(zip(shelf.ids.to_pylist(), shelf.price.tolist(), strict=True))
    used = events.filter(pc.equal(events["event"], "redeem"))
    offers = dict(zip(used["order_id"].to_pylist(), used["offer_id"].to_pylist(), strict=True))
    orders: dict[str, list[dict]] = {}
    for row in events.filter(pc.equal(events["event"], "purchase")).to_pylist():
        orders.setdefault(row["order_id"], []).append(row)
    assert len(offers) > 20
    for name, rows in orders.items():
        rows.sort(key=lambda row: int(row["event_id"].rsplit("-", 1)[1]))
        lines = tuple(Line(row["product_id"], int(row["quantity"]), price[row["product_id"]]) for row in rows)
        promotions = [Promotion(offer) for offer in OFFERS if offer.offer_id == offers.get(name)]
        effects = evaluate(Basket(lines, CURRENCY), promotions)
        assert [row["discount"] for row in rows] == list(effects.lines)
        assert sum(row["amount"] for row in rows) == effects.total


@pytest.mark.parametrize("seed", range(5))
def test_the_shelf_is_sound(seed: int) -> None:
    shelf = stock(np.random.default_rng(seed))
    assert shelf.price.min() >= CHEAPEST
    category = np.repeat(np.arange(len(CATEGORIES)), 1000)
    luck = np.tile(np.linspace(0, 1, 1000, endpoint=False), len(CATEGORIES))
    picked = shelf.pick(category, luck)
    assert (shelf.category[picked] == category).all()
    seen = shelf.price[picked].reshape(len(CATEGORIES), -1).mean(axis=1) / 100
    assert seen == pytest.approx(shelf.mean_price, rel=0.02)
    assert np.unique(picked).size == len(CATEGORIES) * PER_CATEGORY
