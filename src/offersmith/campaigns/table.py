"""Rows in columns, for a terminal: signs that take two places (Chinese) count as two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from offersmith.words import Language, say


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], language: Language) -> str:
    """Return rows under their heads, aligned.

    Args:
        heads: names of the columns; the words for them are `desk.column_NAME`.
        rows: as many cells each.
        language: of the heads.
    """
    whole = [[say(f"desk.column_{name}", language) for name in heads], *([*map(_line, row)] for row in rows)]
    widths = [max(_width(row[place]) for row in whole) for place in range(len(heads))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in whole
    )


def _line(cell: str) -> str:
    return " ".join(cell.split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
