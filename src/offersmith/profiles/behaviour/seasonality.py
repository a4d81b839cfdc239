"""When the shop is busy: hours of the day, weekdays, months and holidays, each against the average.

A shop that grows is busier every month without any season. So each day is compared with the moving average of the week
around it, and each month with that of the year around it (ratio to moving average, the classical decomposition;
Hyndman and Athanasopoulos, Forecasting, 3rd ed., 3.4). Days far outside, such as a sale, are left out of the weekdays.
Hours are shares of their own day on the shop's wall clock; a day on which the clock was changed is left out of them.

The strength of a season is the share of the variance of those ratios that it explains, with the chance part taken off
(adjusted R squared); it is clear where an F test says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import f as f_law

from offersmith.profiles.fences import fences
from offersmith.store.analytics import Analytics
from offersmith.store.rhythm import FIRST_DAY, by_hour, local_days
from offersmith.vocabulary import NORMAL_95
from offersmith.words import Language, say

Of = Literal["hour", "weekday", "month", "holiday"]
Reason = Literal["", "too_short", "too_few", "dates_only"]

HOUR_DAYS, WEEKDAY_DAYS, MONTHS = 28, 56, 24
"""Fewer days, or whole months, are too short to tell hours, weekdays or months."""

FEWEST = 240
"""Fewer orders are too few."""

_CLEAR = 0.01
_TIMES = 2  # a holiday is told from so many occurrences on
_DATES = 0.95

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """One hour, weekday, month or holiday.

    Attributes:
        name: hour `0` to `23`, weekday `0` (Monday) to `6`, month `1` to `12`, or the holiday's name.
        index: times the average; 1 is average.
        low: lower end of the 95 % interval of `index`.
        high: upper end.
        seen: days (months) it was seen.
    """

    name: str
    index: float
    low: float
    high: float
    seen: int


@dataclass(frozen=True, slots=True)
class Season:
    """One kind of season.

    Attributes:
        of: what the bins are.
        bins: in order; none where `reason` says why.
        strength: share of the variance of ratios explained, in [0, 1]; None where it cannot be told from chance.
        clear: the season is no chance (F test at 1 %).
        reason: why there is none.
    """

    of: Of
    bins: tuple[Bin, ...] = ()
    strength: float | None = None
    clear: bool = False
    reason: Reason = ""

    def text(self, language: Language = "en") -> str:
        """Return the season as a sentence."""
        what = say(f"behaviour.season_{self.of}", language)
        if self.reason:
            return say(f"behaviour.season_{self.reason}", language, what=what)
        if not self.bins:
            return say("behaviour.season_none", language, what=what)
        if not self.clear and self.of != "holiday":
            return say("behaviour.season_unclear", language, what=what)
        first, last = max(self.bins, key=lambda b: b.index), min(self.bins, key=lambda b: b.index)
        high, low = (bin_name(self.of, one.name, language) for one in (first, last))
        return say("behaviour.season_clear", language, what=what, high=high, high_index=first.index, low=low,
                   low_index=last.index)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seasonality:
    """All seasons of a shop.

    Attributes:
        as_of: moment, ISO 8601.
        days: whole days looked at.
        number: orders on them.
        seasons: hour, weekday, month and holiday.
    """

    as_of: str
    days: int
    number: int
    seasons: tuple[Season, ...]

    def season(self, of: Of) -> Season:
        """Return one of the seasons."""
        return next(one for one in self.seasons if one.of == of)

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return a line per season."""
        return "\n".join(one.text(language) for one in self.seasons)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return asdict(self)


def seasonality(
    analytics: Analytics,
    as_of: datetime,
    since: datetime | None = None,
    *,
    events: Sequence[str] = ("purchase",),
    holidays: Mapping[str, Sequence[date]] | None = None,
) -> Seasonality:
    """Return when the shop is busy.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; its own day is not whole and left out, as is the first.
        since: begin of the window; None reads everything.
        events: what counts; lines of one order count once.
        holidays: name -> its days on the wall clock, over the years.

    Raises:
        InputError: a moment has a time zone.
    """
    table = analytics.run(by_hour(as_of, since, events))
    cells, first, mixed = _cells(table, as_of)
    daily = cells.sum(axis=1)
    number = int(daily.sum())
    days = len(daily)
    dates_only = bool(table.num_rows) and _total(table, "midnight") > _DATES * _total(table, "number")
    hour = Season("hour", reason="dates_only") if dates_only else _hours(cells[~mixed])
    if days < WEEKDAY_DAYS or number < FEWEST:
        reason: Reason = "too_short" if days < WEEKDAY_DAYS else "too_few"
        rest: list[Season] = [Season(of, reason=reason) for of in ("weekday", "month", "holiday")]
        return Seasonality(as_of.isoformat(), days, number, (hour, *rest))
    trend, usual, fine = _weekly(daily, first)
    codes = (np.arange(days) + first + 3) % 7
    weekday = _season("weekday", [str(i) for i in range(7)], codes[fine], daily[fine], trend[fine])
    month = _months(daily, usual[codes], first)
    holiday = _holidays(daily, trend * usual[codes], fine, first, holidays or {})
    return Seasonality(as_of.isoformat(), days, number, (hour, weekday, month, holiday))


