"""The 33 features in Polars and in pandas, as a careful user of each would write them."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks._feature_rivals import NAMES
from benchmarks._shop_events import AS_OF

_DAY_US = 86_400e6
_CUTS = {days: AS_OF - timedelta(days=days) for days in (30, 90, 365)}


def with_polars(path: Path) -> pa.Table:
    """Run one lazy plan on the streaming engine."""
    col = pl.col
    seen = pl.scan_parquet(path).filter(col("customer_id").is_not_null() & (col("time") < AS_OF))
    sales = seen.filter(col("event") == "purchase")

    def weight(half_life: float) -> pl.Expr:
        age = (pl.lit(AS_OF) - col("time")).dt.total_microseconds() / _DAY_US
        return (age * (-math.log(2) / half_life)).exp()

    everybody = seen.group_by("customer_id").agg(
        refunds=(col("event") == "refund").sum(),
        views_30d=((col("event") == "view_item") & (col("time") >= _CUTS[30])).sum(),
    )
    price = col("amount") / col("quantity")
    lines = sales.group_by("customer_id").agg(
        recency=(pl.lit(AS_OF) - col("time").max()).dt.total_microseconds() / _DAY_US,
        tenure=(pl.lit(AS_OF) - col("time").min()).dt.total_microseconds() / _DAY_US,
        lines=pl.len(), spend=col("amount").sum(), unit_price=price.mean(), unit_price_median=price.median(),
        **{f"spend_{d}d": col("amount").filter(col("time") >= cut).sum() for d, cut in _CUTS.items()},
        **{f"spend_decayed_{d}d": (col("amount") * weight(d)).sum() for d in (30, 90)},
        discount=col("discount").sum(), gross=(col("amount") + col("discount").fill_null(0)).sum(),
        deals=(col("discount") > 0).sum(),
        products=col("product_id").drop_nulls().n_unique(), brands=col("brand").drop_nulls().n_unique(),
    )  # fmt: skip
    local = col("time") + pl.duration(minutes=col("utc_offset"))
    key = pl.coalesce(col("order_id"), pl.lit("day ") + local.dt.date().cast(pl.String))
    orders = (
        sales.group_by("customer_id", key.alias("key"))
        .agg(time=col("time").min(), utc_offset=col("utc_offset").min(), lines=pl.len(), amount=col("amount").sum(),
             coupon=col("coupon_discount").sum())
        .with_columns(local=local)
    )  # fmt: skip
    gap = col("local").dt.date().sort().diff().dt.total_days()
    by_order = orders.group_by("customer_id").agg(
        orders=pl.len(), cadence=gap.mean(), gap_sd=gap.std(ddof=0), basket_lines=col("lines").mean(),
        basket_value=col("amount").mean(), basket_value_median=col("amount").median(),
        **{f"orders_{d}d": (col("time") >= cut).sum() for d, cut in _CUTS.items()},
        evening=(col("local").dt.hour() >= 17).sum(), weekend=(col("local").dt.weekday() >= 6).sum(),
        coupon_orders=(col("coupon") > 0).sum(),
        coupon_orders_decayed_60d=weight(60).filter(col("coupon") > 0).sum(),
    )  # fmt: skip
    n = col("n").cast(pl.Float64)
    by_category = (
        sales.filter(col("category").is_not_null()).group_by("customer_id", "category").agg(n=pl.len())
        .group_by("customer_id")
        .agg(categories=pl.len(), category_entropy=n.sum().log() - (n * n.log()).sum() / n.sum(),
             category_top_share=n.max() / n.sum())
    )  # fmt: skip
    shown = seen.filter((col("event") == "view_promotion") & col("campaign_id").is_not_null())
    by_campaign = shown.group_by("customer_id").agg(campaigns_exposed=col("campaign_id").n_unique())
    plan = everybody
    for part in (lines, by_order, by_category, by_campaign):
        plan = plan.join(part, on="customer_id", how="left")
    counts = [name for name in NAMES if name.startswith(("orders", "spend", "coupon_orders", "campaigns"))]
    counts += ["products", "categories", "brands"]
    plan = plan.with_columns(
        pl.when((col("orders") > 2) & (col("cadence") > 0)).then(col("gap_sd") / col("cadence")).alias("cadence_cv"),
        return_rate=col("refunds") / col("lines"), evening_share=col("evening") / col("orders"),
        weekend_share=col("weekend") / col("orders"), discount_share=col("discount") / col("gross"),
        deal_affinity=col("deals") / col("lines"),
    ).with_columns(col(counts).fill_null(0))  # fmt: skip
    return plan.select("customer_id", *NAMES).sort("customer_id").collect(engine="streaming").to_arrow()


def with_pandas(path: Path) -> pa.Table:
    """Read the columns needed into memory and group."""
    columns = [
        "event", "time", "utc_offset", "customer_id", "order_id", "product_id", "category", "brand", "quantity",
        "amount", "discount", "coupon_discount", "campaign_id",
    ]  # fmt: skip
    seen = pd.read_parquet(path, columns=columns, filters=[("time", "<", AS_OF)])
    seen = seen[seen.customer_id.notna()]
    customers = seen.groupby("customer_id").size().index
    sales = seen[seen.event == "purchase"].copy()
    found: dict[str, Any] = {
        "campaigns_exposed": _distinct(seen[seen.event == "view_promotion"], "campaign_id"),
        "views_30d": seen[(seen.event == "view_item") & (seen.time >= _CUTS[30])].groupby("customer_id").size(),
    }
    refunds = seen[seen.event == "refund"].groupby("customer_id").size().reindex(customers, fill_value=0)
    del seen
    _sales_features(sales, found)
    lines = found.pop("lines")
    found["return_rate"] = refunds.reindex(lines.index) / lines
    _order_features(sales, found)
    frame = pd.DataFrame({name: found[name].reindex(customers) for name in NAMES}, index=customers)
    counts = [name for name in NAMES if name.startswith(("orders", "spend", "coupon_orders", "campaigns", "views"))]
    counts += ["products", "categories", "brands"]
    frame[counts] = frame[counts].fillna(0)
    return pa.Table.from_pandas(frame.sort_index().reset_index(), preserve_index=False)


def _distinct(frame: pd.DataFrame, by: str) -> Any:
    return frame[["customer_id", by]].dropna().drop_duplicates().groupby("customer_id").size()


def _weight(times: Any, half_life: float) -> Any:
    age = (AS_OF - times).dt.total_seconds() / 86_400
    return 0.5 ** (age / half_life)


def _sales_features(sales: pd.DataFrame, found: dict[str, Any]) -> None:
    for half_life in (30, 90):
        sales[f"w{half_life}"] = sales.amount * _weight(sales.time, half_life)
    for days, cut in _CUTS.items():
        found[f"spend_{days}d"] = sales[sales.time >= cut].groupby("customer_id").amount.sum()
    sales["price"] = sales.amount / sales.quantity
    sales["gross"] = sales.amount + sales.discount.fillna(0)
    sales["deal"] = sales.discount > 0
    groups = sales.groupby("customer_id")
    found["recency"] = (AS_OF - groups.time.max()).dt.total_seconds() / 86_400
    found["tenure"] = (AS_OF - groups.time.min()).dt.total_seconds() / 86_400
    found |= {"lines": groups.size(), "spend": groups.amount.sum(), "deal_affinity": groups.deal.mean()}
    found |= {f"spend_decayed_{half_life}d": groups[f"w{half_life}"].sum() for half_life in (30, 90)}
    found |= {"unit_price": groups.price.mean(), "unit_price_median": groups.price.median()}
    found["discount_share"] = groups.discount.sum() / groups.gross.sum()
    found |= {"products": _distinct(sales, "product_id"), "brands": _distinct(sales, "brand")}
    pairs = sales[["customer_id", "category"]].dropna().groupby(["customer_id", "category"]).size().rename("n")
    pairs = pairs.reset_index()
    pairs["n_log_n"] = pairs.n * pairs.n.map(math.log)
    by = pairs.groupby("customer_id").agg(k=("n", "size"), total=("n", "sum"), top=("n", "max"), s=("n_log_n", "sum"))
    found["categories"] = by.k
    found["category_entropy"] = by.total.map(math.log) - by.s / by.total
    found["category_top_share"] = by.top / by.total


def _order_features(sales: pd.DataFrame, found: dict[str, Any]) -> None:
    local = sales.time + pd.to_timedelta(sales.utc_offset, unit="m")
    sales["key"] = sales.order_id.where(sales.order_id.notna(), "day " + local.dt.date.astype(str)) if (
        sales.order_id.isna().any()
    ) else sales.order_id  # fmt: skip
    orders = sales.groupby(["customer_id", "key"]).agg(
        time=("time", "min"), utc_offset=("utc_offset", "min"), lines=("amount", "size"), amount=("amount", "sum"),
        coupon=("coupon_discount", "sum"),
    ).reset_index()  # fmt: skip
    local = orders.time + pd.to_timedelta(orders.utc_offset, unit="m")
    orders["day"], orders["evening"], orders["weekend"] = (
        local.dt.normalize(),
        local.dt.hour >= 17,
        local.dt.day_of_week >= 5,
    )
    orders = orders.sort_values(["customer_id", "day"])
    groups = orders.groupby("customer_id")
    orders["gap"] = groups.day.diff().dt.days
    orders["w60"] = _weight(orders.time, 60)
    groups = orders.groupby("customer_id")
    found |= {"orders": groups.size(), "cadence": groups.gap.mean(), "basket_lines": groups.lines.mean()}
    found |= {"basket_value": groups.amount.mean(), "basket_value_median": groups.amount.median()}
    found |= {"evening_share": groups.evening.mean(), "weekend_share": groups.weekend.mean()}
    spread = groups.gap.std(ddof=0) / found["cadence"]
    found["cadence_cv"] = spread.where((found["orders"] > 2) & (found["cadence"] > 0))
    for days, cut in _CUTS.items():
        found[f"orders_{days}d"] = orders[orders.time >= cut].groupby("customer_id").size()
    with_coupon = orders[orders.coupon > 0].groupby("customer_id")
    found["coupon_orders"] = with_coupon.size()
    found["coupon_orders_decayed_60d"] = with_coupon.w60.sum()
