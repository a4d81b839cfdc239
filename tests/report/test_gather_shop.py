"""What the shop's own tables become on the page: segments and what must be said before them."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from offersmith.report.gather import _both_judgings, model_facts, segment_facts
from offersmith.report.gather_caveats import caveats
from offersmith.report.inputs import ReportFacts, ShopFacts

NOW = datetime(2017, 10, 30)


def test_orders_of_a_segment_are_all_that_were_ever_placed() -> None:
    profiles = pa.table(
        {
            "customer_id": ["a", "b", "c"],
            "spend_365d": pa.array([500, 0, None], pa.int64()),
            "orders_365d": pa.array([2, 0, None], pa.int64()),
            "orders": pa.array([7, 1, 1], pa.int64()),
        }
    )
    segments = pa.table({"customer_id": ["a", "b", "c"], "segment": ["loyal", "one_time", "one_time"]})
    rows = segment_facts(profiles, segments, NOW).rows
    assert [(row.customers, row.revenue_minor, row.orders) for row in rows] == [(1, 500, 7), (2, 0, 2)]


def with_sales(facts: ReportFacts, first: datetime, last: datetime) -> ShopFacts:
    row = facts.shop.totals.to_pylist()[0] | {"first_sale": first, "last_sale": last}
    table = pa.Table.from_pylist([row], schema=facts.shop.totals.schema)
    return ShopFacts(table, facts.shop.by_month, facts.shop.by_category, facts.shop.by_product, facts.shop.by_event)


@pytest.mark.parametrize(("last", "short"), [(datetime(2017, 10, 29), True), (datetime(2017, 12, 31), False)])
def test_a_year_is_counted_in_sales_not_in_what_was_sent_before(
    full_facts: ReportFacts, last: datetime, short: bool
) -> None:
    said = caveats(with_sales(full_facts, datetime(2017, 1, 1), last), None)
    assert ("short_history" in said) is short


@pytest.mark.parametrize(("model", "said"), [("learned", "择优选出的模型"), ("our own", "our own")])
def test_a_model_is_called_by_its_name_in_words(model: str, said: str) -> None:
    evidence = {
        "model": model, "scores": {"redemption_auc": 0.8, "redemption_lift": 3.0}, "campaigns": [], "rows": 9,
        "reliability": [], "importance": {},
    }  # fmt: skip
    found = model_facts({"as_of": "2017-10-30", "evidence": evidence})
    assert found
    assert found.model.zh == found.scores[0].name.zh == said


def test_figures_out_of_fold_stand_beside_those_of_a_later_campaign(full_facts: ReportFacts) -> None:
    models = full_facts.models
    assert models
    assert models.later
    summary = {"evidence": {"scores": {"redemption_auc": 0.8, "redemption_lift": 3.0}}}
    assert _both_judgings(models, summary).out_of_fold == (0.8, 3.0)
    assert _both_judgings(models, {"evidence": {"scores": {}}}) == models
    assert _both_judgings(models, None) == models
