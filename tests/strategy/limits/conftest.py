import numpy as np
import pyarrow as pa
import pytest

from offersmith.strategy.allocation.problem import Memory
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import DAY_US, Past
from offersmith.strategy.limits.reading import parse

OFFERS = ("five", "ten", "gift")
CHANNELS = {"five": "email", "gift": "letter"}


class Shop:
    """Customers with what is known of them, and offers: everything a limit may speak of, as plain arrays."""

    def __init__(self, customers=400, seed=0):
        rng = np.random.default_rng(seed)
        self.n = customers
        segment = rng.choice(["champion", "loyal", "lapsed"], customers, p=[0.2, 0.5, 0.3]).astype(object)
        segment[rng.random(customers) < 0.05] = None
        age = rng.integers(18, 80, customers).astype(float)
        age[rng.random(customers) < 0.1] = np.nan
        self.columns = {
            "segment": segment,
            "age": age,
            "member": rng.random(customers) < 0.4,
            "region": rng.integers(1, 4, customers),
        }
        self.profiles = pa.table(
            {
                "segment": pa.array(segment).dictionary_encode(),
                "age": pa.array(age, from_pandas=True),
                "member": self.columns["member"],
                "region": self.columns["region"],
                "joined": pa.array(np.zeros(customers, "datetime64[s]")),
            }
        )
        self.cost = rng.lognormal(0, 0.5, (len(OFFERS), customers)).astype(np.float32)
        self.value = (self.cost * rng.gamma(2, 0.8, self.cost.shape) - 0.3).astype(np.float32)

        got = rng.poisson(2, customers)
        self.got = np.repeat(np.arange(customers), got)
        """Who got something before, once for each."""
        self.gift = rng.random(len(self.got)) < 0.3
        self.ago = rng.integers(0, 60 * DAY_US, len(self.got))
        self.past = Past(self.got, self.gift.astype(np.int64), self.ago, ("ten", "gift"), CHANNELS)

    def compiled(self, *tables, budget=None):
        limits = parse({"limits": [{"name": f"limit {i}", **table} for i, table in enumerate(tables)]})
        return compile_limits(limits, OFFERS, self.profiles, "USD", budget, channels=CHANNELS, past=self.past)

    def instance(self, made):
        value = self.value if made.forbidden is None else np.where(made.forbidden, -np.inf, self.value)
        return Memory.of(value.astype(np.float32), self.cost, made.cell)

    def choice(self, seed=1):
        return np.random.default_rng(seed).integers(-1, len(OFFERS), self.n).astype(np.int16)

    def sums(self, choice, who, offers=OFFERS):
        """Return what is given to some customers: how often, at which cost, with which value; the plain way."""
        count, cost, value = 0, 0.0, 0.0
        for i in np.flatnonzero(who):
            k = choice[i]
            if k >= 0 and OFFERS[k] in offers:
                count, cost, value = count + 1, cost + float(self.cost[k, i]), value + float(self.value[k, i])
        return count, cost, value


@pytest.fixture(scope="session")
def make_shop():
    return Shop


@pytest.fixture(scope="session")
def shop():
    return Shop()
