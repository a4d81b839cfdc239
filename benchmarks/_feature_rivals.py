"""The same 33 features four ways: ours, SQL as an expert writes it by hand, Polars and pandas.

Each function reads the Parquet file and returns `customer_id` and the columns of `NAMES` as an Arrow table. The rivals
add floats where ours adds fixed-point integers; they agree to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks._shop_events import AS_OF

NAMES: tuple[str, ...] = (
    "recency", "tenure", "orders", "orders_30d", "orders_90d", "orders_365d", "spend", "spend_30d", "spend_90d",
    "spend_365d", "spend_decayed_30d", "spend_decayed_90d", "cadence", "cadence_cv", "basket_lines", "basket_value",
    "basket_value_median", "return_rate", "evening_share", "weekend_share", "products", "categories",
    "category_entropy", "category_top_share", "brands", "unit_price", "unit_price_median", "discount_share",
    "deal_affinity", "coupon_orders", "coupon_orders_decayed_60d", "views_30d", "campaigns_exposed",
)  # fmt: skip

MEMORY_MB = 900
_D30, _D90, _D365 = (AS_OF - timedelta(days=days) for days in (30, 90, 365))


def ours(path: Path, scratch: Path) -> pa.Table:
    """Compile the declarations and run them."""
    from offersmith.profiles import FEATURES
    from offersmith.profiles.build import build
    from offersmith.store.analytics import Analytics

    with Analytics(memory_mb=MEMORY_MB, scratch=scratch) as analytics:
        analytics.use_events([path])
        return build(analytics, AS_OF, features={name: FEATURES[name] for name in NAMES})


def by_hand(path: Path, scratch: Path) -> pa.Table:
    """Run the SQL below on the same engine with the same limits."""
    import duckdb

    with duckdb.connect(":memory:") as engine:
        engine.execute(f"SET memory_limit = '{MEMORY_MB}MiB'; SET temp_directory = '{scratch}'")
        engine.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        engine.execute(f"CREATE VIEW events AS SELECT * FROM read_parquet('{path}')")
        return engine.sql(SQL).to_arrow_table()


_AGE = f"(epoch_us(TIMESTAMP '{AS_OF}') - epoch_us(time)) / 86400e6"
_SALES = f"event = 'purchase' AND customer_id IS NOT NULL AND time < TIMESTAMP '{AS_OF}'"
SQL = f"""
WITH everybody AS (
  SELECT customer_id, count(*) FILTER (event = 'refund') AS refunds,
    count(*) FILTER (event = 'view_item' AND time >= TIMESTAMP '{_D30}') AS views_30d
  FROM events WHERE customer_id IS NOT NULL AND time < TIMESTAMP '{AS_OF}' GROUP BY customer_id
), lines AS (
  SELECT customer_id, max(time) AS last, min(time) AS first, count(*) AS lines, sum(amount) AS spend,
    sum(amount) FILTER (time >= TIMESTAMP '{_D30}') AS spend_30d,
    sum(amount) FILTER (time >= TIMESTAMP '{_D90}') AS spend_90d,
    sum(amount) FILTER (time >= TIMESTAMP '{_D365}') AS spend_365d,
    sum(amount * exp({_AGE} * (-ln(2) / 30))) AS spend_decayed_30d,
    sum(amount * exp({_AGE} * (-ln(2) / 90))) AS spend_decayed_90d,
    sum(discount) AS discount, sum(amount + coalesce(discount, 0)) AS gross, count(*) FILTER (discount > 0) AS deals,
    avg(amount / quantity) AS unit_price, median(amount / quantity) AS unit_price_median
  FROM events WHERE {_SALES} GROUP BY customer_id
), orders AS (
  SELECT customer_id, coalesce(order_id, 'day ' || (time + to_minutes(utc_offset))::DATE) AS order_key,
    min(time) AS time, min(utc_offset) AS utc_offset, count(*) AS lines, sum(amount) AS amount,
    sum(coupon_discount) AS coupon
  FROM events WHERE {_SALES} GROUP BY ALL
), days AS (
  SELECT *, (time + to_minutes(utc_offset))::DATE AS day, hour(time + to_minutes(utc_offset)) AS hour,
    isodow(time + to_minutes(utc_offset)) AS weekday,
    lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS before
  FROM orders
), by_order AS (
  SELECT customer_id, count(*) AS orders, count(*) FILTER (time >= TIMESTAMP '{_D30}') AS orders_30d,
    count(*) FILTER (time >= TIMESTAMP '{_D90}') AS orders_90d,
    count(*) FILTER (time >= TIMESTAMP '{_D365}') AS orders_365d,
    avg(day - before) AS cadence, stddev_pop(day - before) AS gap_sd, avg(lines) AS basket_lines,
    avg(amount) AS basket_value, median(amount) AS basket_value_median,
    count(*) FILTER (hour >= 17) AS evening, count(*) FILTER (weekday >= 6) AS weekend,
    count(*) FILTER (coupon > 0) AS coupon_orders,
    sum(exp({_AGE} * (-ln(2) / 60))) FILTER (coupon > 0) AS coupon_orders_decayed_60d
  FROM days GROUP BY customer_id
), pairs AS (
  SELECT customer_id, category, count(*) AS n FROM events WHERE {_SALES} AND category IS NOT NULL GROUP BY ALL
), by_category AS (
  SELECT customer_id, count(*) AS categories, ln(sum(n)) - sum(n * ln(n)) / sum(n) AS category_entropy,
    max(n) / sum(n) AS category_top_share
  FROM pairs GROUP BY customer_id
), by_product AS (
  SELECT customer_id, count(*) AS products
  FROM (SELECT DISTINCT customer_id, product_id FROM events WHERE {_SALES} AND product_id IS NOT NULL) GROUP BY ALL
), by_brand AS (
  SELECT customer_id, count(*) AS brands
  FROM (SELECT DISTINCT customer_id, brand FROM events WHERE {_SALES} AND brand IS NOT NULL) GROUP BY ALL
), by_campaign AS (
  SELECT customer_id, count(DISTINCT campaign_id) AS campaigns_exposed FROM events
  WHERE event = 'view_promotion' AND customer_id IS NOT NULL AND time < TIMESTAMP '{AS_OF}' GROUP BY customer_id
)
SELECT customer_id, (epoch_us(TIMESTAMP '{AS_OF}') - epoch_us(last)) / 86400e6 AS recency,
  (epoch_us(TIMESTAMP '{AS_OF}') - epoch_us(first)) / 86400e6 AS tenure, coalesce(orders, 0) AS orders,
  coalesce(orders_30d, 0) AS orders_30d, coalesce(orders_90d, 0) AS orders_90d,
  coalesce(orders_365d, 0) AS orders_365d, coalesce(spend, 0) AS spend, coalesce(spend_30d, 0) AS spend_30d,
  coalesce(spend_90d, 0) AS spend_90d, coalesce(spend_365d, 0) AS spend_365d,
  coalesce(spend_decayed_30d, 0) AS spend_decayed_30d, coalesce(spend_decayed_90d, 0) AS spend_decayed_90d, cadence,
  CASE WHEN orders > 2 AND cadence > 0 THEN gap_sd / cadence END AS cadence_cv, basket_lines, basket_value,
  basket_value_median, refunds / nullif(lines, 0) AS return_rate, evening / orders AS evening_share,
  weekend / orders AS weekend_share, coalesce(products, 0) AS products, coalesce(categories, 0) AS categories,
  category_entropy, category_top_share, coalesce(brands, 0) AS brands, unit_price, unit_price_median,
  discount / gross AS discount_share, deals / lines AS deal_affinity, coalesce(coupon_orders, 0) AS coupon_orders,
  coalesce(coupon_orders_decayed_60d, 0) AS coupon_orders_decayed_60d, views_30d,
  coalesce(campaigns_exposed, 0) AS campaigns_exposed
FROM everybody LEFT JOIN lines USING (customer_id) LEFT JOIN by_order USING (customer_id)
  LEFT JOIN by_category USING (customer_id) LEFT JOIN by_product USING (customer_id)
  LEFT JOIN by_brand USING (customer_id) LEFT JOIN by_campaign USING (customer_id)
ORDER BY customer_id
"""


def in_polars(path: Path, scratch: Path) -> pa.Table:
    """Work the features out with lazy Polars frames, streamed."""
    from benchmarks._feature_frames import with_polars

    del scratch
    return with_polars(path)


def in_pandas(path: Path, scratch: Path) -> pa.Table:
    """Work the features out with pandas frames in memory."""
    from benchmarks._feature_frames import with_pandas

    del scratch
    return with_pandas(path)


RIVALS: dict[str, Callable[[Path, Path], pa.Table]] = {
    "offersmith": ours, "hand-written SQL": by_hand, "polars": in_polars, "pandas": in_pandas,
}  # fmt: skip
