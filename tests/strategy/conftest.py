import numpy as np
import pyarrow as pa
import pytest

from offersmith.offers.catalogue import catalogue
from offersmith.settings import Settings
from offersmith.vocabulary import ESTIMATES


@pytest.fixture(scope="session")
def offers():
    return catalogue(Settings().offers, "USD")


@pytest.fixture(scope="session")
def estimates(offers):
    """Return a maker of estimates: every customer x every paying offer."""
    paying = [offer.offer_id for offer in offers[1:]]

    def make(customers, seed=0):
        rng = np.random.default_rng(seed)
        rows = customers * len(paying)
        cost, zero = rng.gamma(2, 1, rows), np.zeros(rows)
        ids = [f"c{place:05d}" for place in range(customers) for _ in paying]
        profit = cost * rng.gamma(1.5, 1, rows) - 0.5
        spread = np.abs(rng.normal(1, 1, rows))
        columns = [ids, paying * customers, zero, zero, zero, profit, cost, spread, ["m1"] * rows]
        return pa.table([pa.array(column) for column in columns], schema=ESTIMATES)

    return make
