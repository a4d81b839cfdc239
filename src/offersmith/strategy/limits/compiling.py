"""A shop's limits as the allocation takes them: the customers' cells, rows, and who must not get what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Cells, Limit
from offersmith.strategy.limits.budget import Budget
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import MOST_CELLS, Condition, Grouping, Ints, Part
from offersmith.strategy.limits.reading import Limits

OWN_ROW = "budget"
"""What a plan calls the row of its stated budget."""


class Compiled(NamedTuple):
    """Limits laid out on customers and offers.

    Attributes:
        cell: (n,) of every customer; None where all are in one, as `allocation.problem.Memory.of` takes it.
        cells: how many.
        limits: the rows.
        forbidden: (K, n) offers that must not be given, their value -inf; None where all may.
    """

    cell: Cells | None
    cells: int
    limits: tuple[Limit, ...]
    forbidden: NDArray[np.bool_] | None


def compile_limits(
    limits: Limits, offers: Sequence[str], profiles: pa.Table, currency: str, budget: float | None = None
) -> Compiled:
    """Lay a shop's limits out.

    Args:
        limits: as read.
        offers: ids of the K paying offers, in the order of the instance.
        profiles: a row for each of the n customers to decide about, in the order of the instance.
        currency: of the shop.
        budget: major units, where the budget is not in the file; shares of the budget are of the smallest one stated.
            It gets no row here.

    Raises:
        InputError: there is nobody, or a limit says what cannot be; file, limit, field, value and what is allowed.
    """
    if not profiles.num_rows:
        raise InputError(f"{limits.where}: there are no customers to decide about", path=limits.where)
    words = Words(limits.where, tuple(offers), profiles, currency)
    codes, rowed = _codes(limits, words)
    groups = Grouping.of({part: codes[part] for part in rowed}, profiles.num_rows)
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
    rows: list[Limit] = []
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
    return Compiled(groups.cell, groups.cells, tuple(rows), forbidden)


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
