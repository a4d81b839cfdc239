"""Declared features become one question over the events of a shop, as of a moment.

A feature is cut into cells (`feature_cells`); cells are answered together by as few scans as their grains allow
(`feature_grains`), and joined by customer; a formula makes the feature of its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_cells import Cell, cells
from offersmith.store.feature_grains import grain, observations, scan, scans
from offersmith.store.feature_values import (
    COUNT_BITS,
    DAY_US,
    FRACTION_BITS,
    LOG_BITS,
    VALUE_BITS,
    VALUE_LOG_BITS,
    epoch_us,
    moment_us,
    real,
)
from offersmith.vocabulary import Feature, FeatureKind

ZERO_IF_NOTHING: frozenset[FeatureKind] = frozenset({"count", "sum", "distinct", "decayed_count", "decayed_sum"})
"""Kinds that are 0 where nothing happened; all others are then unknown (null)."""

_SEEN = Cell("event", (), "count")
"""Answered for every customer, so that the scan of event lines holds all who were seen."""


def compile_features(features: Sequence[Feature], as_of: datetime) -> ir.Table:
    """Compile features to one ibis expression: a row per customer seen before `as_of`, sorted by `customer_id`.

    Anonymous events do not count, nor does anything at or after the moment. Counts are int64, all else float64, except
    sums of whole minor units, which are int64.

    Args:
        features: what to work out; names are unique.
        as_of: the moment, naive UTC.

    Raises:
        InputError: a declaration lacks what its kind needs, names are used twice, or the moment has a time zone.
    """
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    names = [feature.name for feature in features]
    if len(set(names)) < len(names):
        raise InputError(f"feature names must differ; given: {', '.join(sorted(names))}", field="name")
    made = {feature.name: cells(feature) for feature in features}
    numbers = {_SEEN: "c0"}
    for cell in (cell for parts in made.values() for cell in parts.values()):
        numbers.setdefault(cell, f"c{len(numbers)}")
    joined = _join(numbers, as_of)
    columns = {
        feature.name: _formula(feature, {key: joined[numbers[cell]] for key, cell in made[feature.name].items()}, as_of)
        for feature in features
    }
    return joined.select("customer_id", **columns).order_by("customer_id")


def _join(numbers: Mapping[Cell, str], as_of: datetime) -> ir.Table:
    """Answer all cells, scan by scan, beside each customer who was seen; the first scan sees all of them."""
    lines = EVENTS_TABLE.filter(EVENTS_TABLE.customer_id.notnull(), EVENTS_TABLE.time < as_of)
    grains: dict[tuple[object, ...], list[Cell]] = {}
    for cell in numbers:
        grains.setdefault(grain(cell), []).append(cell)
    tables = {key: observations(found, lines) for key, found in grains.items()}
    named_cells = {number: cell for cell, number in numbers.items()}
    base, *others = (scan(named, tables[grain(next(iter(named.values())))], as_of) for named in scans(named_cells))
    for i, other in enumerate(others):
        key = f"customer_{i}"
        renamed = other.rename({key: "customer_id"})
        base = base.left_join(renamed, base.customer_id == renamed[key]).drop(key)
    return base


def _formula(feature: Feature, x: Mapping[str, ir.Value], as_of: datetime) -> ir.Value:
    match feature.kind:
        case "count" | "distinct":
            return x["n"].fill_null(0).cast("int64")
        case "sum":
            return _scaled(x["x"].fill_null(0), feature.value)
        case "max":
            return _scaled(x["x"], feature.value)
        case "median" | "mean":
            value = real(x["x"]) / real(2 ** FRACTION_BITS.get(feature.value or "", 0))
            return value if feature.kind == "median" else _quotient(value, x["n"])
        case "share" | "ratio":
            return _part_of_whole(feature, x)
        case "entropy":
            return _entropy(feature, x)
        case "top_share":
            return _quotient(x["top"], x["total"])
        case "recency" | "tenure":
            return real(ibis.literal(moment_us(as_of)) - epoch_us(x["x"])) / real(DAY_US)
        case "gap_mean" | "gap_cv":
            return _gap(feature, x)
        case "decayed_count" | "decayed_sum":
            bits = COUNT_BITS if feature.kind == "decayed_count" else VALUE_BITS
            return (real(x["x"]) / real(2**bits)).fill_null(real(0))


def _scaled(value: ir.Value, name: str | None) -> ir.Value:
    bits = FRACTION_BITS.get(name or "", 0)
    return real(value) / real(2**bits) if bits else value.cast("int64")


def _quotient(part: ir.Value, whole: ir.Value) -> ir.Value:
    return real(part) / real(whole.nullif(0))


def _part_of_whole(feature: Feature, x: Mapping[str, ir.Value]) -> ir.Value:
    whole_name = feature.value if feature.kind == "share" else feature.over_value
    shift = FRACTION_BITS.get(whole_name or "", 0) - FRACTION_BITS.get(feature.value or "", 0)
    return _quotient(x["part"].fill_null(0), x["whole"]) * real(2.0**shift)


def _entropy(feature: Feature, x: Mapping[str, ir.Value]) -> ir.Value:
    """Shannon's entropy in nats, as ln N - sum(n ln n) / N."""
    total = real(x["total"])
    scale = real(2 ** (LOG_BITS if feature.value is None else VALUE_LOG_BITS))
    spread = total.ln() - real(x["n_log_n"]) / scale / total
    # One group is exactly 0; a rounded logarithm would leave a trace.
    return ibis.ifelse(x["n"] > 1, spread, ibis.ifelse(x["n"] == 1, real(0), None))


def _gap(feature: Feature, x: Mapping[str, ir.Value]) -> ir.Value:
    """Mean gap in days of the wall clock, or its coefficient of variation (population), from two or three on."""
    gaps = x["n"] - 1
    days = x["last"] - x["first"]
    if feature.kind == "gap_mean":
        return ibis.ifelse(gaps > 0, _quotient(days, gaps), None)
    spread = real(gaps * x["squares"] - days * days)
    return ibis.ifelse(gaps > 1, spread.sqrt() / real(days.nullif(0)), None)
