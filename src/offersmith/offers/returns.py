"""What goes back to the customer when pieces come back: what was paid for exactly those pieces.

Of the pieces of a line, those that were paid least come back first: who bought two, got the third free and returns one,
keeps two at full price, so nothing is due; returning two more pays for each of them. So the order of returns never
earns anything, and the refunds of all pieces add up to what was paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offersmith.errors import InputError
from offersmith.offers.allocation import per_unit
from offersmith.offers.effects import Effects, Pieces


@dataclass(frozen=True, slots=True)
class Sold:
    """A basket as it was paid: of each line its name, unit price and quantity, and the runs of equal pieces."""

    names: tuple[str, ...]
    prices: tuple[int, ...]
    quantities: tuple[int, ...]
    pieces: tuple[Pieces, ...]

    @classmethod
    def of(cls, effects: Effects) -> Sold:
        """Return what was sold, from the effects it was sold with."""
        lines = effects.basket.lines
        return cls(
            tuple(line.name for line in lines),
            tuple(line.unit_price for line in lines),
            tuple(line.quantity for line in lines),
            effects.pieces,
        )

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Sold:
        """Return what was sold, from `Effects.as_dict` as it was kept."""
        lines: Sequence[Mapping[str, Any]] = facts["lines"]
        return cls(
            tuple(line["line"] for line in lines),
            tuple(line["unit_price"] for line in lines),
            tuple(line["quantity"] for line in lines),
            tuple(
                Pieces(one["line"], one["quantity"], one["off"], tuple(one["by"].items())) for one in facts["pieces"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Refund:
    """What some returned pieces were paid for.

    Attributes:
        paid: minor units that were paid for them.
        by_line: of each line that something comes back of.
        by_promotion: minor units each promotion had taken off them: its budget gets that back.
    """

    paid: int
    by_line: Mapping[str, int]
    by_promotion: Mapping[str, int]


def refund(sold: Sold, returned: Mapping[str, int], before: Mapping[str, int] | None = None) -> Refund:
    """Return what is due for pieces that come back.

    Args:
        sold: what was paid.
        returned: line name -> pieces that come back now.
        before: line name -> pieces that came back earlier.

    Raises:
        InputError: a line that was not sold, or more pieces than are still out.
    """
    earlier = before or {}
    by_line: dict[str, int] = {}
    by_promotion: dict[str, int] = {}
    for name, pieces in returned.items():
        if name not in sold.names:
            raise InputError(f"return of line {name!r}: no such line; allowed: {', '.join(sold.names)}")
        place, gone = sold.names.index(name), earlier.get(name, 0)
        out = sold.quantities[place] - gone
        if type(pieces) is not int or not 0 <= pieces <= out:
            raise InputError(f"return of line {name!r}: {pieces!r} pieces; allowed: 0 to {out}")
        if not pieces:
            continue
        by_line[name] = 0
        for off, shares in _units(sold, place)[gone : gone + pieces]:
            by_line[name] += sold.prices[place] - off
            for promotion, share in shares:
                by_promotion[promotion] = by_promotion.get(promotion, 0) + share
    return Refund(sum(by_line.values()), by_line, by_promotion)


def _units(sold: Sold, place: int) -> list[tuple[int, list[tuple[str, int]]]]:
    """Return (off, what each promotion took) of every piece of a line, the pieces that were paid least first."""
    units = []
    for run in sold.pieces:
        if run.line == place:
            offs = [off for count, off in per_unit(run.off, run.quantity) for _ in range(count)]
            for piece, off in enumerate(offs):
                # The difference of two running totals, so that the shares of all pieces add up to what was taken.
                shares = [
                    (who, taken * (piece + 1) // run.quantity - taken * piece // run.quantity) for who, taken in run.by
                ]
                units.append((off, shares))
    units.sort(key=lambda unit: -unit[0])
    return units
