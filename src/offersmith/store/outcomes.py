"""Who was shown what, who used it, and what each customer did in a stretch of time.

All sums are whole numbers (minor units, events), so that an answer does not depend on how many threads made it.
A stretch is half open: `start <= time < end`. It is the same for everybody, or (`outcomes_after`, `uses_after`,
`first_orders_after`) each customer's own. What no row says is null, which is another thing than 0.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.decided import STANDS_FOR_TABLE
from offersmith.store.together import under_own_name

EXPOSURE_EVENTS = ("view_promotion", "select_promotion")

_ENTERED = pa.schema([("entrant", pa.string()), ("since", pa.timestamp("us")), ("until", pa.timestamp("us"))])


def exposures(analytics: Analytics, until: datetime) -> pa.Table:
    """Return who was shown which offer of which campaign before `until`.

    An exposure without a campaign belongs to a campaign named after its offer. An offer that stood for another one in a
    campaign is that one here (`decided.STANDS_FOR`), and who got several offers of one plan is under a campaign of its
    own (`together`).

    Returns:
        campaign_id, offer_id, customer_id, time (UTC, of the first exposure); sorted by campaign and customer.
    """
    t = EVENTS_TABLE
    rows = t.filter(t.event.isin(EXPOSURE_EVENTS), t.customer_id.notnull(), t.offer_id.notnull(), t.time < until)
    named = rows.select(
        campaign_id=ibis.coalesce(rows.campaign_id, rows.offer_id),
        offer_id=rows.offer_id,
        customer_id=rows.customer_id,
        time=rows.time,
    )
    named = under_own_name(_as_own(named))
    first = named.group_by("campaign_id", "offer_id", "customer_id").aggregate(time=named.time.min())
    return analytics.run(first.order_by("campaign_id", "customer_id", "offer_id"))


def _as_own(rows: ir.Table) -> ir.Table:
    """Return rows with campaign_id and offer_id with the offers of the shop's that others stood for."""
    joined = rows.left_join(STANDS_FOR_TABLE, ["campaign_id", "offer_id"])
    return joined.mutate(offer_id=ibis.coalesce(joined.own_offer_id, joined.offer_id)).select(*rows.columns)


def campaign_ids(analytics: Analytics) -> list[str]:
    """Return the names of all campaigns of which anybody was shown an offer, sorted."""
    t = EVENTS_TABLE
    shown = t.filter(t.event.isin(EXPOSURE_EVENTS), t.campaign_id.notnull()).select("campaign_id").distinct()
    names: list[str] = analytics.run(shown.order_by("campaign_id"))["campaign_id"].to_pylist()
    return names


def outcomes(analytics: Analytics, start: datetime, end: datetime) -> pa.Table:
    """Return what every customer who did anything bought in `start <= time < end`.

    Returns:
        customer_id, orders (distinct), revenue (minor units: purchases minus refunds), discount and coupon_discount
        (minor units, of purchases); sorted by customer_id. Customers who did nothing have no row.
    """
    return _bought(analytics, _between(start, end))


def outcomes_after(analytics: Analytics, entered: pa.Table, length: timedelta) -> pa.Table:
    """Return what `outcomes` returns, each customer's counted over a stretch of their own.

    Args:
        analytics: bound to the shop's events.
        entered: customer_id (once each) and moment, where the customer's stretch starts.
        length: of every stretch.
    """
    return _bought(analytics, _within(analytics, entered, length))


def _between(start: datetime, end: datetime) -> ir.Table:
    t = EVENTS_TABLE
    return t.filter(t.customer_id.notnull(), t.time >= start, t.time < end)


def _within(analytics: Analytics, entered: pa.Table, length: timedelta) -> ir.Table:
    """Return the events of each customer's own stretch; the engine is told whose starts when."""
    ends = pc.add(entered["moment"].cast(pa.timestamp("us")), pa.scalar(length, pa.duration("us")))
    columns = {"entrant": entered["customer_id"], "since": entered["moment"], "until": ends}
    table = pa.table(columns).cast(_ENTERED)
    analytics.use_table("entered", table)
    t, own = EVENTS_TABLE, ibis.table(ibis.Schema.from_pyarrow(_ENTERED), name="entered")
    joined = t.join(own, t.customer_id == own.entrant)
    return joined.filter(joined.time >= joined.since, joined.time < joined.until)


def _bought(analytics: Analytics, within: ir.Table) -> pa.Table:
    rows = within.filter(within.event.isin(("purchase", "refund")))
    sold = rows.event == "purchase"
    # Not every shop numbers its orders: what one customer buys at one moment is one.
    order = ibis.coalesce(rows.order_id, rows.time.cast("string"))
    summed = rows.group_by("customer_id").aggregate(
        orders=order.nunique(where=sold).cast("int64"),
        revenue=_whole(ibis.cases((sold, rows.amount), else_=-rows.amount)),
        discount=_whole(ibis.cases((sold, rows.discount), else_=0)),
        coupon_discount=_whole(ibis.cases((sold, rows.coupon_discount), else_=0)),
    )
    return analytics.run(summed.order_by("customer_id"))


