"""Past orders as baskets: no line of a shop's data stops a simulation, and every line keeps its money."""

from datetime import datetime
from math import inf, nan

import pyarrow as pa
import pytest
from tests.campaigns.conftest import AT, percent

from offersmith.campaigns.definition import define
from offersmith.campaigns.past import past_orders
from offersmith.campaigns.simulate import PastOrder, simulate
from offersmith.offers.basket import Basket, Line


def lines(*rows: tuple[str, datetime, float, int]) -> pa.Table:
    """Return a table of (order, time, quantity, shelf)."""
    orders, times, quantities, shelves = zip(*rows, strict=True)
    count = len(rows)
    return pa.table(
        {
            "order_id": pa.array(orders, pa.string()),
            "customer_id": pa.array(["kim"] * count, pa.string()),
            "time": pa.array(times, pa.timestamp("us")),
            "product_id": pa.array(["cup"] * count, pa.string()),
            "category": pa.array([None] * count, pa.string()),
            "brand": pa.array([None] * count, pa.string()),
            "quantity": pa.array(quantities, pa.float64()),
            "shelf": pa.array(shelves, pa.int64()),
        }
    )


@pytest.mark.parametrize(
    ("quantity", "pieces"), [(3.0, 3), (1e6, 10**6), (1e6 + 1, 1), (1e300, 1), (inf, 1), (-inf, 1), (nan, 1), (0.4, 1)]
)
def test_a_quantity_that_nobody_buys_is_one_piece(quantity: float, pieces: int) -> None:
    [order] = past_orders(lines(("o", AT, quantity, 1000)).to_batches(), "EUR")
    assert sum(line.quantity for line in order.basket.lines) == pieces
    assert order.basket.subtotal == 1000


def test_an_order_may_go_over_several_parts() -> None:
    table = lines(*((order, AT, 1.0, 100) for order in "aaabbc"))
    for size in (1, 2, 4, 6):
        found = [(one.order_id, len(one.basket.lines)) for one in past_orders(table.to_batches(size), "EUR")]
        assert found == [("a", 3), ("b", 2), ("c", 1)]


@pytest.mark.parametrize(
    ("price", "share", "part"),
    [
        (5, 0.5, 3),
        (15, 0.1, 2),
        (1, 0.5, 1),
        (3, 0.5, 2),
        (115, 0.7, 81),
        (2**53 - 1, 1.0, 2**53 - 1),
        (9_007_199_254_740_991, 0.3, 2_702_159_776_422_297),
    ],
)
def test_shares_are_exact_and_half_goes_up(price: int, share: float, part: int) -> None:
    definition = define({"name": "x", "promotions": [percent("all", 100)]}, currency="EUR", zone="UTC")
    past = [PastOrder("o", "kim", AT, Basket((Line("cup", 1, price),), "EUR"))]
    found = simulate(definition, "c", past, {}, open_codes=frozenset(), margin_rate=share, cost_share=share)
    assert (found.revenue, found.cost) == (price, price)
    assert (found.margin_before, found.shop_cost, found.margin_after) == (part, part, 0)
