"""One row per product: how it sells, to whom, at which prices, and how often it comes back."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import epoch_us, real, whole


def goods(as_of: datetime) -> ir.Table:
    """Return a row per product that was sold or given back before a moment, sorted by `product_id`.

    Columns: sold_lines, buyers (known customers), sold_pieces, sold_value (minor units paid), price (median minor units
    a piece, null where never sold), price_spread (dearest over cheapest piece, null of free ones), largest_line
    (pieces), discount_rate (of the shelf value), given_back_rate (lines given back over lines sold, null where never
    sold) and days_on_sale (from the first sale to the last).

    Args:
        as_of: the moment, naive UTC.

    Raises:
        InputError: the moment has a time zone.
    """
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    events = EVENTS_TABLE
    lines = events.filter(events.time < as_of, events.product_id.notnull(), events.event.isin(("purchase", "refund")))
    lines = lines.mutate(piece=real(lines.amount) / lines.quantity.nullif(0))
    sale, piece = lines.event == "purchase", lines.piece
    found = lines.group_by("product_id").aggregate(
        sold_lines=lines.count(where=sale),
        back=lines.count(where=~sale),
        buyers=lines.customer_id.nunique(where=sale),
        pieces=whole(lines.quantity * real(2**16)).sum(where=sale),
        sold_value=lines.amount.sum(where=sale),
        off=lines.discount.sum(where=sale),
        price=piece.median(where=sale),
        dearest=piece.max(where=sale),
        cheapest=piece.min(where=sale & (lines.amount > 0)),
        largest_line=lines.quantity.max(where=sale),
        first=lines.time.min(where=sale),
        last=lines.time.max(where=sale),
    )
    off = found.off.fill_null(0)
    return found.select(
        "product_id",
        "sold_lines",
        "buyers",
        sold_pieces=real(found.pieces.fill_null(0)) / real(2**16),
        sold_value=found.sold_value.fill_null(0).cast("int64"),
        price=found.price,
        price_spread=found.dearest / found.cheapest.nullif(0),
        largest_line=found.largest_line,
        discount_rate=real(off) / real((found.sold_value + off).nullif(0)),
        given_back_rate=real(found.back) / real(found.sold_lines.nullif(0)),
        days_on_sale=real(epoch_us(found.last) - epoch_us(found.first)) / real(86_400_000_000),
    ).order_by("product_id")
