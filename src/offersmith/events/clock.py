"""Reading the shop's clock: texts, dates and epochs to UTC, and the offset of the shop's wall clock at that moment.

A time that names its zone is that moment. A time without one was read off a wall in the shop's time zone; when the
clocks go back it may mean two moments (`ambiguous_time` says which), when they go forward it may mean none, and is
then taken as if the clock had not been moved yet (02:30 of the lost hour becomes 03:30).

A text is read in the first of these ways that fits: ISO 8601, the formats the shop states, days and epochs in digits,
the Chinese 2024年3月2日 14:00, and the dotted 02.03.2024 14:00, whose day comes first wherever dots are used. Slashes
with the year last mean different days in different countries and are only read by a stated format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MOMENT = pa.timestamp("us")
BETWEEN = " | "
"""Between the formats of a list of formats."""

FORMATS = (
    "%d.%m.%y %H:%M:%S", "%d.%m.%y %H:%M", "%d.%m.%y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p", "%m/%d/%y %H:%M", "%m/%d/%y", "%d/%m/%y %H:%M", "%d/%m/%y",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%b %d, %Y",
    "%d %b %Y %H:%M", "%d %b %Y", "%d-%b-%Y", "%B %d, %Y %I:%M %p",
)  # fmt: skip
"""Formats a sample may show; where no row tells month and day apart, the month is taken to come first."""

FEW = 0.02
"""Share of unread times that needs no further format: mistypings, most likely."""

Reading = Callable[[pa.Array], tuple[pa.Array, pa.Array]]
"""Texts to (time on the wall, moment in UTC), both null where the text is written in another way."""

_DAY = pa.scalar(86_400_000_000, pa.duration("us"))
_ISO = (
    r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[T ](?P<H>\d{1,2})(?::(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
_CHINESE = (
    r"^(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]\s*(?:(?:星期|周)[一二三四五六日天])?\s*"
    r"(?P<half>上午|下午)?\s*(?:(?P<H>\d{1,2})[:：时点](?:(?P<M>\d{1,2})(?:[:：分](?:(?P<S>\d{1,2})秒?)?)?)?)?$"
)
_DOTTED = (
    r"^(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"
    r"(?:[T ,]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?(?:\s*Uhr)?)?$"
)
_COMPACT = r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})$"
_YEAR_THEN_DAY = re.compile(r"%Y\W?%d")
_DIGITS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2, "%y": 2}
_MISSING = pa.array(["", "NULL", "null", "NaT", "NaN", "nan", "None", "N/A"])
_NUMBER = r"^\d{8}$|^\d{9,19}(\.\d+)?$"


@dataclass(frozen=True, slots=True)
class Clock:
    """How a shop writes times.

    Attributes:
        timezone: the shop's time zone, e.g. `Europe/London`.
        format: strptime formats, several separated by ` | `, tried in this order on texts that are not ISO 8601.
        ambiguous: which moment a repeated wall-clock hour means; `refuse` makes such a time a fault.
    """

    timezone: str = "UTC"
    format: str = ""
    ambiguous: Literal["earlier", "later", "refuse"] = "earlier"

    @property
    def formats(self) -> tuple[str, ...]:
        """The stated formats, one by one."""
        return tuple(part.strip() for part in self.format.split(BETWEEN) if part.strip())


@dataclass(frozen=True, slots=True)
class Times:
    """Times as read, all arrays of the same length.

    Attributes:
        time: timestamp[us], UTC, null where there was none or it could not be read.
        utc_offset: int16 minutes, null where `time` is.
        bad: bool, there was something and it is no time.
        ambiguous: bool, a repeated hour that the shop wants refused.
        zoned: bool, the time named its zone.
    """

    time: pa.Array
    utc_offset: pa.Array
    bad: pa.Array
    ambiguous: pa.Array
    zoned: pa.Array


@dataclass(frozen=True, slots=True)
class Written:
    """How a sample writes its times.

    Attributes:
        format: what `Clock.format` has to be; empty where nothing has to be stated.
        doubtful: month and day might as well be the other way round.
        known: values that are there.
        unread: values that even `format` does not read.
        example: the first of those.
    """

    format: str = ""
    doubtful: bool = False
    known: int = 0
    unread: int = 0
    example: str = ""


def read(column: pa.Array, clock: Clock) -> Times:
    """Read a column of text, timestamps, dates or numbers (epoch in seconds, ms or us by size, or yyyymmdd)."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column.cast(pa.string()))
        column = pc.if_else(pc.is_in(column, _MISSING), pa.scalar(None, pa.string()), column)
    local, moment = _parse(column, clock.formats)
    bad = pc.and_(pc.is_valid(column), pc.and_(pc.is_null(local), pc.is_null(moment)))
    from_wall, ambiguous = _on_the_wall(local, clock)
    time = pc.coalesce(moment, from_wall)
    return Times(time, offsets(time, clock.timezone), bad, ambiguous, pc.is_valid(moment))


