import json
from datetime import datetime

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.plan import make
from offersmith.strategy.table import plan_table


def test_the_table_names_its_plan(estimates, offers):
    moment = datetime.fromisoformat("2026-01-01T12:00")
    plan = make(estimates(20), offers, Money(5_000, "USD"), PlanSettings(), moment, 7)
    table = plan_table(plan)
    assert table.equals(plan.decisions)
    assert json.loads(table.schema.metadata[b"plan"]) == {
        "version": plan.version,
        "as_of": "2026-01-01T12:00:00",
        "budget": "50.00 USD",
    }
