"""Why decisions were made, asked of the model that made them: the features that move the chosen offer's profit most.

Customers are compared with some hundreds of all who were decided about. What moves one is worked out exactly for the
chosen offer alone; of a model that can only be asked (`sampled`), a few hundred customers an offer are explained and
no others, for each costs hundreds of predictions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.response.base import Bools, FittedResponse, Floats, Ints, floats
from offersmith.response.explain.because import LIMITS, SAME_FOR_ALL, SIDES, STATED, STATED_BELIEF, TOP, Because, column
from offersmith.response.explain.deciding import Taken, silent, taken
from offersmith.response.explain.explained import BACKGROUND
from offersmith.vocabulary import Offer

CHUNK = 20_000
"""Customers that are taken apart at once, so that memory does not grow with the shop."""
SAMPLED = 400
"""Customers an offer that are explained where orders must be drawn."""
_DIGITS = 6
_LOWER, _HIGHER, _UNKNOWN = range(len(SIDES))


def why(
    fitted: FittedResponse,
    offers: Sequence[Offer],
    profiles: pa.Table,
    customers: pa.StringArray,
    given: pa.StringArray,
    profit: Floats,
) -> Because:
    """Return why each of some customers was given an offer.

    Args:
        fitted: the model whose estimates decided.
        offers: the catalogue.
        profiles: of everybody who was decided about.
        customers: (n,) some of them.
        given: (n,) the offer chosen for each.
        profit: (n,) expected of it, major units.

    Raises:
        InputError: a customer without a profile, or an offer that is not in the catalogue.
    """
    known = {offer.offer_id: offer for offer in offers}
    place = pc.index_in(customers, value_set=profiles["customer_id"].cast(pa.string()).combine_chunks())
    strange = sorted(set(given.unique().to_pylist()) - set(known))
    if place.null_count or strange:
        raise InputError(
            f"{place.null_count} customers without a profile, offers unknown: {strange}", field="customers"
        )
    rows, offer_ids, n = (
        place.to_numpy(zero_copy_only=False).astype(np.int64),
        given.dictionary_encode(),
        len(customers),
    )
    feature, side, change = np.full((n, TOP), -1), np.full((n, TOP), -1), np.zeros((n, TOP))
    asked = np.zeros(n, np.bool_)
    codes = {code: np.zeros(n, np.bool_) for code in (STATED_BELIEF, SAME_FOR_ALL)}
    names: dict[str, int] = {}
    background = _background(profiles)
    for number, offer_id in enumerate(offer_ids.dictionary.to_pylist()):
        mine = np.flatnonzero(offer_ids.indices.to_numpy() == number)
        code = silent(fitted, known[offer_id])
        if code is not None:
            codes[code][mine] = True
            continue
        whole = taken(fitted, known[offer_id], background.slice(0, 1), background).exact
        mine = mine if whole else mine[:: max(1, -(-len(mine) // SAMPLED))]
        asked[mine] = True
        for part in np.array_split(mine, max(1, -(-len(mine) // CHUNK))):
            table = profiles.take(pa.array(rows[part]))
            found = taken(fitted, known[offer_id], table, background)
            own, values, sides = _by_feature(found, table, profit[part])
            order = np.array([names.setdefault(name, len(names)) for name in own])
            best, sizes = _top(values)
            here = best >= 0
            feature[part] = np.where(here, order[best], -1)
            side[part] = np.where(here, np.take_along_axis(sides, np.maximum(best, 0), axis=1), -1)
            change[part] = sizes
    return Because(column(tuple(names), feature, side, change, asked), codes)


def _background(profiles: pa.Table) -> pa.Table:
    """Return everybody, or some hundreds evenly spaced by name: the same whatever the order of the rows."""
    order = pc.sort_indices(profiles["customer_id"].cast(pa.string()).combine_chunks())
    return profiles.take(order.take(pa.array(np.arange(0, len(order), max(1, -(-len(order) // BACKGROUND))))))


def _by_feature(found: Taken, profiles: pa.Table, profit: Floats) -> tuple[tuple[str, ...], Floats, Ints]:
    """Return names, (n, q) changes of profit and (n, q) sides: a feature and the mark that it is missing are one.

    Where nothing was drawn, the last change is what is missing from the sum: what cannot be put down to one feature,
    such as a chance held to its bounds, and whatever lies between the model's estimate and the profit of the plan.
    """
    plain = [name.removesuffix(" missing") for name in found.names]
    names = tuple(dict.fromkeys(plain))
    n, q = len(found.x), len(names)
    values, sides = np.zeros((n, q + 2)), np.full((n, q + 2), -1)
    for column_, (name, full) in enumerate(zip(plain, found.names, strict=True)):
        number = names.index(name)
        values[:, number] += found.values[:, column_]
        if full == name:
            sides[:, number] = np.where(found.x[:, column_] < found.middle[column_], _LOWER, _HIGHER)
    for number, name in enumerate(names):
        sides[_missing(profiles, name), number] = _UNKNOWN
    values[:, q] = found.stated
    if found.exact:
        values[:, q + 1] = profit - found.base - values.sum(axis=1)
    return (*names, STATED, LIMITS), values, sides


def _missing(profiles: pa.Table, name: str) -> Bools:
    if name not in profiles.column_names:
        return np.ones(profiles.num_rows, np.bool_)
    return np.asarray(~np.isfinite(floats(profiles, name)))


def _top(values: Floats) -> tuple[Ints, Floats]:
    """Return (n, TOP) numbers of the largest changes, -1 where there are no more, and the changes."""
    # Rounded first, so that the last bits decide nothing.
    plain = np.round(values, _DIGITS)
    best = np.argsort(-np.abs(plain), axis=1, kind="stable")[:, :TOP]
    short = np.full((len(values), max(0, TOP - best.shape[1])), 0)
    best = np.hstack([best, short])
    sizes = np.take_along_axis(plain, best, axis=1)
    sizes[:, TOP - short.shape[1] :] = 0.0
    return np.where(sizes != 0, best, -1), sizes
