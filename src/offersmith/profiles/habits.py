"""Features of when, how often and how much a customer buys."""

from __future__ import annotations

from offersmith.vocabulary import Feature, Where

_EVENING = (Where("hour", ">=", 17),)
_WEEKEND = (Where("weekday", ">=", 5),)


def _orders(days: int) -> Feature:
    return Feature(
        f"orders_{days}d",
        "count",
        grain="order",
        window_days=days,
        unit="orders",
        says=f"Orders of the last {days} days.",
    )


def _spend(days: int) -> Feature:
    return Feature(
        f"spend_{days}d", "sum", value="amount", window_days=days, unit="minor", says=f"Paid in the last {days} days.",
        live=False,
    )  # fmt: skip


HABITS: tuple[Feature, ...] = (
    Feature("recency", "recency", unit="days", live=True, says="Days since the last purchase."),
    Feature("tenure", "tenure", unit="days", live=True, says="Days since the first purchase."),
    Feature("orders", "count", grain="order", unit="orders", live=True, says="Orders ever."),
    *(_orders(days) for days in (7, 30, 90, 365)),
    Feature("orders_decayed_30d", "decayed_count", grain="order", half_life_days=30, unit="orders", live=True,
            says="Orders, each counting half as much every 30 days."),
    Feature("spend", "sum", value="amount", unit="minor", live=True, says="Paid ever, before refunds."),
    *(_spend(days) for days in (7, 28, 30, 90, 365)),
    Feature("spend_decayed_30d", "decayed_sum", value="amount", half_life_days=30, unit="minor", live=True,
            says="Paid, counting half as much every 30 days."),
    Feature("spend_decayed_90d", "decayed_sum", value="amount", half_life_days=90, unit="minor", live=True,
            says="Paid, counting half as much every 90 days."),
    Feature("cadence", "gap_mean", grain="order", unit="days", live=True, says="Mean days from one order to the next."),
    Feature("cadence_cv", "gap_cv", grain="order", live=True,
            says="How irregular the days between orders are: their standard deviation over their mean."),
    Feature("basket_lines", "mean", value="lines", grain="order", unit="lines", live=True,
            says="Mean lines of an order."),
    Feature("basket_value", "mean", value="amount", grain="order", unit="minor", live=True,
            says="Mean paid for an order."),
    Feature("basket_value_median", "median", value="amount", grain="order", unit="minor",
            says="Median paid for an order."),
    Feature("basket_value_max", "max", value="amount", grain="order", unit="minor", live=True,
            says="Most paid for one order."),
    Feature("return_rate", "ratio", events=("refund",), over=("purchase",), unit="share", live=True,
            says="Refunded lines over bought lines."),
    Feature("refunds", "sum", events=("refund",), value="amount", unit="minor", live=True, says="Given back ever."),
    Feature("evening_share", "share", grain="order", where=_EVENING, unit="share", live=True,
            says="Share of orders begun at 17:00 or later on the shop's clock."),
    Feature("weekend_share", "share", grain="order", where=_WEEKEND, unit="share", live=True,
            says="Share of orders begun on a Saturday or Sunday."),
)  # fmt: skip
