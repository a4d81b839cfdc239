"""The plan as the table that is written to `plan.parquet`."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from offersmith.strategy.decisions import customer_of
from offersmith.strategy.plan import Plan

CHANCES = "chances"
"""The column after those of `vocabulary.DECISIONS`: offer -> the chance with which this customer would have got it."""


def plan_table(plan: Plan) -> pa.Table:
    """Return the decisions and the chances of all offers, with the plan's version and moment in the metadata.

    An offer that a customer had no chance of is not named; no clock, no host. Offers that a customer would have got
    together are one entry, `a+b`: the entries of a customer add up to 1, and stand in each of the customer's rows.
    """
    summary = json.dumps({"version": plan.version, "as_of": plan.as_of.isoformat(), "budget": str(plan.budget)})
    table = plan.decisions.append_column(pa.field(CHANCES, _KIND, nullable=False), _chances(plan))
    return table.replace_schema_metadata({"plan": summary})


_KIND = pa.map_(pa.string(), pa.float64())


def _chances(plan: Plan) -> pa.MapArray:
    customer, outcome = np.nonzero(plan.chances.T > 0)
    ends = np.concatenate([[0], np.cumsum(np.bincount(customer, minlength=plan.customers))]).astype(np.int32)
    names = pa.array(plan.outcomes, pa.string()).take(pa.array(outcome))
    found = pa.MapArray.from_arrays(pa.array(ends, pa.int32()), names, pa.array(plan.chances[outcome, customer]))
    if plan.decisions.num_rows == plan.customers:
        return found
    return found.take(pa.array(customer_of(plan.decisions["customer_id"])))
