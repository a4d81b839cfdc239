"""Depth curves as what a line with intervals needs, from their plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def depth_facts(depth: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one picture a family of offers: depths on the axis, one series for everybody and one a segment.

    Args:
        depth: `DepthCurve.as_dict()` of every family.

    Returns:
        Of each: `kind`, `unit`, `minimum`, `by`, `x` (depths), `arms` (their names) and `series`, each with `segment`
        (empty = everybody), `rows`, `values`, `low`, `high` (None where withheld), `best` and `close`.
    """
    return [
        {
            "kind": curve["kind"],
            "unit": curve["unit"],
            "minimum": curve["minimum"],
            "by": curve["by"],
            "x": [point["depth"] for point in curve["points"]],
            "arms": [point["arm"] for point in curve["points"]],
            "series": [_series("", curve), *(_series(one["segment"], one) for one in curve["segments"])],
        }
        for curve in depth
    ]


def _series(segment: str, curve: Mapping[str, Any]) -> dict[str, Any]:
    points = curve["points"]
    return {
        "segment": segment,
        "rows": curve["rows"],
        "values": [point["profit"] for point in points],
        "low": [point["low"] for point in points],
        "high": [point["high"] for point in points],
        "best": curve["best"],
        "close": curve["close"],
    }