def bin_name(of: Of, name: str, language: Language = "en") -> str:
    """Return what a person calls a bin."""
    if of == "holiday":
        return name
    if of == "hour":
        return say("behaviour.season_hour_bin", language, start=name, end=str(int(name) + 1))
    return say(f"behaviour.{of}_{name}", language)


def _cells(table: pa.Table, as_of: datetime) -> tuple[Numbers, int, NDArray[np.bool_]]:
    """Return counts by whole day and hour, days since 1970 of the first, and on which days the clock was changed."""
    if not table.num_rows:
        return np.zeros((0, 24)), 0, np.zeros(0, dtype=np.bool_)
    day, hour = table["day"].to_numpy(), table["hour"].to_numpy()
    low, high = table["low_offset"].to_numpy().astype(np.int64), table["high_offset"].to_numpy().astype(np.int64)
    today = local_days(as_of, int(high[-1]))
    first, last = int(day.min()) + 1, min(int(day.max()), today - 1)
    size = max(last - first + 1, 0)
    inside = (day >= first) & (day <= last)
    cells = np.zeros((size, 24))
    np.add.at(cells, (day[inside] - first, hour[inside]), table["number"].to_numpy()[inside].astype(np.float64))
    lowest, highest = np.full(size, 10_000), np.full(size, -10_000)
    np.minimum.at(lowest, day[inside] - first, low[inside])
    np.maximum.at(highest, day[inside] - first, high[inside])
    return cells, first + FIRST_DAY, highest > lowest


def _hours(cells: Numbers) -> Season:
    if len(cells) < HOUR_DAYS:
        return Season("hour", reason="too_short")
    if cells.sum() < FEWEST:
        return Season("hour", reason="too_few")
    open_days = cells[cells.sum(axis=1) > 0]
    expected = np.repeat(open_days.sum(axis=1) / 24, 24)
    codes = np.tile(np.arange(24), len(open_days))
    return _season("hour", [str(i) for i in range(24)], codes, open_days.ravel(), expected)


