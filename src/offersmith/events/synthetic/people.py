"""Who shops there: what moves each customer, none of which the shop can see."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from offersmith.events.synthetic.shelf import CATEGORIES, Floats, Ints
from offersmith.vocabulary import CUSTOMERS

KINDS = ("bargain", "loyal", "casual", "wary")
_SHARE = (0.30, 0.25, 0.35, 0.10)
_VISITS = (0.10, 0.16, 0.06, 0.07)  # visits a day
_WILL = (-2.2, -0.5, -1.6, -1.5)  # log-odds that a visit ends in a purchase
_PER_POINT = (0.065, 0.004, 0.03, -0.012)  # log-odds per percentage point off; the wary trust an offer less than none
_REDEEMS = (0.95, 0.7, 0.7, 0.4)
_GOLD = (0.15, 0.6, 0.1, 0.2)
_AGES = ("18-29", "30-44", "45-59", "60+")
_TOWNS = ("north", "south", "east", "west")


@dataclass(frozen=True, slots=True)
class People:
    """Customers and what moves them; every array has one row per customer.

    Attributes:
        ids: customer ids.
        kind: index into `KINDS`.
        visits: chance of a visit on an ordinary day.
        will: log-odds that a visit without an offer ends in a purchase.
        per_point: change of those log-odds per percentage point off.
        redeems: chance that a purchase under an offer uses it.
        lines: mean number of lines beyond the first.
        mix: taste, shares of `CATEGORIES` (rows add up to 1).
        weekend: factor on `visits` on Saturday and Sunday.
        evening: chance that a visit is in the evening.
        mobile: chance that a visit is in the app.
        gold, age, town: what the register knows; `age` and `town` are indexes.
        towns: names of the towns.
    """

    ids: pa.Array
    kind: Ints
    visits: Floats
    will: Floats
    per_point: Floats
    redeems: Floats
    lines: Floats
    mix: Floats
    weekend: Floats
    evening: Floats
    mobile: Floats
    gold: npt.NDArray[np.bool_]
    age: Ints
    town: Ints
    towns: tuple[str, ...] = _TOWNS

    def register(self) -> pa.Table:
        """Return what the shop knows of them: `CUSTOMERS` with member, age_band and town."""
        columns = {
            "member": np.where(self.gold, "gold", "basic"),
            "age_band": np.array(_AGES)[self.age],
            "town": np.array(self.towns)[self.town],
        }
        fields = [CUSTOMERS.field("customer_id"), *(pa.field(name, pa.string()) for name in columns)]
        return pa.table([self.ids, *(pa.array(column.tolist()) for column in columns.values())], pa.schema(fields))


def draw(rng: np.random.Generator, first: int, n: int) -> People:
    """Draw customers number `first` to `first + n - 1`."""
    kind = rng.choice(len(KINDS), n, p=_SHARE)
    return People(
        ids=pa.array([f"c{number:06d}" for number in range(first, first + n)]),
        kind=kind,
        visits=np.array(_VISITS)[kind] * rng.gamma(4.0, 0.25, n),
        will=np.array(_WILL)[kind] + rng.normal(0, 0.4, n),
        per_point=np.array(_PER_POINT)[kind] * rng.gamma(4.0, 0.25, n),
        redeems=np.array(_REDEEMS)[kind],
        lines=rng.gamma(2.0, 0.8, n),
        mix=rng.dirichlet(np.full(len(CATEGORIES), 0.5), n),
        weekend=rng.choice([0.6, 1.0, 2.0], n),
        evening=rng.choice([0.15, 0.5, 0.9], n),
        mobile=rng.beta(1.0, 1.0, n),
        gold=rng.random(n) < np.array(_GOLD)[kind],
        age=rng.integers(0, len(_AGES), n),
        town=rng.integers(0, len(_TOWNS), n),
    )


def settle(people: People, block: int, size: int) -> People:
    """Move customers to towns of about `size`, which belong to their block alone: shops that many can share."""
    n = len(people.ids)
    count = max(1, round(n / size))
    return replace(
        people, town=np.arange(n) % count, towns=tuple(f"town {block + 1}-{one + 1}" for one in range(count))
    )
