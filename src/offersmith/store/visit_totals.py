"""How many visits there were, how long they took, and how many of them ended with a purchase: sums over sessions."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.store.feature_values import epoch_us, real
from offersmith.store.journeys import sessions

LENGTHS: tuple[tuple[str, int], ...] = (("under_1", 60), ("under_5", 300), ("under_15", 900))
"""Lengths of visits of more than one event, and the seconds below which each is; `longer` are the others."""
SINGLE, LONGER = "single", "longer"
_SECOND = 1_000_000


def visit_totals(as_of: datetime, since: datetime | None = None) -> ir.Table:
    """Return one row: visits, bought (of these), customers (known), unknown, minutes, products.

    `unknown` are visits of people who never said who they are; `minutes` is the median of visits of more than one
    event, `products` that of visits with a product; null of none.

    Args:
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: visits that begin from here on; None is all.

    Raises:
        InputError: see `journeys.visited`.
    """
    found = sessions(as_of, since)
    minutes = real(_length(found)) / real(60 * _SECOND)
    return found.aggregate(
        visits=found.count(),
        bought=found.count(where=found.purchases > 0),
        customers=found.customer_id.nunique(),
        unknown=found.count(where=found.customer_id.isnull()),
        minutes=minutes.median(where=found.events > 1),
        products=found.products.median(where=found.products > 0),
    )


def visit_lengths(as_of: datetime, since: datetime | None = None) -> ir.Table:
    """Return a row per length that there was: length (`single`, one of `LENGTHS` or `longer`), visits, bought.

    Args:
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: visits that begin from here on; None is all.

    Raises:
        InputError: see `journeys.visited`.
    """
    found = sessions(as_of, since)
    below = [(_length(found) < seconds * _SECOND, name) for name, seconds in LENGTHS]
    length = ibis.cases((found.events == 1, SINGLE), *below, else_=LONGER)
    named = found.mutate(length=length)
    return named.group_by("length").aggregate(visits=named.count(), bought=named.count(where=named.purchases > 0))


def _length(found: ir.Table) -> ir.Value:
    return epoch_us(found.end) - epoch_us(found.begin)
