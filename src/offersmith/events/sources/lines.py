"""Where in its file a row stands, as a person finds it: the row below the header, and the line an editor shows."""

from __future__ import annotations

import csv
from pathlib import Path

PARQUET_ENDINGS = (".parquet", ".pq")


def placed(path: Path, row: int, separator: str) -> str:
    """Return `row 2 (line 3)` of the row at index 1; without the line where a file has none.

    Args:
        path: of the file; one that ends in .parquet or .pq has no lines.
        row: its index, 0 below the header.
        separator: what parts the columns of a CSV file.
    """
    line = None if path.suffix.lower() in PARQUET_ENDINGS else line_of(path, row, separator)
    return f"row {row + 1:,}" if line is None else f"row {row + 1:,} (line {line:,})"


def line_of(path: Path, row: int, separator: str) -> int | None:
    """Return the number of the line on which a row of a CSV file begins; None where it cannot be found.

    Values in quotes may go over several lines, and empty lines are no rows, so rows are read up to this one.
    """
    number, begins = -1, 1
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = csv.reader(file, delimiter=separator)
            for fields in lines:
                if fields:
                    if number == row:
                        return begins
                    number += 1
                begins = lines.line_num + 1
    except (OSError, csv.Error):
        pass
    return None
