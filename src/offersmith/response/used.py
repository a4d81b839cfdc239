"""What the members of a campaign used of it, and what each use cost as far as it is on record.

A use is what an event of use says; its cost is what that event says it took off, or the coupon discount of the
customer's purchases on that day. Where a shop writes coupon discounts down and nothing was bought that day, nothing was
taken off. Where neither says anything, the use is `untold`, with what was paid that day (if nothing was, with the
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
from offersmith.response.unrecorded import Untold
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What each member's uses cost, major units.

    Attributes:
        told: (n,) the part that is on record.
        beside: (n,) what of it purchases do not count as a coupon's discount.
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
    analytics: Analytics, campaign: Campaign, members: pa.Table, as_of: datetime, horizon_days: int, currency: str
) -> Used:
    """Return what members used of a campaign, by events of use.

    Args:
        analytics: bound to the shop's events.
        campaign: of which.
        members: customer_id (once each) and moment, where the customer's horizon starts.
        as_of: nothing at or after this is read.
        horizon_days: how long horizons are.
        currency: of every amount.
    """
    length, customers = timedelta(days=horizon_days), members["customer_id"]
    days = outcomes.uses_after(analytics, members, length)
    days = days.filter(pc.equal(days["campaign_id"], campaign.campaign_id))
    ever = outcomes.redemptions(analytics, campaign.start, as_of)
    ever = ever.filter(pc.equal(ever["campaign_id"], campaign.campaign_id))
    row = _rows(days, customers)
    uses, paid = _numbers(days, "n"), _numbers(days, "paid")
    own, coupon, discount = (_numbers(days, name) for name in ("own", "coupon", "discount"))
    told = np.fmax(own, coupon)
    if outcomes.coupons_told(analytics, as_of):
        told = np.where(np.isnan(told) & np.isnan(paid), 0.0, told)
    if (np.isnan(told) & np.isnan(paid)).any():
        paid = np.where(np.isnan(paid), _usual_order(analytics, members, length)[row] * uses, paid)
        # Who bought nothing in the whole horizon had nothing it could be taken off.
        told = np.where(np.isnan(told) & np.isnan(paid), 0.0, told)
    costs = _costs(len(customers), row, uses, told, np.nan_to_num(coupon), paid, discount, scale(currency))
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
    uses = np.ones(len(row))
    return _costs(len(customers), row, uses, coupon, np.nan_to_num(coupon), paid, discount, scale(currency))


def of(customers: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> Floats:
    """Return the value of each customer, 0 where there is none."""
    place = pc.index_in(customers, keys.combine_chunks())
    taken = values.combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(pc.fill_null(taken, 0.0).to_numpy(zero_copy_only=False), dtype=np.float64)


def _costs(
    members: int,
    row: Ints,
    uses: Floats,
    told: Floats,
    counted: Floats,
    paid: Floats,
    most: Floats,
    minor: int,
) -> Costs:
    """Add up by member what days cost (minor units); `counted` is what purchases say of it, NaN what nobody says."""
    known = np.isfinite(told)
    cost, beside = (np.bincount(row[known], part[known], members) / minor for part in (told, told - counted))
    return Costs(cost, beside, Untold(row[~known], paid[~known] / minor, most[~known] / minor, uses[~known]))


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
