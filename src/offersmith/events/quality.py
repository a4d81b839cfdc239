"""What is wrong with the events as they lie in the store: counted, with examples, changing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from offersmith.store import quality as questions
from offersmith.store.analytics import Analytics
from offersmith.words import Language, say


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

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        return say(f"events.quality_{self.code}", language, rows=self.rows, share=self.share)


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

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the report as lines for a person: what was found, then columns that are not full."""
        lines = [say("events.quality_rows", language, rows=self.rows)]
        lines += [finding.text(language) for finding in self.findings if finding.rows]
        lines += [
            say("events.quality_missing", language, column=column.column, rows=column.missing, share=column.share)
            for column in self.columns
            if 0 < column.missing < column.rows
        ]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report page."""
        return {
            "rows": self.rows,
            "columns": [{**asdict(column), "share": column.share} for column in self.columns],
            "findings": [asdict(finding) for finding in self.findings],
        }


def quality(analytics: Analytics) -> QualityReport:
    """Look at all events `analytics` is bound to.

    Raises:
        StorageError: a file cannot be read.
    """
    table = questions.checks(analytics)
    counts = questions.count(analytics, table)
    rows = counts["rows"]
    findings = []
    for code in table:
        does, could = counts[f"does_{code}"], counts[f"could_{code}"]
        shown = questions.examples(analytics, table, code) if does else []
        findings.append(Finding(code, does, does / could if could else 0.0, tuple(shown)))
    orders, several, shown = questions.orders_of_several_customers(analytics)
    findings.append(Finding("order_of_several_customers", several, several / orders if orders else 0.0, tuple(shown)))
    findings.sort(key=lambda finding: (finding.rows == 0, finding.code))
    columns = tuple(ColumnQuality(name, rows, counts[f"missing_{name}"]) for name in questions.NULLABLE)
    return QualityReport(rows, columns, tuple(findings))
