"""Figures and tables as a person at a terminal reads them: no exponents, columns with gaps between them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

_DIGITS = 4
_FINEST = 12
"""Decimals beyond which a figure is what rounding left over: it is shown as 0."""


def shown(value: float, *, signed: bool = False, percent: bool = False) -> str:
    """Return a number with four significant digits and no exponent; large ones whole, with commas.

    Args:
        value: the number; NaN and infinity are shown as '-'.
        signed: whether to write the plus of a difference.
        percent: whether it is a share, to be written in hundredths.
    """
    if not math.isfinite(value):
        return "-"
    value = 100 * value if percent else value
    decimals = _DIGITS - 1 - math.floor(math.log10(abs(value))) if value else 0
    if not value or decimals > _FINEST:
        value, decimals = 0.0, 0  # a zero may have a minus
    plus = "+" if signed and value else ""
    return f"{value:{plus},.{max(decimals, 0)}f}" + ("%" if percent else "")


def shown_range(low: float, high: float, *, signed: bool = False, percent: bool = False) -> str:
    """Return an interval, its ends as of `shown`."""
    return " .. ".join(shown(end, signed=signed, percent=percent) for end in (low, high))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> list[str]:
    """Return the lines of a table, two spaces between columns; Chinese signs count as two wide.

    Args:
        head: names of the columns.
        rows: as many cells each.
        numbers: places of the columns that end flush, as numbers do; not the last.
    """
    cells = [head, *rows]
    wide = [max(_wide(row[place]) for row in cells) for place in range(len(head) - 1)]
    return [
        "  "
        + "  ".join(
            [*(_padded(row[place], width, place in numbers) for place, width in enumerate(wide)), row[-1]]
        ).rstrip()
        for row in cells
    ]


def _padded(text: str, width: int, flush: bool) -> str:
    gap = " " * (width - _wide(text))
    return gap + text if flush else text + gap


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
