"""From the numbers kept to features: the formulas of `store.features`, operation by operation, on arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.store.feature_cells import Cell
from offersmith.store.feature_values import COUNT_BITS, DAY_US, FRACTION_BITS, VALUE_BITS
from offersmith.vocabulary import Feature

Answer = tuple[NDArray[Any], NDArray[np.bool_]]
"""An answer a customer, and whether there is one. Integers, but for the decayed sums of event lines: these are floats,
in the unit of the feature."""


def feature_values(
    feature: Feature, parts: Mapping[str, Cell], answers: Callable[[Cell], Answer], now: int
) -> pa.Array:
    """Return a feature for every customer from the answers to its cells; null where it is unknown.

    Args:
        feature: the declaration.
        parts: its cells by the names of its formula.
        answers: what a cell is for every customer.
        now: the moment, microseconds since 1970.
    """
    x = {key: answers(cell) for key, cell in parts.items()}
    match feature.kind:
        case "count":
            return pa.array(x["n"][0])
        case "sum":
            return _scaled(np.where(x["x"][1], x["x"][0], 0), feature.value, None)
        case "max":
            return _scaled(x["x"][0], feature.value, ~x["x"][1])
        case "mean":
            return _quotient(x["x"][0] / 2.0 ** _bits(feature.value), x["n"][0])
        case "share" | "ratio":
            return _part_of_whole(feature, x)
        case "recency" | "tenure":
            time, some = x["x"]
            return pa.array((now - np.where(some, time, now)).astype(np.float64) / DAY_US, mask=~some)
        case "gap_mean" | "gap_cv":
            return _gap(feature, x)
        case "decayed_count" | "decayed_sum":
            values, some = x["x"]
            bits = COUNT_BITS if feature.kind == "decayed_count" else VALUE_BITS
            whole = values.dtype == np.int64
            return pa.array(np.where(some, values / 2.0**bits if whole else values, 0.0))
        case _:
            raise AssertionError(feature)


def _bits(name: str | None) -> int:
    return FRACTION_BITS.get(name or "", 0)


def _scaled(values: NDArray[np.int64], name: str | None, missing: NDArray[np.bool_] | None) -> pa.Array:
    return pa.array(values / 2.0 ** _bits(name) if _bits(name) else values, mask=missing)


def _quotient(part: NDArray[np.float64], whole: NDArray[np.int64]) -> pa.Array:
    some = whole != 0
    return pa.array(part / np.where(some, whole, 1).astype(np.float64), mask=~some)


def _part_of_whole(feature: Feature, x: Mapping[str, Answer]) -> pa.Array:
    whole_name = feature.value if feature.kind == "share" else feature.over_value
    part, whole = (np.where(some, values, 0) for values, some in (x["part"], x["whole"]))
    some = whole != 0
    quotient = part.astype(np.float64) / np.where(some, whole, 1).astype(np.float64)
    return pa.array(quotient * 2.0 ** (_bits(whole_name) - _bits(feature.value)), mask=~some)


def _gap(feature: Feature, x: Mapping[str, Answer]) -> pa.Array:
    """Mean gap in days of the wall clock, or its coefficient of variation (population), from two or three on."""
    n, some = x["n"]
    gaps, days = n - 1, np.where(some & (n > 0), x["last"][0] - x["first"][0], 0)
    if feature.kind == "gap_mean":
        enough = gaps > 0
        return pa.array(days.astype(np.float64) / np.where(enough, gaps, 1).astype(np.float64), mask=~enough)
    enough = (gaps > 1) & (days != 0)
    spread = np.where(enough, gaps * x["squares"][0] - days * days, 0).astype(np.float64)
    return pa.array(np.sqrt(spread) / np.where(enough, days, 1).astype(np.float64), mask=~enough)
