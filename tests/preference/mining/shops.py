"""Small shops as baskets, and drawn ones for brute-force oracles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from offersmith.store.baskets import LINES, ORDERS, Baskets

Basket = tuple[int | None, int, frozenset[int]]
"""A customer, an hour, and what was bought."""
BEGIN = datetime(2024, 1, 1)


def shop(baskets: Sequence[Basket], items: int, nameless: int = 0) -> Baskets:
    """Return baskets as they are read, by time."""
    some = sorted(enumerate(baskets), key=lambda one: (one[1][1], one[0]))
    lines = [{"basket": at, "item": item} for at, (_, one) in enumerate(some) for item in sorted(one[2])]
    orders = [{"customer": one[0], "time": BEGIN + timedelta(hours=one[1])} for _, one in some]
    names = pa.array([f"p{item:03}" for item in range(items)], pa.string())
    return Baskets(
        pa.Table.from_pylist(lines, schema=LINES), pa.Table.from_pylist(orders, schema=ORDERS), names, nameless
    )


ITEMS = 6


@st.composite
def drawn(draw: st.DrawFn, most: int = 25) -> list[Basket]:
    """Return baskets of up to six products by up to three customers, some unknown, some at one moment."""
    one = st.tuples(
        st.one_of(st.none(), st.integers(0, 2)), st.integers(0, 8), st.frozensets(st.integers(0, ITEMS - 1), min_size=1)
    )
    return draw(st.lists(one, max_size=most))
