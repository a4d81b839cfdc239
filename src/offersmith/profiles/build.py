"""Profiles of every customer as of a moment: built at once, or looked up for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.store.analytics import Analytics
from offersmith.store.features import ZERO_IF_NOTHING, compile_features
from offersmith.vocabulary import Feature, Profile


def build(
    analytics: Analytics,
    as_of: datetime,
    register: pa.Table | None = None,
    features: Mapping[str, Feature] = FEATURES,
) -> pa.Table:
    """Work out the profile of every customer from events strictly before a moment.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; kept in the table's metadata as ISO 8601.
        register: customers the shop may address (`customer_id`); those without events get a row too, with zeros where
            a feature counts and nulls where it is unknown.
        features: what to work out.

    Returns:
        `customer_id` and one column per feature (int64 or float64), sorted by `customer_id`.

    Raises:
        InputError: a feature is declared wrongly, or the moment has a time zone.
        StorageError: the events cannot be read.
    """
    table = analytics.run(compile_features(tuple(features.values()), as_of))
    if register is not None:
        table = pa.concat_tables([table, _strangers(table, register, features)]).sort_by("customer_id")
    fields = [pa.field(f.name, f.type, f.name != "customer_id", _unit(features.get(f.name))) for f in table.schema]
    return table.cast(pa.schema(fields, {"as_of": as_of.isoformat()})).combine_chunks()


def moment(profiles: pa.Table) -> datetime:
    """Return the moment a profile table was built for.

    Raises:
        InputError: the table does not say.
    """
    text = (profiles.schema.metadata or {}).get(b"as_of")
    if text is None:
        raise InputError("this is no profile table: its metadata lack as_of", field="as_of")
    return datetime.fromisoformat(text.decode())


def profile(profiles: pa.Table, customer_id: str) -> Profile | None:
    """Return one customer's profile, or None if the table does not know the customer."""
    found = profiles.filter(pc.equal(profiles["customer_id"], customer_id)).to_pylist()
    if not found:
        return None
    features = {name: value for name, value in found[0].items() if name != "customer_id"}
    return Profile(customer_id, moment(profiles), features)


def _strangers(table: pa.Table, register: pa.Table, features: Mapping[str, Feature]) -> pa.Table:
    """Return rows for the customers of the register of whom nothing happened yet."""
    listed = pc.unique(register["customer_id"].cast(pa.string())).drop_null()
    new = listed.filter(pc.invert(pc.is_in(listed, value_set=table["customer_id"].combine_chunks())))
    empty = {name: 0 if feature.kind in ZERO_IF_NOTHING else None for name, feature in features.items()}
    columns = [new, *(pa.array([empty[f.name]] * len(new), f.type) for f in list(table.schema)[1:])]
    return pa.table(columns, schema=table.schema)


def _unit(feature: Feature | None) -> dict[str, str] | None:
    return {"unit": feature.unit} if feature is not None and feature.unit else None