def redemptions(analytics: Analytics, start: datetime, end: datetime) -> pa.Table:
    """Return who used an offer of which campaign in `start <= time < end`; what it cost is `uses_after`'s to say.

    Returns:
        campaign_id, customer_id, offer_id (the first by name) and n (uses); sorted by campaign and customer.
    """
    within = _between(start, end)
    used = within.filter(within.event == "redeem")
    named = used.select(
        campaign_id=ibis.coalesce(used.campaign_id, used.offer_id),
        offer_id=used.offer_id,
        customer_id=used.customer_id,
    )
    named = under_own_name(_as_own(named.filter(named.campaign_id.notnull())))
    found = named.group_by("campaign_id", "customer_id").aggregate(
        offer_id=named.offer_id.min(), n=named.count().cast("int64")
    )
    return analytics.run(found.order_by("campaign_id", "customer_id"))


def uses_after(analytics: Analytics, entered: pa.Table, length: timedelta) -> pa.Table:
    """Return who used an offer of which campaign on which basket of their own stretch, and what is on record of it.

    The basket is the order that the event of use names. Without an order's number it is what the customer bought that
    day by the shop's clock, less orders that other uses name. A use may have none.

    Args:
        analytics: bound to the shop's events.
        entered: customer_id (once each) and moment, where the customer's stretch starts.
        length: of every stretch.

    Returns:
        One row a campaign, customer and basket, sorted by campaign, customer, day and basket: campaign_id, customer_id,
        day (of the first use), basket, by_order (whether the basket is the order named), n (uses), said (of them, whose
        event says that something was taken off), nothing (whose event says that nothing was), own (what these events
        say, in all; null where none does).

        Of the whole basket, by all campaigns together: all_n, all_said, all_own; and of its purchases paid, coupon and
        discount (null where no row says it).

        Of the customer's purchases that are no use's basket and have a coupon's discount: loose_paid and loose_coupon.
        Amounts in minor units.
    """
    within = _within(analytics, entered, length)
    used = _named_uses(within)
    bought = within.filter(within.event == "purchase")
    lines = bought.select("customer_id", "order_id", "amount", "coupon_discount", "discount", day=_day(bought))
    # Whose order is on record, and which orders some use names.
    orders = lines.filter(lines.order_id.notnull()).select("customer_id", "order_id").distinct()
    named = used.join(orders, ["customer_id", "order_id"], how="semi").select("customer_id", "order_id").distinct()
    named = named.mutate(here=True)
    uses = _with_basket(used.left_join(named, ["customer_id", "order_id"]), of_use=True)
    baskets = _with_basket(lines.left_join(named, ["customer_id", "order_id"]), of_use=False)
    key = ["customer_id", "basket"]
    by_campaign = uses.group_by("campaign_id", *key).aggregate(day=uses.day.min(), **_said(uses, ""))
    by_basket = uses.group_by(*key).aggregate(by_order=uses.here.notnull().any(), **_said(uses, "all_"))
    paid = baskets.group_by(*key).aggregate(
        paid=_whole(baskets.amount),
        coupon=baskets.coupon_discount.sum().cast("int64"),
        discount=baskets.discount.sum().cast("int64"),
    )
    apart = baskets.filter(baskets.coupon_discount > 0).anti_join(by_basket, key)
    loose = apart.group_by("customer_id").aggregate(
        loose_paid=_whole(apart.amount), loose_coupon=_whole(apart.coupon_discount)
    )
    found = by_campaign
    for other, by in ((by_basket, key), (paid, key), (loose, ["customer_id"])):
        wanted = [*found.columns, *(name for name in other.columns if name not in by)]
        found = found.left_join(other, by).select(*wanted)
    return analytics.run(found.order_by("campaign_id", "customer_id", "day", "basket"))


def _named_uses(within: ir.Table) -> ir.Table:
    used = within.filter(within.event == "redeem")
    named = used.select(
        campaign_id=ibis.coalesce(used.campaign_id, used.offer_id),
        customer_id=used.customer_id,
        order_id=used.order_id,
        day=_day(used),
        # A coupon column filled with zeros does not hide the discount beside it.
        own=ibis.coalesce(used.coupon_discount.nullif(0), used.discount, used.coupon_discount),
    )
    return named.filter(named.campaign_id.notnull())


def _with_basket(rows: ir.Table, *, of_use: bool) -> ir.Table:
    """Name each row's basket: the order where a use names it, else the day; `!` for a use of an order not on record."""
    day = ibis.literal("day ") + rows.day.cast("string")
    other = ibis.cases((rows.order_id.isnull(), day), else_=ibis.literal("! ") + day) if of_use else day
    named = rows.here.notnull()
    return rows.mutate(basket=ibis.cases((named, ibis.literal("order ") + rows.order_id), else_=other))


