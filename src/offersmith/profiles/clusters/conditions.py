"""One condition of a segment of a shop's own: what a column of a customer's profile must say."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from offersmith.profiles.clusters.refused import refused, unknown_column

Value = str | int | float | bool
_Part = Annotated[float, Meta(gt=0, le=1)]
_ALSO = {"feature": "column", "at_least": "from"}


class Condition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a column of a customer's profile must say.

    Attributes:
        column: of the profile table.
        values: allowed ones.
        low: at least.
        high: less than.
        most: at most.
        top: the share of the customers with a value who have the largest; who ties at the edge is in.
        bottom: the share who have the smallest.
    """

    column: Annotated[str, Meta(min_length=1)]
    values: Annotated[tuple[Value, ...], Meta(min_length=1)] | None = field(default=None, name="is")
    low: float | None = field(default=None, name="from")
    high: float | None = field(default=None, name="below")
    most: float | None = field(default=None, name="at_most")
    top: _Part | None = None
    bottom: _Part | None = None


def spelled(made: Any, segment: str | int) -> Any:
    """Return a table with the other spellings of fields replaced, and single values of `is` as a list."""
    if not isinstance(made, dict) or not isinstance(made.get("where"), list):
        return made
    conditions = []
    for one in made["where"]:
        if not isinstance(one, dict):
            conditions.append(one)
            continue
        both = [(also, name) for also, name in _ALSO.items() if also in one and name in one]
        if both:
            raise refused("both_spelled", segment=segment, field=both[0][1], other=both[0][0])
        spelled = {_ALSO.get(key, key): value for key, value in one.items()}
        if "is" in spelled and not isinstance(spelled["is"], list):
            spelled["is"] = [spelled["is"]]
        conditions.append(spelled)
    return {**made, "where": conditions}


def check(condition: Condition, segment: str | int, columns: Collection[str]) -> None:
    """Refuse what cannot be meant; msgspec has judged the types."""
    column = condition.column
    if column not in columns:
        raise unknown_column(segment, column, columns)
    bounds: Mapping[str, float | None] = {
        "from": condition.low, "below": condition.high, "at_most": condition.most, "top": condition.top,
        "bottom": condition.bottom,
    }  # fmt: skip
    said = {name: value for name, value in bounds.items() if value is not None}
    if not said and condition.values is None:
        raise refused("no_bound", segment=segment, column=column, field="where", allowed=f"is, {', '.join(bounds)}")
    if said and condition.values is not None:
        raise refused("is_and_bound", segment=segment, column=column, field="where", other=next(iter(said)))
    for name, value in said.items():
        if not math.isfinite(value):
            raise refused("no_end", segment=segment, column=column, field=name, value=value)
    low = said.get("from", -math.inf)
    if low >= said.get("below", math.inf) or low > said.get("at_most", math.inf):
        other = "below" if low >= said.get("below", math.inf) else "at_most"
        facts = {"field": other, "low": f"{low:g}", "value": f"{said[other]:g}"}
        raise refused("nobody", segment=segment, column=column, **facts)
