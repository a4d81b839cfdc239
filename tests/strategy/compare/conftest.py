from datetime import datetime

import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.compare import Side
from offersmith.strategy.plan import make
from offersmith.strategy.table import plan_table
from offersmith.vocabulary import DECISIONS, NO_OFFER

NOON = datetime.fromisoformat("2026-01-01T12:00")


@pytest.fixture(scope="session")
def side(offers):
    """Return a maker of sides from rows of (customer, offer, profit, cost, reasons)."""

    def made(rows, version="one", **more):
        ids, given, profit, cost, *rest = zip(*rows, strict=True) if rows else ((), (), (), ())
        reasons = rest[0] if rest else [["most_profit"]] * len(ids)
        ones = [1.0] * len(ids)
        columns = [
            ids,
            ids,
            given,
            ones,
            profit,
            cost,
            reasons,
            [None] * len(ids),
            [version] * len(ids),
            [NOON] * len(ids),
        ]
        table = pa.table([pa.array(one, field.type) for one, field in zip(columns, DECISIONS, strict=True)], DECISIONS)
        summary = {
            "version": version,
            "as_of": NOON.isoformat(),
            "currency": "USD",
            "budget": 100.0,
            "spent": sum(cost),
            "expected_profit": sum(profit),
            "explore_asked": 0.1,
            "model_versions": ["m1"],
            "certificate": {"rows": [{"name": "budget", "bound": 100.0, "usage": sum(cost), "price": 0.5}]},
            "catalogue": catalogue(offers),
            **more,
        }
        return Side(summary, table)

    return made


def catalogue(offers):
    """Return offers as a plan's summary has them."""
    return [
        {"offer_id": one.offer_id, "kind": one.kind, "terms": dict(one.terms), "name": one.name, "version": one.version}
        for one in offers
        if one.offer_id != NO_OFFER
    ]


@pytest.fixture(scope="session")
def planned(estimates, offers):
    """Return a maker of sides from real plans."""

    def made(budget, customers=300, **more):
        plan = make(estimates(customers), offers, Money(budget, "USD"), PlanSettings(), NOON, 7)
        return Side({**plan.as_dict(), "catalogue": catalogue(offers), **more}, plan_table(plan))

    return made
