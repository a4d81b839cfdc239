"""What a feature needs to know, cut into cells: one aggregate each, shared by all features that need the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from offersmith.errors import InputError
from offersmith.vocabulary import Feature, Where

How = Literal[
    "count", "known", "sum", "median", "max", "first", "last", "first_day", "last_day", "gap_squares", "decayed",
    "groups", "total", "top", "n_log_n",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One aggregate of one customer: `how`, of which value, over which events.

    `count` counts observations, `known` those whose value is known; `first`, `last` are moments and `first_day`,
    `last_day` days on the wall clock; `gap_squares` adds the squared days between neighbouring observations;
    `groups`, `total`, `top` and `n_log_n` compare the groups of the column `by`.
    """

    grain: Literal["event", "order", "session", "group"]
    events: tuple[str, ...]
    how: How
    value: str | None = None
    by: str | None = None
    where: tuple[Where, ...] = ()
    window_days: int | None = None
    half_life_days: float | None = None


def cells(feature: Feature) -> dict[str, Cell]:
    """Return the cells a feature is made of, by the names its formula uses.

    Raises:
        InputError: the declaration lacks what its kind needs.
    """
    _check(feature)
    base = Cell(feature.grain, feature.events, "count", None, None, _where(feature), feature.window_days)
    worth = replace(base, value=feature.value)
    match feature.kind:
        case "count":
            return {"n": base}
        case "sum" | "median" | "max":
            return {"x": replace(worth, how=feature.kind)}
        case "mean":
            return {"x": replace(worth, how="sum"), "n": replace(worth, how="known")}
        case "share" | "ratio":
            return _part_and_whole(feature, base)
        case "distinct" | "entropy" | "top_share":
            return _groups(feature)
        case "recency":
            return {"x": replace(base, how="last")}
        case "tenure":
            return {"x": replace(base, how="first")}
        case "gap_mean" | "gap_cv":
            span = {"n": base, "first": replace(base, how="first_day"), "last": replace(base, how="last_day")}
            return span | ({"squares": replace(base, how="gap_squares")} if feature.kind == "gap_cv" else {})
        case "decayed_count":
            return {"x": replace(base, how="decayed", half_life_days=feature.half_life_days)}
        case "decayed_sum":
            return {"x": replace(worth, how="decayed", half_life_days=feature.half_life_days)}


def _where(feature: Feature) -> tuple[Where, ...]:
    """Return the conditions with lists made tuples, so that cells can be compared."""
    return tuple(replace(w, value=tuple(w.value)) if w.op == "in" else w for w in feature.where)


def _part_and_whole(feature: Feature, base: Cell) -> dict[str, Cell]:
    if feature.by is not None:
        part = Cell("group", feature.events, "groups", None, feature.by, _where(feature), feature.window_days)
        return {"part": part, "whole": replace(part, events=feature.over or feature.events, where=())}
    whole_value = feature.value if feature.kind == "share" else feature.over_value
    whole = replace(base, events=feature.over or feature.events, where=(), value=whole_value)
    part = replace(base, value=feature.value)
    return {
        "part": replace(part, how="sum" if part.value else "count"),
        "whole": replace(whole, how="sum" if whole.value else "count"),
    }


def _groups(feature: Feature) -> dict[str, Cell]:
    base = Cell("group", feature.events, "groups", feature.value, feature.by, _where(feature), feature.window_days)
    wanted: dict[str, tuple[tuple[str, How], ...]] = {
        "distinct": (("n", "groups"),),
        "entropy": (("n", "groups"), ("total", "total"), ("n_log_n", "n_log_n")),
        "top_share": (("top", "top"), ("total", "total")),
    }
    return {name: replace(base, how=how) for name, how in wanted[feature.kind]}


def _check(feature: Feature) -> None:
    needs = {
        "value": feature.kind in ("sum", "mean", "median", "max", "decayed_sum") and not feature.value,
        "by": feature.kind in ("distinct", "entropy", "top_share") and not feature.by,
        "half_life_days": feature.kind in ("decayed_count", "decayed_sum") and not feature.half_life_days,
        "events": not feature.events,
    }
    for field, missing in needs.items():
        if missing:
            raise InputError(f"feature {feature.name!r} of kind {feature.kind} needs `{field}`", field=field)
    if feature.kind in ("distinct", "entropy", "top_share") and feature.grain != "event":
        raise InputError(f"feature {feature.name!r}: groups are of event lines, not {feature.grain}s", field="grain")