def _said(uses: ir.Table, prefix: str) -> dict[str, ir.Value]:
    return {
        f"{prefix}n": uses.count().cast("int64"),
        f"{prefix}said": uses.count(where=uses.own > 0).cast("int64"),
        f"{prefix}nothing": uses.count(where=uses.own == 0).cast("int64"),
        f"{prefix}own": uses.own.sum().cast("int64"),
    }


def first_orders_after(analytics: Analytics, entered: pa.Table, length: timedelta) -> pa.Table:
    """Return each customer's first order in their own stretch, and the discounts on record in all of it.

    Returns:
        customer_id, paid (for the first order; the dearest of several at one moment), coupon and discount (of all
        purchases; null where no row says one); minor units; sorted by customer_id. Who bought nothing has no row.
    """
    within = _within(analytics, entered, length)
    bought = within.filter(within.event == "purchase")
    lines = bought.select(
        "customer_id", "time", "amount", "coupon_discount", "discount",
        number=ibis.coalesce(bought.order_id, bought.time.cast("string")),
    )  # fmt: skip
    orders = lines.group_by("customer_id", "number").aggregate(time=lines.time.min(), paid=_whole(lines.amount))
    earliest = orders.group_by("customer_id").aggregate(time=orders.time.min())
    first = orders.join(earliest, ["customer_id", "time"]).select("customer_id", "paid")
    paid = first.group_by("customer_id").aggregate(paid=first.paid.max())
    said = lines.group_by("customer_id").aggregate(
        coupon=lines.coupon_discount.sum().cast("int64"), discount=lines.discount.sum().cast("int64")
    )
    found = paid.join(said, "customer_id").select("customer_id", "paid", "coupon", "discount")
    return analytics.run(found.order_by("customer_id"))


def coupons_told(analytics: Analytics, until: datetime) -> bool:
    """Return whether any purchase before a moment says what a coupon took off, if only that it was nothing."""
    t = EVENTS_TABLE
    rows = t.filter(t.event == "purchase", t.coupon_discount.notnull(), t.time < until)
    return bool(analytics.run(rows.select("coupon_discount").limit(1)).num_rows)


def uses_told(analytics: Analytics, until: datetime) -> bool:
    """Return whether the shop records who uses its offers: whether any event of use is on record before a moment."""
    t = EVENTS_TABLE
    rows = t.filter(t.event == "redeem", t.customer_id.notnull(), t.time < until)
    return bool(analytics.run(rows.select("customer_id").limit(1)).num_rows)


def uses_untold(analytics: Analytics) -> int | None:
    """Return how many uses of offers are on record in a shop that says of no purchase or use what was taken off.

    None where any says it.
    """
    t = EVENTS_TABLE
    rows = t.filter(t.event.isin(("purchase", "redeem")))
    said = ibis.coalesce(rows.coupon_discount, rows.discount).notnull()
    found = analytics.run(
        rows.aggregate(uses=_whole((rows.event == "redeem").cast("int64")), said=_whole(said.cast("int64")))
    )
    return None if found["said"][0].as_py() else int(found["uses"][0].as_py())


def customers(analytics: Analytics, before: datetime) -> pa.Array:
    """Return who did anything before a moment, sorted."""
    t = EVENTS_TABLE
    seen = t.filter(t.customer_id.notnull(), t.time < before).select("customer_id").distinct()
    return analytics.run(seen.order_by("customer_id"))["customer_id"].combine_chunks()


def median_coupon(analytics: Analytics, until: datetime) -> int:
    """Return the usual worth of a coupon before `until`: the lower median coupon discount of a line, minor units.

    Zero where no coupon was ever used.
    """
    t = EVENTS_TABLE
    used = t.filter(t.event == "purchase", t.coupon_discount > 0, t.time < until)
    by_worth = used.group_by("coupon_discount").aggregate(lines=used.count().cast("int64")).order_by("coupon_discount")
    table = analytics.run(by_worth)
    reached, half = 0, sum(table["lines"].to_pylist()) / 2
    for worth, lines in zip(table["coupon_discount"].to_pylist(), table["lines"].to_pylist(), strict=True):
        reached += lines
        if reached >= half:
            return int(worth)
    return 0


def first_time(analytics: Analytics) -> datetime | None:
    """Return when the first purchase known was made; None without purchases."""
    t = EVENTS_TABLE
    bought = t.filter(t.event == "purchase")
    earliest: list[datetime] = analytics.run(bought.select("time").order_by("time").limit(1))["time"].to_pylist()
    return earliest[0] if earliest else None


def _whole(value: ir.Value) -> ir.Value:
    return ibis.coalesce(value.sum(), 0).cast("int64")


def _day(table: ir.Table) -> ir.Value:
    local = table.time + table.utc_offset.cast("int64").as_interval("m")
    return local.date()
