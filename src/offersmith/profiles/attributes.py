"""What a shop's own files say of its customers, beside what they did: member, region, age.

The register keeps these columns as texts. Here each becomes what all its values can be read as: true and false,
numbers, or texts; limits and playbooks speak of them. Models do not read them.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

TRUE, FALSE = ("true", "yes", "y", "是"), ("false", "no", "n", "否")


def with_attributes(profiles: pa.Table, register: pa.Table | None) -> pa.Table:
    """Return profiles with the register's further columns; a column that profiles have already stays theirs.

    Args:
        profiles: a row per customer, with `customer_id`.
        register: `customer_id` once each, every other column text; None = there is none.
    """
    if register is None:
        return profiles
    ids = register["customer_id"].cast(pa.string()).combine_chunks()
    place = pc.index_in(profiles["customer_id"].cast(pa.string()).combine_chunks(), value_set=ids)
    for name in register.column_names:
        if name not in profiles.column_names:
            held = register[name].combine_chunks().cast(pa.string())
            profiles = profiles.append_column(name, typed(held).take(place))
    return profiles


def typed(column: pa.StringArray) -> pa.Array:
    """Return texts as what all of them can be read as; empty ones are nothing."""
    said = pc.utf8_trim_whitespace(column)
    said = pc.if_else(pc.equal(said, ""), pa.scalar(None, pa.string()), said)
    words = pc.utf8_lower(said)
    if said.null_count == len(said):
        return said
    if pc.all(pc.is_in(words.drop_null(), value_set=pa.array([*TRUE, *FALSE]))).as_py():
        truth = pc.is_in(words, value_set=pa.array(TRUE))
        return pc.if_else(pc.is_valid(words), truth, pa.scalar(None, pa.bool_()))
    try:
        return said.cast(pa.float64())
    except pa.ArrowInvalid:
        return said