def _weekly(daily: Numbers, first: int) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Return the trend, the index of each weekday, and the days that are fit to tell seasons by."""
    codes = (np.arange(len(daily)) + first + 3) % 7
    out, expected = _outlying(daily, codes)
    trend = _moving(np.where(out, expected, daily), 7)
    fine = ~np.isnan(trend) & (np.nan_to_num(trend) > 0) & ~out
    top, below = (np.bincount(codes[fine], x[fine], minlength=7) for x in (daily, trend))
    usual = np.divide(top, below, out=np.ones(7), where=below > 0)
    return trend, usual / (usual.mean() or 1.0), fine


def _outlying(daily: Numbers, codes: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Numbers]:
    """Return days far from what medians let expect, and that; a moving average would already be bent by them."""
    usual = np.ones(7)
    for _ in range(2):
        # A weekday on which the shop is closed has no say in the level of the others.
        share = usual[codes]
        level = _moving_median(np.divide(daily, share, out=np.full(len(daily), np.nan), where=share > 0), 21)
        expected = np.nan_to_num(level) * share
        ratio = np.divide(daily, expected, out=np.ones(len(daily)), where=expected > 0)
        usual = usual * np.array([np.median(ratio[codes == code]) for code in range(7)])
        if not usual.any():
            return np.zeros(len(daily), dtype=np.bool_), daily
    found = fences(ratio)
    # Twice the fence: a day that is only busy belongs to the season, a sale does not.
    out = np.abs(found.outlyingness(ratio)) > 2 if found else np.zeros(len(daily), dtype=np.bool_)
    return out, expected


def _months(daily: Numbers, usual: Numbers, first: int) -> Season:
    """Return the season of the months, each against the year around it."""
    when = np.datetime64(first, "D") + np.arange(len(daily))
    month = when.astype("datetime64[M]").astype(np.int64)
    starts = np.flatnonzero(np.append(True, month[1:] != month[:-1]))
    lengths = np.diff(np.append(starts, len(daily)))
    full = ((month[starts] + 1).astype("datetime64[M]").astype("datetime64[D]")
            - month[starts].astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) == lengths  # fmt: skip
    even = np.divide(daily, usual, out=np.zeros(len(daily)), where=usual > 0)
    open_days = np.maximum(np.add.reduceat((usual > 0).astype(np.float64), starts), 1)
    mean = (np.add.reduceat(even, starts) / open_days)[full]
    names = month[starts][full] % 12
    if len(mean) < MONTHS:
        return Season("month", reason="too_short")
    trend = (_moving(mean[:-1], 12) + _moving(mean[1:], 12)) / 2
    trend = np.concatenate([trend[:1] * np.nan, trend])
    known = np.nan_to_num(trend) > 0
    return _season("month", [str(i) for i in range(1, 13)], names[known], mean[known], trend[known])


def _holidays(
    daily: Numbers, expected: Numbers, fine: NDArray[np.bool_], first: int, holidays: Mapping[str, Sequence[date]]
) -> Season:
    """Return holidays against what the weeks around and the weekday let expect."""
    good = fine & (expected > 0)
    noise = float(np.std(daily[good] / expected[good])) if good.any() else 0.0
    bins = []
    for name in sorted(holidays):
        places = np.array([(day - date(1970, 1, 1)).days - first for day in holidays[name]], dtype=np.int64)
        places = np.unique(places[(places >= 0) & (places < len(daily))])
        places = places[np.nan_to_num(expected[places]) > 0]
        if len(places) < _TIMES:
            continue
        whole = float(expected[places].sum())
        index = float(daily[places].sum()) / whole
        reach = NORMAL_95 * noise * float(np.sqrt(np.sum(expected[places] ** 2))) / whole
        bins.append(Bin(name, index, max(index - reach, 0.0), index + reach, len(places)))
    clear = any(one.low > 1 or one.high < 1 for one in bins)
    return Season("holiday", tuple(bins), None, clear, "too_short" if holidays and not bins else "")


def _season(of: Of, names: Sequence[str], codes: NDArray[np.int64], daily: Numbers, expected: Numbers) -> Season:
    """Return index, interval and strength of bins: sums of what was over sums of what was to be expected."""
    size = len(names)
    seen = np.bincount(codes, minlength=size)
    whole = np.bincount(codes, expected, minlength=size)
    index = np.divide(np.bincount(codes, daily, minlength=size), whole, out=np.ones(size), where=whole > 0)
    left = daily - index[codes] * expected
    square = np.bincount(codes, left**2, minlength=size) * np.divide(seen, seen - 1, out=np.ones(size), where=seen > 1)
    error = np.divide(np.sqrt(square), whole, out=np.zeros(size), where=whole > 0)
    scale = float(index.mean()) or 1.0
    reach = NORMAL_95 * error
    bins = tuple(
        Bin(name, float(i / scale), float(max(i - r, 0.0) / scale), float((i + r) / scale), int(n))
        for name, i, r, n in zip(names, index, reach, seen, strict=True)
    )
    total = daily - daily.sum() / expected.sum() * expected
    unexplained, all_of = float(np.sum(left**2 / expected)), float(np.sum(total**2 / expected))
    freedom = len(codes) - size
    if freedom < size or all_of <= 0:
        return Season(of, bins, None, False)
    strength = max(1 - unexplained / freedom / (all_of / (len(codes) - 1)), 0.0)
    ratio = (all_of - unexplained) / (size - 1) / (unexplained / freedom) if unexplained > 0 else np.inf
    return Season(of, bins, strength, bool(f_law.sf(ratio, size - 1, freedom) < _CLEAR))


def _moving(values: Numbers, width: int) -> Numbers:
    """Return means of `width` neighbours; centred for odd widths, one early for even ones; NaN at the ends."""
    out = np.full(len(values), np.nan)
    if len(values) >= width:
        sums = np.convolve(values, np.ones(width), mode="valid") / width
        start = (width - 1) // 2
        out[start : start + len(sums)] = sums
    return out


def _moving_median(values: Numbers, width: int) -> Numbers:
    """Return medians of `width` neighbours, of fewer at the ends."""
    padded = np.pad(values, width // 2, constant_values=np.nan)
    if not np.isfinite(values).any():
        return np.zeros(len(values))
    medians: Numbers = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return medians


def _total(table: pa.Table, name: str) -> int:
    return int(table[name].to_numpy().sum())
