from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.offers.catalogue import catalogue
from offersmith.profiles import FEATURES
from offersmith.profiles.segments import segment
from offersmith.settings import PlanSettings
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse as parse_limits
from offersmith.strategy.plan import make
from offersmith.strategy.playbooks.members import with_segments
from offersmith.strategy.playbooks.merging import merge
from offersmith.strategy.playbooks.reading import find
from offersmith.vocabulary import ESTIMATES

NOON = datetime.fromisoformat("2026-07-01T12:00")


def customers(count, seed=0):
    """Return what is known of customers of a made shop: every feature, and whether they are members."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.gamma(2.0, 1.0, count) for name in FEATURES}
    orders = rng.integers(0, 12, count)
    cadence = np.where(orders > 1, rng.uniform(5, 40, count), np.nan)
    columns |= {
        "orders": orders,
        "orders_30d": rng.integers(0, 2, count),
        "cadence": cadence,
        "recency": np.where(orders > 0, rng.exponential(80, count), np.nan),
        "tenure": np.where(orders > 0, rng.uniform(20, 700, count), np.nan),
        "spend": (orders * rng.uniform(1_000, 6_000, count)).astype(int),
        "cart_adds_30d": rng.integers(0, 3, count),
        "views_30d": rng.integers(0, 9, count),
        "basket_value": np.where(orders > 0, rng.uniform(1_000, 6_000, count), np.nan),
        "member": rng.random(count) < 0.4,
    }
    table = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    return pa.table({"customer_id": [f"c{place:05d}" for place in range(count)], **table})


def estimated(offers, ids, seed=1):
    """Return estimates of every offer for every customer, some of them below zero."""
    rng = np.random.default_rng(seed)
    rows = len(ids) * len(offers)
    cost, zero = rng.gamma(2, 1, rows), np.zeros(rows)
    profit, spread = cost * rng.gamma(1.5, 1, rows) - 0.5, np.abs(rng.normal(1, 0.5, rows))
    who, what = np.repeat(ids, len(offers)).tolist(), list(offers) * len(ids)
    columns = [who, what, zero, zero, zero, profit, cost, spread, ["m1"] * rows]
    return pa.table([pa.array(column) for column in columns], schema=ESTIMATES)


class Planned:
    """A plan of playbooks on a made shop."""

    def __init__(self, names, profiles, budget="300.00", explore=0.2, valid_days=28):
        self.playbooks = [find(name) for name in names]
        merged = merge(self.playbooks, "USD", profiles)
        self.profiles, offers = profiles, catalogue(merged.offers, "USD")
        ids = [offer.offer_id for offer in offers[1:]]
        stated = parse_limits({"limits": list(merged.limits)})
        money = Money.parse(budget, "USD")
        limits = compile_limits(stated, ids, with_segments(profiles), "USD", money.major)
        self.estimates = estimated(ids, profiles["customer_id"].to_pylist())
        settings = PlanSettings(explore=explore, valid_days=valid_days)
        self.plan = make(self.estimates, offers, money, settings, NOON, 7, profiles, limits=limits)


@pytest.fixture(scope="session")
def profiles():
    found = customers(600)
    assert len(set(segment(found)["segment"].to_pylist())) == 8  # every segment has somebody
    return found


@pytest.fixture(scope="session")
def planned(profiles):
    return Planned(["win-back", "frequent-buyers", "dinner-parties"], profiles)


@pytest.fixture(scope="session")
def make_plan():
    return Planned


@pytest.fixture(scope="session")
def make_customers():
    return customers