def how_written(column: pa.Array) -> Written:
    """Find out from a sample how its times are written, by what cannot be read without a format."""
    times = read(column, Clock())
    known = len(column) - times.time.null_count + _sum(times.bad)
    left = column.filter(times.bad)
    chosen: list[str] = []
    doubtful = False
    # A mixture of month first and day first could not be told apart row by row, so one of them rules the other out.
    while len(left) > FEW * known and (promising := _promising(left, {*chosen, *map(_swapped, chosen)})):
        bad = {format_: read(left, Clock(format=format_)).bad for format_ in promising}
        best = min(promising, key=lambda format_: _sum(bad[format_]))
        if len(left) - _sum(bad[best]) <= FEW * known:
            break
        other = _swapped(best)
        doubtful = doubtful or (other in bad and _sum(bad[other]) == _sum(bad[best]))
        left = left.filter(bad[best])
        chosen.append(best)
    example = str(left[0].as_py()) if len(left) else ""
    return Written(BETWEEN.join(chosen), doubtful, known, len(left), example)


def _promising(left: pa.Array, without: set[str]) -> list[str]:
    """Return the formats that read any of the first texts."""
    if not (pa.types.is_string(left.type) or pa.types.is_large_string(left.type)):
        return []
    first = left.slice(0, 500)
    return [format_ for format_ in FORMATS if format_ not in without
            and not pc.all(read(first, Clock(format=format_)).bad).as_py()]  # fmt: skip


def _swapped(format_: str) -> str:
    return format_.replace("%m", "%x").replace("%d", "%m").replace("%x", "%d")


def _sum(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)


def offsets(time: pa.Array, timezone: str) -> pa.Array:
    """Return the minutes (int16) to add to UTC for the wall clock of `timezone`; null stays null."""
    wall = pc.local_timestamp(pc.assume_timezone(time, "UTC").cast(pa.timestamp("us", timezone)))
    return pc.divide(pc.subtract(wall, time).cast(pa.int64()), 60_000_000).cast(pa.int16())


