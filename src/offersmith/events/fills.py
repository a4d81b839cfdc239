"""Ways to guess a missing number: the median of all or of its group, the last known of its series, or the line between.

Each way is a function of the known values alone, so that it can be tried on known values that are hidden from it. A way
that has nothing to go by answers NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """What is known of the lines whose numbers are guessed, all of one length.

    Attributes:
        values: numbers; NaN where to be guessed.
        group: code of each line's group (category); -1 = none.
        series: code of each line's series (product); -1 = none.
        time: microseconds.
        order: rows by series, then time.
    """

    values: Numbers
    group: NDArray[np.int64]
    series: NDArray[np.int64]
    time: NDArray[np.int64]
    order: NDArray[np.int64]


def of_all(lines: Lines) -> Numbers:
    """Guess the median of all known values."""
    known = lines.values[~np.isnan(lines.values)]
    return np.full(len(lines.values), np.median(known) if known.size else np.nan)


def of_group(lines: Lines) -> Numbers:
    """Guess the median of the known values of the same group."""
    known = ~np.isnan(lines.values) & (lines.group >= 0)
    out = np.full(len(lines.values), np.nan)
    if not known.any():
        return out
    codes, values = lines.group[known], lines.values[known]
    order = np.lexsort((values, codes))
    codes, values = codes[order], values[order]
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    sizes = np.diff(np.append(starts, codes.size))
    medians = np.full(int(lines.group.max()) + 1, np.nan)
    medians[codes[starts]] = (values[starts + (sizes - 1) // 2] + values[starts + sizes // 2]) / 2
    has = lines.group >= 0
    out[has] = medians[lines.group[has]]
    return out


def last_known(lines: Lines) -> Numbers:
    """Guess the value known last in the same series, or the next one where none is earlier."""
    before, after = _neighbours(lines)
    earlier, later = _value_at(lines, before), _value_at(lines, after)
    return np.where(np.isnan(earlier), later, earlier)


def between(lines: Lines) -> Numbers:
    """Guess the point on the line between the values before and after in the same series; at the ends, the nearest."""
    before, after = _neighbours(lines)
    earlier, later = _value_at(lines, before), _value_at(lines, after)
    since = (lines.time - lines.time[np.maximum(before, 0)]).astype(np.float64)
    span = (lines.time[np.maximum(after, 0)] - lines.time[np.maximum(before, 0)]).astype(np.float64)
    share = np.divide(since, span, out=np.full(len(span), 0.5), where=span > 0)
    line = earlier + share * (later - earlier)
    return np.where(np.isnan(earlier), later, np.where(np.isnan(later), earlier, line))


WAYS: Mapping[str, Callable[[Lines], Numbers]] = {
    "overall_median": of_all, "category_median": of_group, "last_known": last_known, "interpolation": between,
}  # fmt: skip
"""Every way by its code, the plainest first."""


def _neighbours(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row the row of its series that is known before it, and after it; -1 where there is none."""
    order = lines.order
    series = lines.series[order]
    place = np.arange(order.size)
    known = ~np.isnan(lines.values[order]) & (series >= 0)
    found = []
    for backwards in (False, True):
        step = slice(None, None, -1) if backwards else slice(None)
        seen = np.where(known[step], place, -1)
        # The row itself does not count: its own value is what is guessed.
        last = np.concatenate([[-1], np.maximum.accumulate(seen)[:-1]]) if seen.size else seen
        codes = series[step]
        last = np.where((last >= 0) & (codes[np.maximum(last, 0)] == codes), last, -1)
        rows = np.full(order.size, -1, dtype=np.int64)
        rows[order[step]] = np.where(last >= 0, order[step][np.maximum(last, 0)], -1)
        found.append(rows)
    return found[0], found[1]


def _value_at(lines: Lines, rows: NDArray[np.int64]) -> Numbers:
    return np.where(rows >= 0, lines.values[np.maximum(rows, 0)], np.nan)
