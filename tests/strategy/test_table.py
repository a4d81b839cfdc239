import json
from datetime import datetime

import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.plan import make
from offersmith.strategy.table import CHANCES, plan_table


def test_the_table_names_its_plan(estimates, offers):
    moment = datetime.fromisoformat("2026-01-01T12:00")
    plan = make(estimates(20), offers, Money(5_000, "USD"), PlanSettings(), moment, 7)
    table = plan_table(plan)
    assert table.drop_columns([CHANCES]).equals(plan.decisions)
    assert json.loads(table.schema.metadata[b"plan"]) == {
        "version": plan.version,
        "as_of": "2026-01-01T12:00:00",
        "budget": "50.00 USD",
    }


@pytest.mark.parametrize("cold", [False, True])
def test_the_table_says_with_which_chance_everybody_would_have_got_what(estimates, offers, cold):
    moment = datetime.fromisoformat("2026-01-01T12:00")
    plan = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(explore=0.3), moment, 7, cold=cold)
    rows = plan_table(plan).to_pylist()
    assert any(len(row[CHANCES]) > 1 for row in rows)
    for row in rows:
        chances = dict(row[CHANCES])
        assert chances[row["offer_id"]] == row["probability"]
        assert sum(chances.values()) == pytest.approx(1)
        assert all(0 < chance <= 1 for chance in chances.values())
