"""Past orders as baskets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import pyarrow as pa

from offersmith.campaigns.simulate import PastOrder
from offersmith.offers.basket import Basket, Line

COLUMNS = ("order_id", "customer_id", "time", "product_id", "category", "brand", "quantity", "shelf")

MOST_PIECES = 1_000_000
"""More pieces than this on one line of an order are a fault of the data."""


def past_orders(parts: Iterable[pa.RecordBatch], currency: str) -> Iterator[PastOrder]:
    """Yield the orders whose lines `store.orders.orders` yields, in the order of time; one may go over several parts.

    A line's money is kept to the minor unit: where it does not divide by the pieces, some pieces cost one more. What is
    sold by weight counts as one piece, and so does a quantity that nobody buys: above a million, or no number.
    """
    rows = (row for part in parts for row in zip(*(part[name].to_pylist() for name in COLUMNS), strict=True))
    for (order_id, customer_id, at), found in groupby(rows, key=itemgetter(0, 1, 2)):
        held: list[Line] = []
        for _, _, _, product_id, category, brand, quantity, shelf in found:
            for pieces, price in _pieces(quantity, max(0, shelf)):
                held.append(Line(product_id, pieces, price, category, str(len(held)), brand))
        yield PastOrder(order_id, customer_id, at, Basket(tuple(held), currency))


def _pieces(quantity: float, shelf: int) -> list[tuple[int, int]]:
    """Return (pieces, unit price) that make up what a line cost on the shelf."""
    # What is no number is neither at least 1 nor at most anything.
    count = int(quantity) if 1 <= quantity <= MOST_PIECES and float(quantity).is_integer() else 1
    each, more = divmod(shelf, count)
    return [(pieces, price) for pieces, price in ((count - more, each), (more, each + 1)) if pieces]
