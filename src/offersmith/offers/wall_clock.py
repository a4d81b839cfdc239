"""From what a clock on the shop's wall says to instants, and back to the days, weeks and months they fall in.

Instants are naive datetimes in UTC and every span of them is half open. Two rules make a promise hold on the days the
clocks change, always to the customer's good: a wall time that is skipped means the first instant after the gap, and
one that comes twice means its first coming where something starts and its last where something ends. A date alone
covers that whole day: it starts with the first instant at which the wall shows the date, and ends after the last.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from offersmith.errors import SettingsError

PeriodName = Literal["ever", "day", "week", "month"]
PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
"""How long a limit counts before it starts from nothing again."""

_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_FORMS = "2026-06-19, 2026-06-19T18:00 or 2026-06-19T18:00:30"


@lru_cache(maxsize=256)
def zone_named(name: str, field: str = "zone") -> ZoneInfo:
    """Return the IANA zone `name`.

    Raises:
        SettingsError: naming `field`, the value and what is allowed.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise SettingsError(
            f"{field} = {name!r} is not a known time zone; allowed: an IANA name such as Europe/London", field=field
        ) from fault


def instant(text: str, zone: str | ZoneInfo, *, end: bool, field: str = "moment") -> datetime:
    """Return the instant, naive in UTC, that a wall time in `zone` means as the start or the end of something.

    Args:
        text: a date, or a date and a time, as ISO 8601 writes them; with an offset (`+02:00`, `Z`) it names its
            instant itself and `zone` plays no part.
        zone: an IANA zone or its name.
        end: whether it ends what it belongs to, which is then half open: a date alone covers that whole day.
        field: what to call it in an error.

    Raises:
        SettingsError: the text is no such moment, or the zone does not exist; names `field`, value and allowed.

    >>> instant("2026-06-19", "Europe/Berlin", end=True)
    datetime.datetime(2026, 6, 19, 22, 0)
    >>> instant("2026-03-29T02:30", "Europe/Berlin", end=False)  # skipped: the clock goes from 02:00 to 03:00
    datetime.datetime(2026, 3, 29, 1, 0)
    >>> [instant("2026-10-25T02:30", "Europe/Berlin", end=end).hour for end in (False, True)]  # comes twice
    [0, 1]
    """
    there = zone if isinstance(zone, ZoneInfo) else zone_named(zone)
    wall = _wall(text, field)
    try:
        if not isinstance(wall, datetime):
            return _end_of(wall, there) if end else _start_of(wall, there)
        if wall.tzinfo is not None:
            return wall.astimezone(UTC).replace(tzinfo=None)
        first, last = _comings(wall, there)
    except OverflowError as fault:
        raise SettingsError(
            f"{field} = {text!r} is too far from today; allowed: years 2 to 9998", field=field
        ) from fault
    return last if end else first


def local(moment: datetime, zone: str | ZoneInfo) -> datetime:
    """Return what the wall clock in `zone` shows at `moment` (naive, UTC), as a naive datetime."""
    there = zone if isinstance(zone, ZoneInfo) else zone_named(zone)
    return moment.replace(tzinfo=UTC).astimezone(there).replace(tzinfo=None, fold=0)


def period(moment: datetime, zone: str | ZoneInfo, length: PeriodName) -> str:
    """Return the day, ISO week or month of the wall clock in `zone` that holds `moment` (naive, UTC); "" is ever.

    >>> moment = datetime(2026, 12, 31, 16, 30)
    >>> [period(moment, "Asia/Shanghai", length) for length in PERIODS]
    ['', '2027-01-01', '2026-W53', '2027-01']
    """
    if length == "ever":
        return ""
    shown = local(moment, zone)
    if length == "week":
        year, week, _ = shown.isocalendar()
        return f"{year:04}-W{week:02}"
    return f"{shown:%Y-%m-%d}" if length == "day" else f"{shown:%Y-%m}"


def days_on(moment: datetime, days: int, zone: str | ZoneInfo) -> datetime:
    """Return the instant at which the wall clock in `zone` shows the time of `moment` again, `days` days later.

    It serves as an end: a time that is skipped or comes twice that day is read in the customer's favour.
    """
    there = zone if isinstance(zone, ZoneInfo) else zone_named(zone)
    return _comings(local(moment, there) + timedelta(days=days), there)[1]


def _wall(text: str, field: str) -> date | datetime:
    """Read an ISO date, or an ISO date and time."""
    for form in (date, datetime):
        try:
            return form.fromisoformat(text)
        except (TypeError, ValueError):
            continue
    raise SettingsError(f"{field} = {text!r} is not a moment; allowed: {_FORMS}", field=field)


def _comings(wall: datetime, there: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first and the last instant at which the wall shows this time; where it never does, the gap's end."""
    early, late = ((wall - _offset(wall, there, fold)) for fold in (0, 1))
    if early <= late:
        return early, late
    # The wall skips it. PEP 495 reads it with the offset before the gap (fold 0), which lands after the gap, and with
    # the one behind it, which lands before: the change lies between the two, on a whole second.
    after = _utc_offset(early, there)
    before_it, behind_it = late.replace(microsecond=0), early.replace(microsecond=0)
    while behind_it - before_it > _SECOND:
        middle = before_it + (behind_it - before_it) // (2 * _SECOND) * _SECOND
        if _utc_offset(middle, there) == after:
            behind_it = middle
        else:
            before_it = middle
    return behind_it, behind_it


def _start_of(day: date, there: ZoneInfo) -> datetime:
    """Return the first instant at which the wall shows `day`."""
    return _comings(datetime(day.year, day.month, day.day), there)[0]  # noqa: DTZ001 - wall time


def _end_of(day: date, there: ZoneInfo) -> datetime:
    """Return the instant after which the wall never shows `day` again."""
    following = day + timedelta(days=1)
    first, last = _comings(datetime(following.year, following.month, following.day), there)  # noqa: DTZ001 - wall time
    # Clocks that go back to midnight or later show midnight twice but not the old day; those that go back over
    # midnight show the old day again.
    return last if local(last - _TICK, there).date() == day else first


def _offset(wall: datetime, there: ZoneInfo, fold: int) -> timedelta:
    return wall.replace(tzinfo=there, fold=fold).utcoffset() or timedelta()


def _utc_offset(moment: datetime, there: ZoneInfo) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(there).utcoffset() or timedelta()
