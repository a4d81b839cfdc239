"""Who is in which segment of a shop's own, and how these overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.profiles.clusters.columns import numbers, numeric
from offersmith.profiles.clusters.conditions import Condition
from offersmith.profiles.clusters.refused import refused
from offersmith.profiles.clusters.rules import Rule

Truths = NDArray[np.bool_]
_ROUNDING = 1e-9
"""Of a share times a number of customers: three of thirty are a tenth, and not four."""


def match(profiles: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """Return `customer_id` and a column of truths per rule, named by its id; what is unknown never matches.

    Raises:
        InputError: the table lacks a column, or one is not of the kind that a condition speaks of.
    """
    found = {"customer_id": profiles["customer_id"]}
    for rule in rules:
        inside = np.ones(profiles.num_rows, np.bool_)
        for condition in rule.where:
            inside &= _holds(profiles, condition, rule.id)
        found[rule.id] = pa.array(inside)
    return pa.table(found)


def overlaps(matched: pa.Table) -> pa.Table:
    """Return `first`, `second` and `customers` who are in both, for every two segments that share somebody."""
    names = matched.column_names[1:]
    inside = {name: matched[name].to_numpy() for name in names}
    both = [(one, other, int((inside[one] & inside[other]).sum())) for one, other in combinations(names, 2)]
    kept = [row for row in both if row[2]]
    kinds = (pa.string(), pa.string(), pa.int64())
    columns = [pa.array([row[place] for row in kept], kind) for place, kind in enumerate(kinds)]
    return pa.table(columns, names=["first", "second", "customers"])


def uncovered(matched: pa.Table) -> int:
    """Return how many customers are in no segment."""
    inside = np.zeros(matched.num_rows, np.bool_)
    for name in matched.column_names[1:]:
        inside |= matched[name].to_numpy()
    return int((~inside).sum())


def _holds(profiles: pa.Table, condition: Condition, rule: str) -> Truths:
    if condition.column not in profiles.column_names:
        raise refused("unknown_column", segment=rule, field="column", column=condition.column)
    if condition.values is not None:
        return _is(profiles[condition.column], condition, rule)
    if not numeric(profiles.schema.field(condition.column).type):
        raise refused("no_numbers", segment=rule, field=condition.column, column=condition.column)
    held = numbers(profiles, condition.column)
    inside: Truths = ~np.isnan(held)
    if condition.low is not None:
        inside &= held >= condition.low
    if condition.high is not None:
        inside &= held < condition.high
    if condition.most is not None:
        inside &= held <= condition.most
    if condition.top is not None:
        inside &= -held <= _edge(-held, condition.top)
    if condition.bottom is not None:
        inside &= held <= _edge(held, condition.bottom)
    return inside


def _is(column: pa.ChunkedArray, condition: Condition, rule: str) -> Truths:
    values = condition.values or ()
    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    number = numeric(plain.type)
    kind = pa.float64() if number else plain.type
    wanted_kind = (int, float) if number else bool if pa.types.is_boolean(plain.type) else str
    strangers = [one for one in values if not isinstance(one, wanted_kind) or (number and isinstance(one, bool))]
    if strangers:
        raise refused(
            "never", segment=rule, field="is", column=condition.column, value=strangers[0], holds=str(plain.type)
        )
    wanted = pa.array([float(one) for one in values] if number else list(values), kind)
    found = pc.is_in(plain.cast(kind), value_set=wanted, skip_nulls=True)
    return np.asarray(found.to_numpy(), dtype=np.bool_)


def _edge(held: NDArray[np.float64], share: float) -> float:
    """Return the largest of the share of the known values that is smallest: at least one of them."""
    known = np.sort(held[~np.isnan(held)])
    count = max(1, math.ceil(share * len(known) - _ROUNDING))
    return float(known[count - 1]) if len(known) else -math.inf
