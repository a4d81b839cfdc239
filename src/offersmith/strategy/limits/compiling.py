"""A shop's limits as the allocation takes them: the customers' cells, rows, and who must not get what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Cells, Limit
from offersmith.strategy.limits.base import Stated
from offersmith.strategy.limits.budget import Budget
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import MOST_CELLS, Condition, Grouping, Ints, Part
from offersmith.strategy.limits.past import Past
from offersmith.strategy.limits.reading import Limits

OWN_ROW = "budget"
"""What a plan calls the row of its stated budget."""


class Banned(NamedTuple):
    """Whom a ban keeps from what.

    Attributes:
        name: of the limit.
        kind: of the limit.
        customers: to whom it forbids an offer.
        offers: that it forbids somebody.
        nothing: customers to whom it forbids every offer there is.
    """

    name: str
    kind: str
    customers: int
    offers: tuple[str, ...]
    nothing: int


class Before(NamedTuple):
    """What was given in the days before a plan and counts against a limit of it.

    Attributes:
        name: of the limit.
        days: over how many it counts.
        given: how many offers.
    """

    name: str
    days: int
    given: int


class Compiled(NamedTuple):
    """Limits laid out on customers and offers.

    Attributes:
        cell: (n,) of every customer; None where all are in one, as `allocation.problem.Memory.of` takes it.
        cells: how many.
        limits: the rows.
        forbidden: (K, n) offers that must not be given, their value -inf; None where all may.
        bans: what each limit that forbids something forbids, in the order of the file.
        before: what was given before, of each limit that counts it.
        rest: (K,) offers, and (n,) how many of them each customer may still get, of each limit that says so.
    """

    cell: Cells | None
    cells: int
    limits: tuple[Limit, ...]
    forbidden: NDArray[np.bool_] | None
    bans: tuple[Banned, ...] = ()
    before: tuple[Before, ...] = ()
    rest: tuple[tuple[NDArray[np.bool_], NDArray[np.int64]], ...] = ()


def compile_limits(
    limits: Limits,
    offers: Sequence[str],
    profiles: pa.Table,
    currency: str,
    budget: float | None = None,
    *,
    channels: Mapping[str, str] | None = None,
    past: Past | None = None,
    opted_out: pa.Array | None = None,
) -> Compiled:
    """Lay a shop's limits out.

    Args:
        limits: as read.
        offers: ids of the K paying offers, in the order of the instance.
        profiles: a row for each of the n customers to decide about, in the order of the instance.
        currency: of the shop.
        budget: major units, where the budget is not in the file; shares of the budget are of the smallest one stated.
            It gets no row here.
        channels: of the offers that say one.
        past: offers given in the days before that limits look back on (`Limits.looks_back`), laid out on the customers
            of `profiles`; None = none were.
        opted_out: ids of customers about whom nothing is decided: what is compared a head (`Stated.by_heads`) is among
            the others.

    Raises:
        InputError: there is nobody, or a limit says what cannot be; file, limit, field, value and what is allowed.
    """
    if not profiles.num_rows:
        raise InputError(f"{limits.where}: there are no customers to decide about", path=limits.where)
    words = Words(limits.where, tuple(offers), profiles, currency, channels or {}, past or Past())
    codes, rowed = _codes(limits, words)
    out = None
    if opted_out is not None and any(one.by_heads() for one in limits.stated):
        ids = profiles["customer_id"].cast(pa.string())
        out = np.asarray(pc.is_in(ids, value_set=opted_out).to_numpy(), np.bool_)
    groups = Grouping.of({part: codes[part] for part in rowed}, profiles.num_rows, out)
    if groups is None:
        columns = ", ".join(dict.fromkeys(repr(part.column) for part in rowed))
        raise InputError(
            f"{limits.where}: the groups that limits {list(dict.fromkeys(rowed.values()))} speak of come in more than "
            f"{MOST_CELLS:,} combinations; allowed are {MOST_CELLS:,}",
            hint=f"name fewer conditions on {columns}",
            path=limits.where,
        )
    stated = [one.amount(words) for one in limits.stated if isinstance(one, Budget)]
    ground = Ground(words, groups, codes, min([*stated, *([] if budget is None else [budget])], default=None))
    if budget is not None and any(one.name == OWN_ROW for one in limits.stated):
        raise refusal(limits.where, OWN_ROW, "name", OWN_ROW, "is the name of the plan's own row; choose another")
    return _laid_out(limits, ground)


def _laid_out(limits: Limits, ground: Ground) -> Compiled:
    rows: list[Limit] = []
    bans: list[Banned] = []
    before: list[Before] = []
    rest: list[tuple[NDArray[np.bool_], NDArray[np.int64]]] = []
    forbidden: NDArray[np.bool_] | None = None
    for one in limits.stated:
        made = one.rows(ground)
        for row in made:
            if any(row.name == other.name for other in rows):
                raise refusal(limits.where, one.name, "name", one.name, f"there is a row {row.name!r} already")
        rows.extend(made)
        ban = one.forbids(ground)
        if ban is not None:
            forbidden = ban if forbidden is None else forbidden | ban
            bans.append(_banned(one, ban, ground.words.offers))
        given = one.before(ground)
        if given is not None:
            before.append(Before(one.name, one.looks_back(), given))
        left = one.rest(ground)
        if left is not None:
            rest.append(left)
    groups = ground.groups
    return Compiled(groups.cell, groups.cells, tuple(rows), forbidden, tuple(bans), tuple(before), tuple(rest))


def _banned(limit: Stated, ban: NDArray[np.bool_], offers: Sequence[str]) -> Banned:
    touched = tuple(offer for offer, row in zip(offers, ban, strict=True) if row.any())
    some, everything = (int(np.count_nonzero(each(axis=0))) for each in (ban.any, ban.all))
    return Banned(limit.name, limit.kind, some, touched, everything)


def _codes(limits: Limits, words: Words) -> tuple[Mapping[Part, Ints], Mapping[Part, str]]:
    """Return (n,) codes of every part, and the parts that rows speak of with the first limit that does."""
    codes: dict[Part, Ints] = {}
    rowed: dict[Part, str] = {}
    for one in limits.stated:
        for part in one.parts(words):
            if part not in codes:
                codes[part] = part.codes(words.profiles)
                if isinstance(part, Condition):
                    words.somebody(one.name, part, codes[part])
            if one.rowed:
                rowed.setdefault(part, one.name)
    return codes, rowed
