"""What the members of a campaign used of it, and what each use cost as far as it is on record.

A use is what an event of use says; its cost is what that event says it took off, or the coupon discount of its basket
(`outcomes.uses_after`, `taken`). Where a shop writes coupon discounts down and a use has no basket, nothing was taken
off. Where neither says anything, the use is `untold`, with what was paid for its basket (without one, with the
customer's usual order).

A shop that has no event of use at all says nothing of who used what. Then whoever was given something and bought may
have used it once, on the first order (`unrecorded.filled` weighs it with the stated share of buyers who do). What
coupons took off in the horizon is the cost, if that is on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import scale
from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.sent import Campaign
from offersmith.response.taken import taken
from offersmith.response.unrecorded import Untold
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What each member's uses cost, major units.

    Attributes:
        told: (n,) the part that is on record.
        beside: (n,) what of it purchases do not count as a coupon's discount; below 0 by a coupon's discount that is
            only the most an untold use cost.
        untold: uses of which nothing is on record.
    """

    told: Floats
    beside: Floats
    untold: Untold


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """What members used of a campaign.

    Attributes:
        times: (n,) how often within their horizon.
        later: (n,) whether after it.
        costs: of the uses within it.
    """

    times: Floats
    later: Bools
    costs: Costs


def used(
    analytics: Analytics,
    campaign: Campaign,
    members: pa.Table,
    as_of: datetime,
    horizon_days: int,
    currency: str,
    *,
    coupons: bool,
) -> Used:
    """Return what members used of a campaign, by events of use.

    Args:
        analytics: bound to the shop's events.
        campaign: of which.
        members: customer_id (once each) and moment, where the customer's horizon starts.
        as_of: nothing at or after this is read.
        horizon_days: how long horizons are.
        currency: of every amount.
        coupons: whether the shop writes down what coupons take off (`outcomes.coupons_told`).
    """
    length, customers = timedelta(days=horizon_days), members["customer_id"]
    days = outcomes.uses_after(analytics, members, length)
    found, mine = taken(days), np.asarray(pc.equal(days["campaign_id"], campaign.campaign_id))
    days = days.filter(pa.array(mine, pa.bool_()))
    ever = outcomes.redemptions(analytics, campaign.start, as_of)
    ever = ever.filter(pc.equal(ever["campaign_id"], campaign.campaign_id))
    row, uses = _rows(days, customers), _numbers(days, "n")
    untold, paid = found.untold[mine], found.paid[mine]
    nowhere = (untold > 0) & np.isnan(paid)
    if nowhere.any() and not coupons:
        paid = np.where(nowhere, _usual_order(analytics, members, length)[row] * untold, paid)
    # Nothing was bought that it could be taken off; or a coupon's discount would be on record, and none is.
    untold = np.where(np.isnan(paid), 0.0, untold)
    costs = _costs(
        len(customers), row, found.told[mine], found.counted[mine], untold, paid, found.most[mine], scale(currency)
    )
    times = np.bincount(row, uses, len(customers)).astype(np.float64)
    return Used(times, of(customers, ever["customer_id"], ever["n"]) > times, costs)


def assumed(analytics: Analytics, members: pa.Table, treated: Bools, horizon_days: int, currency: str) -> Costs:
    """Return what it cost if whoever was given something and bought used it once, on the first order.

    Args:
        analytics: bound to the shop's events.
        members: customer_id (once each) and moment, where the customer's horizon starts.
        treated: (n,) who was given something.
        horizon_days: how long horizons are.
        currency: of every amount.
    """
    customers = members["customer_id"]
    first = outcomes.first_orders_after(analytics, members, timedelta(days=horizon_days))
    row = _rows(first, customers)
    first = first.filter(pa.array(treated[row], pa.bool_()))
    row = row[treated[row]]
    paid, coupon, discount = (_numbers(first, name) for name in ("paid", "coupon", "discount"))
    told, untold = np.nan_to_num(coupon), np.isnan(coupon).astype(np.float64)
    return _costs(len(customers), row, told, told, untold, paid, discount, scale(currency))


def of(customers: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> Floats:
    """Return the value of each customer, 0 where there is none."""
    place = pc.index_in(customers, keys.combine_chunks())
    taken = values.combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(pc.fill_null(taken, 0.0).to_numpy(zero_copy_only=False), dtype=np.float64)


def _costs(
    members: int,
    row: Ints,
    told: Floats,
    counted: Floats,
    uses: Floats,
    paid: Floats,
    most: Floats,
    minor: int,
) -> Costs:
    """Add up by member what uses cost, minor units; `counted` is what purchases say of it, `uses` the untold."""
    open_ = uses > 0
    cost, beside = (np.bincount(row, part, members) / minor for part in (told, told - counted))
    return Costs(cost, beside, Untold(row[open_], paid[open_] / minor, most[open_] / minor, uses[open_]))


def _usual_order(analytics: Analytics, members: pa.Table, length: timedelta) -> Floats:
    """Return what each member paid for an order of their horizon on average, minor units; NaN without any."""
    found = outcomes.outcomes_after(analytics, members, length)
    orders = of(members["customer_id"], found["customer_id"], found["orders"])
    paid = of(members["customer_id"], found["customer_id"], found["revenue"])
    return np.where(orders > 0, np.maximum(paid, 0.0) / np.maximum(orders, 1.0), np.nan)


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _rows(table: pa.Table, customers: pa.ChunkedArray) -> Ints:
    """Return the place of each of the table's customers, all of whom are known."""
    place = pc.index_in(table["customer_id"], customers.combine_chunks())
    return np.asarray(place.to_numpy(), dtype=np.int64)
