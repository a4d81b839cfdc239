"""A plan's decisions with one row a customer, where some get several offers: what they get together is one thing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.strategy.decisions import customer_of
from offersmith.vocabulary import JOINED

SUMS = ("expected_profit", "expected_cost")


def one_each(decisions: pa.Table) -> pa.Table:
    """Return the decisions with a row a customer: offers joined as in a plan's chances, expected sums added up.

    Args:
        decisions: `vocabulary.DECISIONS`, rows of a customer beside each other. Where everybody has one row they stay
            as they are; else the other columns are those of a customer's first row.
    """
    place = customer_of(decisions["customer_id"])
    heads = np.flatnonzero(np.diff(place, prepend=-1))
    if heads.size == decisions.num_rows:
        return decisions
    found = decisions.take(pa.array(heads))
    ends = pa.array(np.append(heads, decisions.num_rows).astype(np.int32))
    offers = pa.ListArray.from_arrays(ends, decisions["offer_id"].cast(pa.string()).combine_chunks())
    values: dict[str, pa.Array] = {"offer_id": pc.binary_join(offers, JOINED)}
    for name in SUMS:
        if name in decisions.column_names:
            values[name] = pa.array(np.add.reduceat(decisions[name].to_numpy(), heads))
    for name, column in values.items():
        found = found.set_column(found.column_names.index(name), decisions.schema.field(name), column)
    return found
