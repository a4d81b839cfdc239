"""What is wrong with the events as they lie in the store: counted, with examples, changing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """How full one column is: `missing` of `rows` (share in [0, 1])."""

    column: str
    rows: int
    missing: int

    @property
    def share(self) -> float:
        """Share of rows without a value; 0 of an empty table."""
        return self.missing / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of oddity: how many rows show it, and a few of them.

    Attributes:
        code: reason code; its sentence is the message `events.quality_CODE`.
        rows: how many rows.
        share: of all rows it could have met, in [0, 1].
        examples: a few rows, plain values, worst first.
    """

    code: str
    rows: int
    share: float
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The quality of all events: missing values per column, and findings with more than no rows first.

    Attributes:
        rows: events.
        columns: one entry per column of `vocabulary.EVENTS` that may be null.
        findings: one entry per check, those without rows too.
    """

    rows: int
    columns: tuple[ColumnQuality, ...] = ()
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report page."""
        return {
            "rows": self.rows,
            "columns": [{**asdict(column), "share": column.share} for column in self.columns],
            "findings": [asdict(finding) for finding in self.findings],
        }
