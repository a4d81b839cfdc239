"""What visitors do from coming to leaving: sessions, and how far they get on the way to a purchase.

A session is what carries the same session id of the same customer; events without an id belong together as long as no
half hour passes between them (the rule of web analytics; Catledge and Pitkow 1995 measured 25.5 minutes). Time is that
of UTC, so neither midnight nor a change of the clock begins a session. Events before somebody logs in count as theirs
where their session id is that of one customer alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.feature_values import epoch_us

VISIT: tuple[str, ...] = (
    "view_item_list", "select_item", "view_item", "search", "add_to_wishlist", "add_to_cart", "remove_from_cart",
    "view_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "login", "sign_up", "share",
)  # fmt: skip
"""Events of somebody who is there; what is sent to people, given back or reviewed later is no visit."""

IDLE = timedelta(minutes=30)
"""A longer pause than this ends a session that has no id."""

_DAY = timedelta(days=1)
_SESSION = ("customer_id", "session_id", "run")


def visited(as_of: datetime, since: datetime | None = None, idle: timedelta = IDLE) -> ir.Table:
    """Return event lines of visits before a moment with the session each belongs to: `session_id` and `run`.

    `customer_id` is null of visitors who never said who they are; of a session without an id, `session_id` is null and
    `run` counts a customer's sessions. Lines with neither customer nor session id are left out.

    Args:
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: lines from here on are complete; a day more is read, so that sessions are cut rightly.
        idle: the pause that ends a session without an id.

    Raises:
        InputError: a moment has a time zone, the window is empty, or `idle` is not positive.
    """
    _check(as_of, since, idle)
    events = EVENTS_TABLE
    lines = events.filter(
        events.event.isin(VISIT), events.time < as_of, events.customer_id.notnull() | events.session_id.notnull()
    )
    if since is not None:
        lines = lines.filter(lines.time >= since - max(idle, _DAY))
    lines = lines.select(
        "event_id", "event", "time", "utc_offset", "customer_id", "session_id", "order_id", "product_id", "category",
        "quantity", "amount",
    )  # fmt: skip
    with_id = _owned(lines.filter(lines.session_id.notnull())).mutate(run=ibis.literal(0).cast("int64"))
    without = lines.filter(lines.session_id.isnull())
    ordered = ibis.window(group_by="customer_id", order_by=["time", "event_id"])
    pause = epoch_us(without.time) - epoch_us(without.time.lag().over(ordered))
    begins = without.mutate(begins=(pause > idle // timedelta(microseconds=1)).fill_null(True).cast("int64"))
    counted = ibis.cumulative_window(group_by="customer_id", order_by=["time", "event_id"])
    runs = begins.mutate(run=begins.begins.sum().over(counted).cast("int64")).drop("begins")
    return _may_be_null(with_id).union(_may_be_null(runs.select(*with_id.columns)))


def sessions(as_of: datetime, since: datetime | None = None, idle: timedelta = IDLE) -> ir.Table:
    """Return a row per session that begins within the window, in order of time.

    Columns: customer_id (null = unknown), session_id (null where pauses tell), run, begin, end (UTC), utc_offset of the
    first line, events, products (different ones seen), and lines of view, cart and purchase.

    Raises:
        InputError: see `visited`.
    """
    lines = visited(as_of, since, idle)
    found = lines.group_by(*_SESSION).aggregate(
        begin=lines.time.min(),
        end=lines.time.max(),
        utc_offset=lines.utc_offset.first(order_by=[lines.time, lines.event_id]),
        events=lines.count(),
        products=lines.product_id.nunique(),
        views=lines.count(where=lines.event == "view_item"),
        carts=lines.count(where=lines.event == "add_to_cart"),
        purchases=lines.count(where=lines.event == "purchase"),
    )
    if since is not None:
        found = found.filter(found.begin >= since)
    return found.order_by("begin", "customer_id", "session_id", "run")


def lines_of_steps(
    analytics: Analytics,
    steps: Mapping[str, Sequence[str]],
    as_of: datetime,
    since: datetime | None = None,
    *,
    in_category: bool = False,
) -> dict[str, int]:
    """Count the event lines of each step that could be placed in a visit.

    Args:
        analytics: the engine, bound to the shop's events.
        steps: name -> events that are this step.
        as_of: the moment, naive UTC.
        since: begin of the window.
        in_category: count only lines that name a category.
    """
    _check(as_of, since, IDLE)
    lines = EVENTS_TABLE.filter(
        EVENTS_TABLE.time < as_of, EVENTS_TABLE.customer_id.notnull() | EVENTS_TABLE.session_id.notnull()
    )
    if since is not None:
        lines = lines.filter(lines.time >= since)
    if in_category:
        lines = lines.filter(lines.category.notnull())
    counts = {name: lines.count(where=lines.event.isin(tuple(events))) for name, events in steps.items()}
    row = analytics.run(lines.aggregate(**counts)).to_pylist()[0]
    return {name: int(row[name] or 0) for name in steps}


def reached(
    analytics: Analytics,
    steps: Mapping[str, Sequence[str]],
    as_of: datetime,
    since: datetime | None = None,
    *,
    by: str = "session",
    per_category: bool = False,
) -> pa.Table:
    """Count who got to each step, the steps before it done in order and no later than it.

    Args:
        analytics: the engine, bound to the shop's events.
        steps: name -> events that are this step, in order; the last is the goal.
        as_of: the moment, naive UTC.
        since: begin of the window; None reads everything.
        by: `session`, or `customer` for known customers over the whole window.
        per_category: a row per category, whose lines alone count; else one row for all.

    Returns:
        A column per step (int64), and `goal`: who got to the last step, whatever the order; with `category` first where
        asked, most at the first step first.

    Raises:
        InputError: see `visited`, or `by` is another word.
    """
    if by not in ("session", "customer"):
        raise InputError(f"by is {by!r}; allowed are session, customer", field="by", value=by)
    lines = visited(as_of, since)
    keys = list(_SESSION) if by == "session" else ["customer_id"]
    if by == "session" and since is not None:
        begun = lines.mutate(begin=lines.time.min().over(ibis.window(group_by=list(_SESSION))))
        lines = begun.filter(begun.begin >= since).drop("begin")
    elif by == "customer":
        lines = lines.filter(lines.customer_id.notnull())
        lines = lines if since is None else lines.filter(lines.time >= since)
    wanted = {event for events in steps.values() for event in events}
    lines = lines.filter(lines.event.isin(tuple(wanted))).select(
        *dict.fromkeys([*_SESSION, "event", "time", "category"])
    )
    if per_category:
        lines = lines.filter(lines.category.notnull())
        keys.append("category")
    times: list[str] = []
    for events in steps.values():
        does = lines.event.isin(tuple(events))
        if times:
            does &= lines.time >= lines[times[-1]]
        name = f"at_{len(times)}"
        lines = lines.mutate(**{name: lines.time.min(where=does).over(ibis.window(group_by=keys))})
        times.append(name)
    goal = tuple(list(steps.values())[-1])
    firsts = {name: lines[name].min() for name in times}
    found = lines.group_by(*keys).aggregate(**firsts, bought=lines.event.isin(goal).any())
    counts = {name: found[time].count() for name, time in zip(steps, times, strict=True)}
    counts["goal"] = found.bought.sum().fill_null(0).cast("int64")
    if not per_category:
        return analytics.run(found.aggregate(**counts))
    table = found.group_by("category").aggregate(**counts)
    return analytics.run(table.order_by(ibis.desc(next(iter(steps))), "category"))


def _may_be_null(lines: ir.Table) -> ir.Table:
    """Declare that any column may be null: a join forgets which may not, and a union wants equal declarations."""
    return lines.cast({name: kind(nullable=True) for name, kind in lines.schema().items()})


def _owned(lines: ir.Table) -> ir.Table:
    """Give lines without a customer the only customer of their session id, if there is exactly one."""
    known = lines.filter(lines.customer_id.notnull())
    owners = known.group_by("session_id").aggregate(who=known.customer_id.min(), several=known.customer_id.nunique())
    only = owners.filter(owners.several == 1).select(owner_session=owners.session_id, who=owners.who)
    joined = lines.left_join(only, lines.session_id == only.owner_session)
    return joined.mutate(customer_id=ibis.coalesce(joined.customer_id, joined.who)).drop("owner_session", "who")


def _check(as_of: datetime, since: datetime | None, idle: timedelta) -> None:
    for name, moment in (("as_of", as_of), ("since", since)):
        if moment is not None and moment.tzinfo is not None:
            raise InputError(f"the moment {moment.isoformat()} must be naive UTC", field=name)
    if since is not None and since >= as_of:
        raise InputError(
            f"since is {since.isoformat()}; allowed is before as_of, {as_of.isoformat()}", field="since",
            value=since.isoformat(),
        )  # fmt: skip
    if idle <= timedelta(0):
        raise InputError(f"idle is {idle}; allowed is more than nothing", field="idle", value=str(idle))
