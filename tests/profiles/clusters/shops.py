"""Shops with planted segments, made with a seed."""

import numpy as np
import pyarrow as pa

PLANTED = (
    # recency, orders, spend (minor), tenure, coupon share, customers
    (5.0, 40, 400_000, 350.0, 0.0, 0.25),
    (8.0, 30, 200_000, 350.0, 0.4, 0.15),
    (10.0, 3, 12_000, 30.0, 0.0, 0.25),
    (200.0, 4, 20_000, 340.0, 0.0, 0.35),
)
"""What tells the segments apart; the first is worth most."""


def planted(customers: int = 800, seed: int = 1, noise: float = 0.25):
    """Return a profile table and the segment each customer was planted in, from 0."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(PLANTED), customers, p=[one[-1] for one in PLANTED])
    means = np.array([one[:5] for one in PLANTED])[truth]
    spread = np.exp(rng.normal(0.0, noise, (customers, 4)))
    recency, orders, spend, tenure = (means[:, :4] * spread).T
    coupons = np.clip(np.where(means[:, 4] > 0, means[:, 4] + rng.normal(0, 0.08, customers), 0.0), 0, 1)
    gaps = np.maximum(orders.round() - 1, 1)
    return pa.table(
        {
            "customer_id": [f"c{i:06}" for i in range(customers)],
            "recency": recency,
            "orders": np.maximum(orders.round(), 1).astype(np.int64),
            "spend": spend.astype(np.int64),
            "tenure": np.maximum(tenure, recency),
            "coupon_order_share": coupons,
            "basket_value": spend / np.maximum(orders.round(), 1),
            "cadence": np.where(orders.round() > 1, np.maximum(tenure - recency, 1.0) / gaps, np.nan),
            "weekend_share": rng.uniform(0, 1, customers),
        }
    ), truth


def replaced(profiles: pa.Table, name: str, values) -> pa.Table:
    """Return the table with other values in a column."""
    return profiles.set_column(profiles.column_names.index(name), name, pa.array(values))
