"""What the record says each use of an offer took off: told, or untold with the most it can have been.

An event of use says it itself, or the purchases of its basket do by their coupon discount; several uses of one basket
share by number what the coupon discount leaves after those that say their own. A 0 is a cost only if nothing
contradicts it: an event of use that says 0 beside a discount of its basket is a column somebody filled with zeros,
unless the basket's coupon discount is on record too and says 0 as well. Such uses are untold, with the discount as the
most they cost.

A use may lie on another day than its purchase, and then only the order's number joins them. Of a use without it that
found no discount, while a coupon's discount of the same customer found no use, nobody knows what it took off: it is
untold, with that discount as the most and with what was paid there. That discount is taken out of `counted`, for
spending before offers already holds it and would have it twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.response.base import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What uses took off, one entry a row of `outcomes.uses_after`, minor units.

    Attributes:
        told: (m,) the part that is on record.
        counted: (m,) what the purchases' coupon discounts already hold of it, less what is only `most` of an untold
            use.
        untold: (m,) uses of which nothing is on record.
        paid: (m,) what was paid at these; NaN where no purchase can be theirs.
        most: (m,) the discount on record there; NaN where none is.
    """

    told: Floats
    counted: Floats
    untold: Floats
    paid: Floats
    most: Floats


def taken(uses: pa.Table) -> Taken:
    """Return what uses took off as far as it is on record.

    Args:
        uses: as `outcomes.uses_after` returns them, of all campaigns: uses of one basket share what it says.
    """
    n, said, nothing, all_n, all_said = (_numbers(uses, one) for one in ("n", "said", "nothing", "all_n", "all_said"))
    own, all_own = (np.nan_to_num(_numbers(uses, name)) for name in ("own", "all_own"))
    paid, coupon, discount = (_numbers(uses, name) for name in ("paid", "coupon", "discount"))
    rest, all_rest = n - said, all_n - all_said
    share = np.where(all_rest > 0, rest / np.maximum(all_rest, 1), n / all_n)
    left_coupon, left = np.maximum(coupon - all_own, 0.0) * share, np.maximum(discount - all_own, 0.0) * share
    by_coupon = np.isfinite(coupon)
    told = own + np.nan_to_num(left_coupon)
    held = own * np.minimum(np.nan_to_num(coupon) / np.maximum(all_own, 1.0), 1.0)
    counted = np.where(by_coupon, held + np.nan_to_num(left_coupon), 0.0)
    untold = np.where(by_coupon, 0.0, rest - np.where(left > 0, 0.0, nothing))
    paid = paid * np.where(by_coupon, 1.0, untold / n)
    astray = _astray(uses, rest, (left_coupon > 0) | (left > 0))
    if astray.any():
        part = rest / _of_customer(uses, np.where(astray, rest, 0.0))
        loose_paid, loose = (_numbers(uses, name) * part for name in ("loose_paid", "loose_coupon"))
        untold, paid = np.where(astray, rest, untold), np.where(astray, loose_paid, paid)
        left, counted = np.where(astray, loose, left), np.where(astray, counted + loose, counted)
    return Taken(told, counted, untold, paid, left)


def _astray(uses: pa.Table, rest: Floats, found: Bools) -> Bools:
    """Return whose uses found nothing that was taken off, and may be those of a coupon that found no use."""
    by_order = np.asarray(uses["by_order"].fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)
    return np.asarray((rest > 0) & ~by_order & ~found & (_numbers(uses, "loose_coupon") > 0))


def _of_customer(uses: pa.Table, values: Floats) -> Floats:
    """Return (m,) the sum over all rows of each row's customer, at least 1."""
    codes = uses["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    return np.asarray(np.maximum(np.bincount(codes, values)[codes], 1.0))


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
