"""The plan as the table that is written to `plan.parquet`."""

from __future__ import annotations

import json

import pyarrow as pa

from offersmith.strategy.plan import Plan


def plan_table(plan: Plan) -> pa.Table:
    """Return the decisions, with the plan's version and moment in the schema's metadata; no clock, no host."""
    summary = json.dumps({"version": plan.version, "as_of": plan.as_of.isoformat(), "budget": str(plan.budget)})
    return plan.decisions.replace_schema_metadata({"plan": summary})
