"""A small made shop that sends two campaigns to customers it chose."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.profiles import FEATURES
from offersmith.profiles.build import build
from offersmith.response.base import Economics
from offersmith.response.learn import learn
from offersmith.response.linear import expit
from offersmith.settings import LearnSettings, PriorSettings
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS, Offer

AS_OF = datetime.fromisoformat("2024-07-01")
FIRST = datetime.fromisoformat("2024-01-01")
CAMPAIGNS = {"spring": 70, "summer": 130}
"""Campaign -> the day it starts."""
COLUMNS = ("recency", "tenure", "orders_90d", "spend_90d", "spend_28d", "redemptions")
ECONOMICS = Economics(0.4, "USD")
OFFERS = (Offer("ten", "percent_off", {"percent": 10}),)


def shop_events(seed=1, customers=400, days=200, gain=0.0, chosen="seen", banner=None):
    """Return events: regular customers, two campaigns, coupons used.

    Args:
        seed: of everything.
        customers: how many.
        days: how long.
        gain: what being sent a campaign adds to each of its baskets.
        chosen: who is sent a campaign: by what they bought before (`seen`), by what nobody recorded (`hidden`), or
            by `lot`.
        banner: (first day, last day) of a banner shown by a coin at every purchase between; it changes nothing.
    """
    draw = np.random.default_rng(seed)
    rate = draw.gamma(1.2, 0.06, customers)
    days_of = [np.sort(draw.uniform(0, days, draw.poisson(one * days))) for one in rate]
    rows = []

    def add(event, day, customer, **values):
        time = FIRST + timedelta(days=float(day))
        rows.append({"event_id": f"e{len(rows)}", "event": event, "time": time, "utc_offset": 0,
                     "customer_id": f"c{customer:04d}", **values})  # fmt: skip

    sent = {}
    for name, start in CAMPAIGNS.items():
        before = np.array([np.sum((bought >= start - 90) & (bought < start)) for bought in days_of])
        score = {"seen": np.log1p(before), "hidden": np.log(rate), "lot": np.zeros(customers)}[chosen]
        sent[name] = draw.random(customers) < expit(score - np.median(score))
        for customer in np.flatnonzero(sent[name]):
            add("view_promotion", start, customer, offer_id="ten", campaign_id=name)
    for customer in range(customers):
        for number, day in enumerate(days_of[customer]):
            lift, coupon = 1.0, 0
            if banner and banner[0] <= day < banner[1] and draw.random() < 0.5:
                add("view_promotion", day - 0.01, customer, offer_id="ten", campaign_id="banner")
            for name, start in CAMPAIGNS.items():
                if sent[name][customer] and start <= day < start + 28:
                    lift = 1 + gain
                    if draw.random() < min(0.8, 4 * rate[customer]):
                        coupon = 150
                        add("redeem", day, customer, offer_id="ten", campaign_id=name)
            amount = int(2000 * lift * np.exp(0.3 * draw.normal()))
            add("purchase", day, customer, order_id=f"o{customer}-{number}", amount=amount, coupon_discount=coupon,
                discount=coupon, quantity=1.0)  # fmt: skip
    return rows


def bound(folder, rows, threads=1):
    """Return an engine over these events."""
    file = folder / f"events-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), file)
    analytics = Analytics(threads=threads)
    analytics.use_events([file])
    return analytics


def profiles_of(analytics):
    """Return a function from a moment to a few features as of it."""
    features = {name: FEATURES[name] for name in COLUMNS}
    return lambda moment: build(analytics, moment, features=features)


@pytest.fixture(scope="session")
def season():
    """Return the made shop's pieces: its events, what binds them, what learns from them."""

    def learned(analytics, model="auto", **values):
        return learn(
            analytics,
            AS_OF,
            profile=profiles_of(analytics),
            offers=OFFERS,
            economics=ECONOMICS,
            settings=LearnSettings(model=model, folds=3, horizon_days=28),
            priors=PriorSettings(),
            **values,
        )

    return SimpleNamespace(
        as_of=AS_OF, campaigns=CAMPAIGNS, first=FIRST, offers=OFFERS, events=shop_events, bound=bound,
        profiles=profiles_of, learn=learned,
    )  # fmt: skip