def _parse(column: pa.Array, formats: tuple[str, ...]) -> tuple[pa.Array, pa.Array]:
    """Return (time on the wall, moment in UTC); a row has at most one of them."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.tz:
            return _nothing(column), column.cast(pa.timestamp("us", kind.tz), safe=False).cast(MOMENT)
        return column.cast(MOMENT, safe=False), _nothing(column)
    if pa.types.is_date(kind):
        return column.cast(MOMENT), _nothing(column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(column.cast(pa.float64(), safe=False))
    if not pa.types.is_string(kind):
        return _nothing(column), _nothing(column)
    return _texts(column, formats)


def _texts(column: pa.Array, formats: tuple[str, ...]) -> tuple[pa.Array, pa.Array]:
    """Try one way of writing after the other on what no earlier one could read."""
    # "2024-02-03" is ISO 8601 and 3 February, unless the shop says of itself that its days come before its months.
    swapped = [format_ for format_ in formats if _YEAR_THEN_DAY.match(format_)]
    if not swapped:
        try:
            return column.cast(MOMENT), _nothing(column)
        except pa.ArrowInvalid:
            pass
        try:
            return _nothing(column), column.cast(pa.timestamp("us", "UTC")).cast(MOMENT)
        except pa.ArrowInvalid:
            pass
    readings: list[Reading] = [partial(_formatted, format_=format_) for format_ in swapped]
    readings.append(partial(_pieces, pattern=_ISO, sign=r"^\d{4}[-/.]\d"))
    # A stated format goes before digits, whose meaning is guessed by their size.
    readings += [partial(_formatted, format_=format_) for format_ in formats if format_ not in swapped]
    # Fourteen digits are a date: as milliseconds they would lie after the year 2570.
    readings += [partial(_pieces, pattern=_COMPACT, sign=r"^\d{14}$"), _digits]
    readings += [
        partial(_pieces, pattern=_CHINESE, sign="年"),
        partial(_pieces, pattern=_DOTTED, sign=r"^\d\d?\."),
    ]
    local = moment = _nothing(column)
    left = column
    for reading in readings:
        if left.null_count == len(left):
            break
        wall, utc = reading(left)
        local, moment = pc.coalesce(local, wall), pc.coalesce(moment, utc)
        left = pc.if_else(pc.and_(pc.is_null(local), pc.is_null(moment)), column, pa.scalar(None, column.type))
    return local, moment


def _digits(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    digits = pc.match_substring_regex(column, _NUMBER)
    if not pc.any(digits).as_py():
        return _nothing(column), _nothing(column)
    return _numbers(pc.if_else(digits, column, None).cast(pa.float64()))


def _pieces(column: pa.Array, pattern: str, sign: str) -> tuple[pa.Array, pa.Array]:
    """Read year to second, fraction and zone as `pattern` names them; nothing is, where no text has its `sign`."""
    if not pc.any(pc.match_substring_regex(column, sign)).as_py():
        return _nothing(column), _nothing(column)
    found = pc.extract_regex(column, pattern)
    valid = pc.is_valid(found)
    named = {field.name for field in found.type}

    def said(name: str) -> pa.Array:
        return pc.struct_field(found, name) if name in named else pa.nulls(len(column), pa.string())

    def piece(name: str) -> np.ndarray:
        text = said(name)
        text = pc.if_else(pc.and_(valid, pc.greater(pc.binary_length(text), 0)), text, "0")
        numbers: np.ndarray = pc.fill_null(text, "0").cast(pa.int64()).to_numpy(zero_copy_only=False)
        return numbers

    year, month, day, hour, minute, second = (piece(name) for name in "ymdHMS")
    fraction = pc.fill_null(pc.utf8_slice_codeunits(pc.utf8_rpad(said("f"), 6, "0"), 0, 6), "000000")
    micro = fraction.cast(pa.int64()).to_numpy(zero_copy_only=False)
    fine = valid.to_numpy(zero_copy_only=False) & (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    hour = _by_the_day(hour, said("half"))
    fine &= (hour < 24) & (minute < 60) & (second < 60)
    months = ((year - 1970) * 12 + np.where(fine, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    fine &= days.astype("datetime64[M]") == months
    seconds = days.astype("datetime64[s]").astype(np.int64) + hour * 3600 + minute * 60 + second
    zone = pc.fill_null(said("z"), "")
    zoned = pc.not_equal(zone, "").to_numpy(zero_copy_only=False)
    stamps = (seconds - np.where(zoned, _zone_seconds(zone), 0)) * 1_000_000 + micro
    return _where(stamps, fine & ~zoned), _where(stamps, fine & zoned)


def _by_the_day(hour: np.ndarray, half: pa.Array) -> np.ndarray:
    """Return hours of the day from hours of its halves: 下午2 is 14, 上午12 is 0, 下午14 stays 14."""
    if half.null_count == len(half):
        return hour
    morning, afternoon = (
        pc.fill_null(pc.equal(half, word), False).to_numpy(zero_copy_only=False) for word in ("上午", "下午")
    )
    hour = np.where(afternoon & (hour < 12), hour + 12, hour)
    return np.where(morning & (hour == 12), 0, hour)


def _zone_seconds(zone: pa.Array) -> np.ndarray:
    coded = zone.dictionary_encode()
    seconds = [_one_zone(text) for text in coded.dictionary.to_pylist()]
    indices = coded.indices.to_numpy(zero_copy_only=False)
    return np.asarray(seconds, dtype=np.int64)[indices] if seconds else np.zeros(len(zone), dtype=np.int64)


def _one_zone(text: str) -> int:
    if not text or text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if text[0] == "-" else seconds


def _numbers(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Eight digits are a day (yyyymmdd); other numbers are epochs whose size tells seconds, ms and us."""
    number = pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False)
    known = np.isfinite(number)
    number = np.where(known, number, 0.0)
    is_day = known & (number >= 19_000_101) & (number <= 21_001_231)
    written = pa.array(np.where(is_day, number, 0).astype(np.int64)).cast(pa.string())
    days, _ = _pieces(written, r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$", r"^\d{8}$")
    factor = np.where(number < 1e11, 1e6, np.where(number < 1e14, 1e3, 1.0))
    epochs = known & ~is_day & (number >= 1e8) & (number < 4.2e15)
    return days, _where(np.rint(np.where(epochs, number * factor, 0)).astype(np.int64), epochs)


def _formatted(column: pa.Array, format_: str) -> tuple[pa.Array, pa.Array]:
    width = _width(format_)
    if width:
        column = pc.if_else(pc.equal(pc.utf8_length(column), width), column, pa.scalar(None, column.type))
    fraction = None
    if format_.endswith(".%f"):
        parts = pc.extract_regex(column, r"^(?P<whole>.*)\.(?P<fraction>\d{1,6})$")
        column, format_ = pc.struct_field(parts, "whole"), format_[:-3]
        fraction = pc.utf8_rpad(pc.struct_field(parts, "fraction"), 6, "0").cast(pa.int64()).cast(pa.duration("us"))
    stamps = pc.strptime(column, format=format_, unit="us", error_is_null=True)
    zoned = stamps.type.tz is not None
    stamps = stamps.cast(MOMENT)
    if "%d" in format_ and not zoned:
        # strptime turns 30 February into 2 March; the day it read must be the day it returns.
        day = pc.struct_field(pc.extract_regex(column, _day_pattern(format_)), "d").cast(pa.int64())
        stamps = pc.if_else(pc.equal(day, pc.day(stamps)), stamps, pa.scalar(None, MOMENT))
    if fraction is not None:
        stamps = pc.add(stamps, fraction)
    return (_nothing(column), stamps) if zoned else (stamps, _nothing(column))


def _width(format_: str) -> int:
    """Return how many digits a format of nothing but digits takes, else 0; strptime alone would take fewer."""
    pieces = re.findall(r"%.|.", format_)
    return sum(_DIGITS[piece] for piece in pieces) if all(piece in _DIGITS for piece in pieces) else 0


def _day_pattern(format_: str) -> str:
    pieces = re.split(r"(%.)", format_)
    known = {"%d": r"(?P<d>\d{1,2})", "%Y": r"\d{4}", "%%": "%"}
    digits = dict.fromkeys(("%m", "%H", "%M", "%S", "%y", "%I"), r"\d{1,2}")
    read_as = {**known, **digits}
    body = "".join(read_as.get(piece, ".+") if piece.startswith("%") else re.escape(piece) for piece in pieces)
    return rf"^\s*{body}\s*$"


def _on_the_wall(local: pa.Array, clock: Clock) -> tuple[pa.Array, pa.Array]:
    """Return (UTC moments of wall-clock times, the repeated hours to refuse)."""
    nobody = pc.fill_null(pc.is_null(local), False) if local.null_count == 0 else pa.array(np.zeros(len(local), bool))
    if local.null_count == len(local) or clock.timezone == "UTC":
        return local, nobody
    keep: Literal["earliest", "latest"] = "latest" if clock.ambiguous == "later" else "earliest"
    zoned = pc.assume_timezone(local, clock.timezone, ambiguous=keep, nonexistent="earliest")
    moment = zoned.cast(MOMENT)
    lost = pc.not_equal(pc.local_timestamp(zoned), local)
    if pc.any(lost).as_py():
        before = pc.subtract(local, _DAY)
        earlier = pc.assume_timezone(before, clock.timezone, ambiguous="earliest", nonexistent="earliest").cast(MOMENT)
        moment = pc.if_else(lost, pc.add(earlier, _DAY), moment)
    if clock.ambiguous != "refuse":
        return moment, nobody
    last = pc.assume_timezone(local, clock.timezone, ambiguous="latest", nonexistent="earliest").cast(MOMENT)
    return moment, pc.fill_null(pc.not_equal(last, zoned.cast(MOMENT)), False)


def _where(microseconds: np.ndarray, mask: np.ndarray) -> pa.Array:
    return pa.array(microseconds, pa.int64(), mask=~mask).cast(MOMENT)


def _nothing(column: pa.Array) -> pa.Array:
    return pa.nulls(len(column), MOMENT)
