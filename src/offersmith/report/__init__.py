"""Pages as values: one vocabulary of charts and tables, rendered to one self-contained file in two languages."""

from __future__ import annotations

from offersmith.report.inputs import ReportFacts
from offersmith.report.render import render

__all__ = ["ReportFacts", "render"]
