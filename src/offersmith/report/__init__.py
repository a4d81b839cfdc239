"""Pages as values: one vocabulary of charts and tables, rendered to one self-contained file in two languages.

`render(facts, language)` returns the file's text, `write(html, path)` puts it on disk whole or not at all.
"""

from __future__ import annotations

from offersmith.report.inputs import ReportFacts
from offersmith.report.render import render, write

__all__ = ["ReportFacts", "render", "write"]
