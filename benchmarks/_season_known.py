"""What a shop has on record of its customers, as features."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchmarks._season_sensitivity import sensitivity
from benchmarks._season_shop import Floats, Ints, Lived, Shop
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS, points

DEPTH = 10.0
"""Percentage points in the unit of depth, so that slopes are of the size of wills."""


class Known:
    """What the shop has on record of its customers, added up over the days so far.

    How often they will come in the next fortnight, and for how large baskets, is read off the same fortnight of the
    year before: Christmas is in the calendar of every shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._ids, self._gold, n = shop.ids, shop.register(), shop.customers
        self._sums = {name: np.zeros(n) for name in Lived.__slots__ if name != "last"}
        self._sent, self._recency, self._days = np.zeros(n), np.zeros(n), 0
        self._under = {name: np.zeros((len(ARMS), n)) for name in ("visits", "orders")}
        self._year, self._rounds = list[tuple[float, float]](), 0

    def add(self, lived: Lived, days: int, arm: Ints | None = None) -> None:
        """Add some days, and what everybody was given in them."""
        for name in self._sums:
            self._sums[name] += getattr(lived, name)
        self._recency = np.where(lived.orders > 0, lived.last, self._recency + days)
        self._days += days
        held = np.zeros(len(self._gold), np.int64) if arm is None else arm
        for name, sums in self._under.items():
            sums[held, np.arange(held.size)] += getattr(lived, name)
        if arm is None:
            self._year.append((float(lived.visits.sum()), float(lived.value.sum() / lived.orders.sum())))
        else:
            self._rounds += 1
            self._sent += arm > 0

    def table(self) -> pa.Table:
        """Return the profiles as of now: `customer_id` and features.

        Rates of few are drawn to the shop's own. Nobody changes here, so that what is known of 90 days (money in minor
        units, as in the product's profiles) is read off all days.
        """
        sums, days = self._sums, float(self._days)
        coming, filling = self._season()

        def rate(top: Floats, over: Floats, weight: float) -> Floats:
            usual = float(top.sum()) / max(float(over.sum()), 1e-9)
            return np.asarray((top + weight * usual) / (over + weight))

        sessions = coming * VALID_DAYS * sums["visits"] / days
        basket = filling * rate(sums["value"], sums["orders"], 2.0)
        features = {
            "sessions_expected": sessions,
            "orders_90d": coming * 90 * sums["orders"] / days,
            "spend_90d": coming * filling * 9000 * (sums["value"] - sums["off"]) / days,
            "recency": self._recency,
            "tenure": np.full(len(self._gold), days),
            "orders_a_session": rate(self._under["orders"][0], self._under["visits"][0], 5.0),
            "orders_a_session_offered": rate(
                self._under["orders"][1:].sum(axis=0), self._under["visits"][1:].sum(axis=0), 5.0
            ),
            "basket_lines": rate(sums["lines"], sums["orders"], 2.0),
            "basket_expected": basket,
            "unit_price": rate(sums["value"], sums["pieces"], 3.0),
            "weekend_share": rate(sums["weekend"], sums["visits"], 3.0),
            "coupon_order_share": rate(sums["used"], sums["orders"], 3.0),
            "redemption_rate": rate(sums["used"], self._sent, 2.0),
            "exposures": self._sent.copy(),
            "discount_share": rate(sums["off"], sums["value"], 30.0),
            "member": self._gold,
            **self._moved(sessions, basket),
        }
        return pa.table({"customer_id": self._ids, **features})

    def _moved(self, sessions: Floats, basket: Floats) -> dict[str, Floats]:
        """Return what each customer's own record tells of how offers move them: orders more by each offer."""
        depth = np.stack([points(arm, basket) for arm in range(len(ARMS))]) / DEPTH
        own = sensitivity(self._under["visits"], self._under["orders"], depth)
        usual = own.chance(depth[0])
        more = {f"more_by_{ARMS[arm]}": sessions * (own.chance(depth[arm]) - usual) for arm in range(1, len(ARMS))}
        return {"will": own.will, "slope": own.slope, **more}

    def _season(self) -> tuple[float, float]:
        """Return how much more than usual everybody will come in the next fortnight, and put into a basket."""
        year = np.array(self._year)
        visits, basket = year[self._rounds % len(year)] / year.mean(axis=0)
        return float(visits), float(basket)
